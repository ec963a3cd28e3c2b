"""Asks what to save and where; nothing is replaced without a word. Each workspace adds its own options."""

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
    QLayout,
    QLineEdit,
    QRadioButton,
    QWidget,
)

from app.document.document import Document
from app.settings import Settings
from app.widgets import make

LOOK = QSize(220, 220)


class SaveDialog(QDialog):
    """A picture of what is saved, options, and the file's name.

    A subclass makes its options, calls `lay_out`, restores what was chosen last and then calls `follow_options`.

    Args:
        title: Of the window.
        button: What its main button says.
        endings: File name endings that can be written, lower case.
    """

    def __init__(
        self, title: str, button: str, endings: tuple[str, ...], document: Document, settings: Settings, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.document, self.settings, self.endings = document, settings, endings
        self._named_by_hand = False
        source = document.path
        self._folder = settings.folder("export") if settings.export_folder or source is None else source.parent
        self._name = QLineEdit()
        self._name.setAccessibleName(self.tr("File name"))
        self._name.textEdited.connect(self._on_name_edited)
        self._facts = make.label(role="muted", wrap=True)
        self._note = make.label(role="note", wrap=True)
        self._where = make.label(role="muted", wrap=True)
        self._allow = QCheckBox()
        self._allow.toggled.connect(self.refresh)
        self._button = make.button(button, primary=True)
        self._button.setDefault(True)
        self._button.clicked.connect(self.accept)
        self.setMinimumWidth(690)

    # What is asked for

    @property
    def path(self) -> Path:
        """Where the file would go."""
        return self._folder / self._name.text().strip()

    @property
    def allowed(self) -> bool:
        """An existing file may be replaced."""
        return self._allow.isChecked()

    @property
    def is_source(self) -> bool:
        """The file is the photo itself."""
        source = self.document.photo.path
        return source is not None and self.path.exists() and source.exists() and self.path.samefile(source)

    def set_path(self, path: Path) -> None:
        """Choose folder and name by hand."""
        self._folder = path.parent
        self._named_by_hand = True
        self._name.setText(path.name)
        self.follow_name(path.suffix.lower())
        self.refresh()

    def accept(self) -> None:
        self.settings.export_folder = str(self._folder)
        super().accept()

    # A subclass's part. Not abc.abstractmethod: Qt's metaclass and ABCMeta cannot be joined.

    def ending(self) -> str:
        """File name ending of the format that is chosen."""
        raise NotImplementedError

    def suggested(self) -> str:
        """File name for the present options."""
        raise NotImplementedError

    def facts(self) -> str:
        """What is known of the file before it is written."""
        raise NotImplementedError

    def follow_name(self, ending: str) -> None:
        """Choose the format of a name typed by hand, where there is one."""
        raise NotImplementedError

    def lay_out(self, look: QPixmap, options: list[tuple[str, QWidget | QLayout]]) -> None:
        """Arrange everything; `options` are rows of the form."""
        picture = make.label(align=make.CENTRE)
        picture.setAccessibleName(self.windowTitle())
        picture.setPixmap(look)
        picture.setFixedSize(LOOK)
        browse = make.button(self.tr("Folder…"), "open")
        browse.clicked.connect(self._browse)
        name_row = make.row()
        name_row.addWidget(self._name, 1)
        name_row.addWidget(browse)
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        for text, control in options:
            form.addRow(make.label(text, "muted"), control)
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
        self._name.setFocus()

    def choice(self, options: dict[str, str]) -> tuple[QButtonGroup, QLayout]:
        """Radio buttons by value, and their row."""
        group, row = QButtonGroup(self), make.row(16)
        for value, text in options.items():
            button = QRadioButton(text)
            button.setProperty("value", value)
            group.addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        group.buttonClicked.connect(self.follow_options)
        return group, row

    def follow_options(self) -> None:
        """Give the file the name, or the ending, that suits the options."""
        if self._named_by_hand:
            stem = self._name.text() or Path(self.suggested()).stem
            self._name.setText(Path(stem).with_suffix(self.ending()).name)
        else:
            self._name.setText(self.suggested())
            self._name.setSelection(0, len(Path(self._name.text()).stem))
        self.refresh()

    def refresh(self) -> None:
        """Say what would happen, and offer it when it may."""
        self._facts.setText(self.facts())
        self._where.setText(self.tr("in {folder}").format(folder=_short(self._folder)))
        self._where.setToolTip(str(self._folder))
        exists, named = self.path.is_file(), bool(self._name.text().strip())
        known = self.path.suffix.lower() in self.endings
        if self.is_source:
            self._note.setText(self.tr("This is the photo itself. Exporting here destroys it."))
            self._allow.setText(self.tr("Replace the original photo"))
        elif exists:
            self._note.setText(self.tr("A file of this name is there already."))
            self._allow.setText(self.tr("Replace it"))
        elif named and not known:
            words = self.tr("The name has to end in {others} or {last}.")
            self._note.setText(words.format(others=", ".join(self.endings[:-1]), last=self.endings[-1]))
        self._note.setVisible(exists or (named and not known))
        self._allow.setVisible(exists)
        self._button.setEnabled(named and known and (not exists or self._allow.isChecked()))

    def _on_name_edited(self) -> None:
        self._named_by_hand = True
        self.refresh()

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Folder to save in"), str(self._folder))
        if folder:
            self._folder = Path(folder)
            self.refresh()


def value_of(group: QButtonGroup) -> str:
    """What is chosen among radio buttons."""
    button = group.checkedButton()
    return str(button.property("value")) if button else ""


def choose(group: QButtonGroup, value: str) -> None:
    """Click a radio button by its value."""
    for button in group.buttons():
        if button.property("value") == value:
            button.click()


def _short(folder: Path) -> str:
    """The folder as people know it: from home, and only its last parts."""
    home = Path.home()
    parts = ("~", *folder.relative_to(home).parts) if folder.is_relative_to(home) else folder.parts
    return str(Path(*parts)) if len(parts) <= 4 else str(Path("…", *parts[-3:]))
