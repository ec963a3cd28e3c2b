"""A picture to choose."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton


class Picture(QAbstractButton):
    """A checkable picture with rounded corners; a coloured rim says chosen, an outer one focused."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self._side = side
        self.setCheckable(True)
        self._picture = QPixmap()
        self.setFixedSize(side + 4, side + 4)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_picture(self, picture: QPixmap) -> None:
        self._picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(2, 2, self._side, self._side)
        shape = QPainterPath()
        shape.addRoundedRect(area, 8, 8)
        painter.setClipPath(shape)
        painter.drawPixmap(area, self._picture, QRectF(self._picture.rect()))
        painter.setClipping(False)
        palette = self.palette()
        if self.isChecked() or self.hasFocus() or self.underMouse():
            colour = palette.highlight() if self.isChecked() else palette.placeholderText()
            painter.strokePath(shape, QPen(colour.color(), 2.5))
        if self.hasFocus():
            painter.setPen(QPen(palette.text().color(), 1, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(area.adjusted(3, 3, -3, -3), 6, 6)
        painter.end()
