"""Asks what to export and where; nothing is replaced without a word."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QRadioButton,
    QWidget,
)

from app.document.document import CropDocument
from app.settings import Settings
from app.widgets import make
from app.workspaces.crop.exporting import ENDINGS, Export, size_of, suggested_name
from engine.crop.prediction import Prediction


class ExportDialog(QDialog):
    """`export` holds the answer once the dialog is accepted."""

    def __init__(
        self, document: CropDocument, prediction: Prediction, settings: Settings, look: QPixmap, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export cut-out"))
        self._document, self._prediction, self._settings = document, prediction, settings
        self.export: Export | None = None
        self._named_by_hand = False
        self._what = self._choice({"cutout": self.tr("Cut-out"), "mask": self.tr("Mask only")})
        self._area = self._choice({"trim": self.tr("Trimmed to the object"), "full": self.tr("Full photo")})
        self._form = self._choice({"png": "PNG", "tiff": "TIFF"})
        self._name = QLineEdit()
        self._name.setAccessibleName(self.tr("File name"))
        self._name.textEdited.connect(self._on_name_edited)
        self._facts = make.label(role="muted", wrap=True)
        self._note = make.label(role="note", wrap=True)
        self._allow = QCheckBox()
        self._allow.toggled.connect(self._refresh)
        self._button = make.button(self.tr("Export"), primary=True)
        self._button.setDefault(True)
        self._button.clicked.connect(self.accept)
        self._lay_out(look)
        self._restore()
        self.setMinimumWidth(690)
        self._name.setFocus()
        self._name.setSelection(0, len(Path(self._name.text()).stem))

    # What is asked for

    @property
    def path(self) -> Path:
        """Where the file would go."""
        return self._folder / self._name.text().strip()

    def choose(self, *, mask_only: bool | None = None, trim: bool | None = None, form: str | None = None) -> None:
        """Set options as if they had been clicked."""
        for group, name in (
            (self._what, None if mask_only is None else "mask" if mask_only else "cutout"),
            (self._area, None if trim is None else "trim" if trim else "full"),
            (self._form, form),
        ):
            for button in group.buttons():
                if button.property("value") == name:
                    button.click()

    def set_path(self, path: Path) -> None:
        """Choose folder and name by hand."""
        self._folder = path.parent
        self._named_by_hand = True
        self._name.setText(path.name)
        for form, ending in ENDINGS.items():
            if path.suffix.lower() in (ending, f".{form}"):
                self.choose(form=form)
        self._refresh()

    def accept(self) -> None:
        s = self._settings
        s.export_mask_only, s.export_trim = self._value(self._what) == "mask", self._value(self._area) == "trim"
        s.export_format, s.export_folder = self._value(self._form), str(self._folder)
        allowed = self._allow.isChecked()
        self.export = Export(
            self.path,
            s.export_mask_only,
            s.export_trim,
            overwrite=allowed,
            overwrite_source=allowed and self._is_source,
        )
        super().accept()

    # Inside

    def _lay_out(self, look: QPixmap) -> None:
        picture = make.label(align=make.CENTRE)
        picture.setAccessibleName(self.tr("Cut-out"))
        picture.setPixmap(look)
        picture.setFixedSize(QSize(220, 220))
        browse = make.button(self.tr("Folder…"), "open")
        browse.clicked.connect(self._browse)
        self._where = make.label(role="muted", wrap=True)
        name_row = make.row()
        name_row.addWidget(self._name, 1)
        name_row.addWidget(browse)
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        for text, group in (
            (self.tr("Content"), self._what),
            (self.tr("Size"), self._area),
            (self.tr("Format"), self._form),
        ):
            row = make.row(16)
            for button in group.buttons():
                row.addWidget(button)
            row.addStretch(1)
            form.addRow(make.label(text, "muted"), row)
        form.addRow(make.label(self.tr("Name"), "muted"), name_row)
        form.addRow("", self._where)
        form.addRow("", self._facts)
        top = make.row(24)
        top.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(form, 1)
        cancel = make.button(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        feet = make.row()
        feet.addStretch(1)
        feet.addWidget(cancel)
        feet.addWidget(self._button)
        column = make.column(16, (24, 24, 24, 20), self)
        column.addLayout(top)
        column.addWidget(self._note)
        column.addWidget(self._allow)
        column.addWidget(make.frame("separator"))
        column.addLayout(feet)

    def _choice(self, options: dict[str, str]) -> QButtonGroup:
        group = QButtonGroup(self)
        for value, text in options.items():
            button = QRadioButton(text)
            button.setProperty("value", value)
            group.addButton(button)
        group.buttonClicked.connect(self._on_option)
        return group

    def _value(self, group: QButtonGroup) -> str:
        button = group.checkedButton()
        return str(button.property("value")) if button else ""

    def _restore(self) -> None:
        s, source = self._settings, self._document.path
        self._folder = s.folder("export") if s.export_folder or source is None else source.parent
        for group, value in (
            (self._what, "mask" if s.export_mask_only else "cutout"),
            (self._area, "trim" if s.export_trim else "full"),
            (self._form, s.export_format),
        ):
            for button in group.buttons():
                button.setChecked(button.property("value") == value)
        self._on_option()

    def _on_option(self) -> None:
        ending = ENDINGS[self._value(self._form)]
        if self._named_by_hand:
            self._name.setText(Path(self._name.text() or "cut-out").with_suffix(ending).name)
        else:
            mask_only = self._value(self._what) == "mask"
            self._name.setText(suggested_name(self._document.name, mask_only=mask_only, ending=ending))
        self._refresh()

    def _on_name_edited(self) -> None:
        self._named_by_hand = True
        self._refresh()

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Folder for the cut-out"), str(self._folder))
        if folder:
            self._folder = Path(folder)
            self._refresh()

    @property
    def _is_source(self) -> bool:
        source = self._document.photo.path
        return source is not None and self.path.exists() and source.exists() and self.path.samefile(source)

    def _refresh(self) -> None:
        photo, mask_only = self._document.photo, self._value(self._what) == "mask"
        width, height = size_of(self._prediction, trim=self._value(self._area) == "trim")
        depth = 8 if mask_only else photo.bit_depth
        facts = self.tr("{width} × {height} pixels, {depth} bits a channel").format(
            width=width, height=height, depth=depth
        )
        if not mask_only:
            facts += self.tr(", colour profile kept") if photo.icc else self.tr(", sRGB")
        self._facts.setText(facts)
        self._where.setText(self.tr("in {folder}").format(folder=_short(self._folder)))
        self._where.setToolTip(str(self._folder))
        exists, named = self.path.is_file(), bool(self._name.text().strip())
        known = self.path.suffix.lower() in (".png", ".tif", ".tiff")
        if self._is_source:
            self._note.setText(self.tr("This is the photo itself. Exporting here destroys it."))
            self._allow.setText(self.tr("Replace the original photo"))
        elif exists:
            self._note.setText(self.tr("A file of this name is there already."))
            self._allow.setText(self.tr("Replace it"))
        elif named and not known:
            self._note.setText(self.tr("The name has to end in .png, .tif or .tiff."))
        self._note.setVisible(exists or (named and not known))
        self._allow.setVisible(exists)
        self._button.setEnabled(named and known and (not exists or self._allow.isChecked()))


def _short(folder: Path) -> str:
    """The folder as people know it: from home, and only its last parts."""
    home = Path.home()
    parts = ("~", *folder.relative_to(home).parts) if folder.is_relative_to(home) else folder.parts
    return str(Path(*parts)) if len(parts) <= 4 else str(Path("…", *parts[-3:]))
