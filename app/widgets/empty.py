"""What is seen before there is a photo: where to drop one, open one, or go on with an earlier one."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from app.icons import icon
from app.widgets import make

SHOWN = 4
"""Recent photos offered here; the menu has them all."""


class EmptyState(QWidget):
    """An inviting place to start."""

    open_asked = Signal()
    paste_asked = Signal()
    sample_asked = Signal()
    photo_asked = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("empty")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._area = make.frame("dropArea")
        self._area.setMaximumWidth(620)
        self._picture = make.label(align=make.CENTRE)
        title = make.label(self.tr("Drop a photo here"), "title", align=make.CENTRE)
        text = self.tr("Then click the object that you want to cut out.")
        under = make.label(text, "muted", align=make.CENTRE)
        self._recent = make.column(2)
        column = make.column(8, (48, 40, 48, 36), self._area)
        column.addWidget(self._picture)
        column.addSpacing(4)
        column.addWidget(title)
        column.addWidget(under)
        column.addSpacing(16)
        column.addLayout(self._buttons())
        column.addLayout(self._recent)
        grid = QGridLayout(self)
        grid.addWidget(self._area, 1, 1)
        for edge in (0, 2):
            grid.setRowStretch(edge, 1)
            grid.setColumnStretch(edge, 1)
        grid.setColumnStretch(1, 4)

    def show_recent(self, paths: list[Path]) -> None:
        """List photos opened before."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        if paths:
            self._recent.addSpacing(20)
            self._recent.addWidget(make.label(self.tr("Recent"), "section"))
        for path in paths[:SHOWN]:
            button = make.button(path.name, "recent")
            button.setToolTip(str(path))
            button.setProperty("flat", True)
            button.clicked.connect(partial(self._ask_for, path))
            self._recent.addWidget(button)

    def show_drop(self, active: bool) -> None:
        """Light up while a photo is held over the window."""
        make.restyle(self._area, "active", active)

    def _ask_for(self, path: Path, _checked: bool = False) -> None:
        self.photo_asked.emit(path)

    def _buttons(self) -> QHBoxLayout:
        opening = make.button(self.tr("Open photo…"), primary=True)
        opening.clicked.connect(self.open_asked)
        self.setFocusProxy(opening)
        paste = make.button(self.tr("Paste"), "paste")
        paste.clicked.connect(self.paste_asked)
        sample = make.button(self.tr("Try a sample"), "sample")
        sample.clicked.connect(self.sample_asked)
        row = make.row()
        row.addStretch(1)
        for button in (opening, paste, sample):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() in (event.Type.PaletteChange, event.Type.StyleChange):
            self._draw_picture()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._draw_picture()

    def _draw_picture(self) -> None:
        size = QSize(72, 72)
        self._picture.setPixmap(icon("add-photo", QPalette.ColorRole.Link).pixmap(size, self.devicePixelRatioF()))
