"""A list to choose one thing from."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox

from app.icons import icon


class Choice(QComboBox):
    """With the chevron of the other icons: the style sheet leaves no arrow."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        painter = QPainter(self)
        icon("chevron").paint(painter, QRect(self.width() - 24, (self.height() - 14) // 2, 14, 14))
        painter.end()
