"""What is seen before there is a photo: where to drop one, open one, or go on with an earlier one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.icons import icon

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
        self._area = QFrame(objectName="dropArea")
        self._area.setMaximumWidth(620)
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        title = QLabel(self.tr("Drop a photo here"), objectName="title", alignment=Qt.AlignmentFlag.AlignCenter)
        text = self.tr("Then click the object that you want to cut out.")
        under = QLabel(text, objectName="muted", alignment=Qt.AlignmentFlag.AlignCenter)
        self._recent = QVBoxLayout(spacing=2)
        column = QVBoxLayout(self._area, spacing=8)
        column.setContentsMargins(48, 40, 48, 36)
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
            self._recent.addWidget(QLabel(self.tr("Recent"), objectName="section"))
        for path in paths[:SHOWN]:
            button = QPushButton(f"{path.name}", icon=icon("recent"), toolTip=str(path))
            button.setProperty("flat", True)
            button.clicked.connect(lambda _=False, p=path: self.photo_asked.emit(p))
            self._recent.addWidget(button)

    def show_drop(self, active: bool) -> None:
        """Light up while a photo is held over the window."""
        self._area.setProperty("active", active)
        self._area.style().unpolish(self._area)
        self._area.style().polish(self._area)

    def _buttons(self) -> QHBoxLayout:
        opening = QPushButton(self.tr("Open photo…"), default=True)
        opening.setProperty("primary", True)
        opening.clicked.connect(self.open_asked)
        paste = QPushButton(self.tr("Paste"), icon=icon("paste"))
        paste.clicked.connect(self.paste_asked)
        sample = QPushButton(self.tr("Try a sample"), icon=icon("sample"))
        sample.clicked.connect(self.sample_asked)
        row = QHBoxLayout(spacing=8)
        row.addStretch(1)
        for button in (opening, paste, sample):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def changeEvent(self, event) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001, N802 - Qt's name
        super().changeEvent(event)
        if event.type() in (event.Type.PaletteChange, event.Type.StyleChange):
            self._draw_picture()

    def showEvent(self, event) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001, N802 - Qt's name
        super().showEvent(event)
        self._draw_picture()

    def _draw_picture(self) -> None:
        size = QSize(72, 72)
        self._picture.setPixmap(icon("add-photo", QPalette.ColorRole.Link).pixmap(size, self.devicePixelRatioF()))
