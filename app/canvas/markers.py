"""The signs of the clicks: told apart by colour and by shape, of the same size at every zoom."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from engine.crop.prompts import Click

RADIUS = 9.0
INCLUDE = QColor("#1f9d55")
EXCLUDE = QColor("#d92d3a")


class Marker(QGraphicsItem):
    """A green disc with a plus includes, a red square with a minus excludes."""

    def __init__(self, click: Click) -> None:
        super().__init__()
        self._positive = click.positive
        self._selected = False
        self.setPos(click.x, click.y)
        self.setZValue(10)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def select(self, selected: bool) -> None:
        self._selected = selected
        self.setZValue(11 if selected else 10)
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        reach = RADIUS + 6
        return QRectF(-reach, -reach, 2 * reach, 2 * reach)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._selected:
            painter.strokePath(self._shape(RADIUS + 3.5), QPen(QColor(0, 0, 0, 140), 4))
            painter.strokePath(self._shape(RADIUS + 3.5), QPen(QColor("white"), 2))
        painter.fillPath(self._shape(RADIUS + 1), QColor(0, 0, 0, 90))
        painter.fillPath(self._shape(RADIUS), QColor("white"))
        painter.fillPath(self._shape(RADIUS - 1.8), INCLUDE if self._positive else EXCLUDE)
        painter.setPen(QPen(QColor("white"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        arm = RADIUS * 0.4
        painter.drawLine(QPointF(-arm, 0), QPointF(arm, 0))
        if self._positive:
            painter.drawLine(QPointF(0, -arm), QPointF(0, arm))

    def _shape(self, radius: float) -> QPainterPath:
        path = QPainterPath()
        if self._positive:
            path.addEllipse(QPointF(0, 0), radius, radius)
        else:
            side = radius * 0.9
            path.addRoundedRect(QRectF(-side, -side, 2 * side, 2 * side), radius / 3, radius / 3)
        return path
