"""Signs of what was done about a person: told by shape first, by colour too."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPalette, QPen, QPolygonF

from app.theme import KINDS
from app.workspaces.pose.people.words import Status

REVIEWED, CHANGED, FLAGGED = QColor(KINDS["done"]), QColor(KINDS["info"]), QColor(KINDS["warning"])


def status_colour(status: Status, palette: QPalette) -> QColor:
    """What a status is drawn in, in lists and plots alike."""
    return {"reviewed": REVIEWED, "changed": CHANGED, "to do": palette.color(QPalette.ColorRole.Mid)}[status]


def draw_status(painter: QPainter, rect: QRectF, status: Status, palette: QPalette) -> None:
    """An empty ring: to do. A half-filled one: changed. A tick in a disc: reviewed."""
    side = min(rect.width(), rect.height())
    pen = max(1.4, side / 10)
    disc = QRectF(0, 0, side - pen, side - pen)
    disc.moveCenter(rect.center())
    if status == "reviewed":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(REVIEWED)
        painter.drawEllipse(disc.adjusted(-pen / 2, -pen / 2, pen / 2, pen / 2))
        tick = [QPointF(0.28, 0.53), QPointF(0.44, 0.69), QPointF(0.73, 0.35)]
        places = [disc.topLeft() + QPointF(p.x() * disc.width(), p.y() * disc.height()) for p in tick]
        painter.setPen(QPen(QColor("white"), pen * 1.15, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPolyline(QPolygonF(places))
        return
    colour = CHANGED if status == "changed" else palette.color(QPalette.ColorRole.PlaceholderText)
    painter.setPen(QPen(colour, pen))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(disc)
    if status == "changed":
        half = QPainterPath(disc.center())
        half.arcTo(disc, 90, 180)
        half.closeSubpath()
        painter.fillPath(half, QBrush(colour))


def draw_flag(painter: QPainter, rect: QRectF) -> None:
    """A flag at its pole: needs another look."""
    side = min(rect.width(), rect.height())
    place = QRectF(0, 0, side, side)
    place.moveCenter(rect.center())

    def at(x: float, y: float) -> QPointF:
        return place.topLeft() + QPointF(x * side, y * side)

    painter.setPen(QPen(FLAGGED, max(1.4, side / 10), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(at(0.22, 0.08), at(0.22, 0.95))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(FLAGGED)
    painter.drawPolygon(QPolygonF([at(0.22, 0.1), at(0.92, 0.1), at(0.72, 0.34), at(0.92, 0.58), at(0.22, 0.58)]))


def draw_warning(painter: QPainter, rect: QRectF) -> None:
    """A triangle with a stroke: the error is high."""
    side = min(rect.width(), rect.height())
    place = QRectF(0, 0, side, side)
    place.moveCenter(rect.center())
    edge = max(1.2, side / 9)
    corners = [(0.5, 0.08), (0.96, 0.9), (0.04, 0.9)]
    painter.setPen(QPen(FLAGGED, edge, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolygon(QPolygonF([place.topLeft() + QPointF(x * side, y * side) for x, y in corners]))
    middle = place.center().x()
    painter.drawLine(QPointF(middle, place.top() + 0.38 * side), QPointF(middle, place.top() + 0.6 * side))
    painter.drawPoint(QPointF(middle, place.top() + 0.76 * side))
