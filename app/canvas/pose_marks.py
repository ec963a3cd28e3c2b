"""Signs of joints and lines of bones, painted in logical pixels of the screen: legible on any photo."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from app.canvas.sides import SHAPES, Side

RADIUS = 6.0
"""Of a joint's sign."""
CORE, RIM = 3.0, 5.4
"""Widths of a bone and of the dark line beneath it."""
HALO = QColor(8, 10, 14, 170)


def sign(side: Side, radius: float) -> QPainterPath:
    """The shape of a side around (0, 0); all three look equally large."""
    path, shape = QPainterPath(), SHAPES[side]
    if shape == "disc":
        path.addEllipse(QPointF(0, 0), radius, radius)
    elif shape == "square":
        half = radius * 0.88
        path.addRoundedRect(QRectF(-half, -half, 2 * half, 2 * half), radius / 5, radius / 5)
    else:
        reach = radius * 1.2
        path.addPolygon(QPolygonF([QPointF(0, -reach), QPointF(reach, 0), QPointF(0, reach), QPointF(-reach, 0)]))
        path.closeSubpath()
    return path


def draw_visible(painter: QPainter, at: QPointF, side: Side, colour: QColor, radius: float = RADIUS) -> None:
    """A joint that is seen: a full sign with a light edge."""
    painter.translate(at)
    painter.fillPath(sign(side, radius + 2.2), HALO)
    painter.fillPath(sign(side, radius), QColor("white"))
    painter.fillPath(sign(side, radius - 1.4), colour)
    painter.translate(-at)


def draw_hidden(painter: QPainter, at: QPointF, side: Side, colour: QColor, radius: float = RADIUS) -> None:
    """A joint that is known but hidden: a hollow sign, and the photo is seen through it."""
    painter.translate(at)
    outline = sign(side, radius - 0.4)
    painter.strokePath(outline, QPen(HALO, 4.8))
    painter.strokePath(outline, QPen(colour, 2.2))
    painter.translate(-at)


def draw_ring(painter: QPainter, at: QPointF, side: Side, radius: float, *, strong: bool) -> None:
    """Around a joint: selected (`strong`), or under the mouse."""
    painter.translate(at)
    outline = sign(side, radius)
    painter.strokePath(outline, QPen(QColor(0, 0, 0, 150 if strong else 90), 4.4))
    painter.strokePath(outline, QPen(QColor(255, 255, 255, 255 if strong else 190), 2.2 if strong else 1.6))
    painter.translate(-at)


def draw_line(painter: QPainter, a: QPointF, b: QPointF, colour: QColor, width: float, rim: float) -> None:
    """A line with a dark one beneath it; `rim` 0 leaves that out."""
    cap = Qt.PenCapStyle.RoundCap
    if rim:
        painter.setPen(QPen(QColor(8, 10, 14, min(colour.alpha(), 150)), rim, Qt.PenStyle.SolidLine, cap))
        painter.drawLine(a, b)
    painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, cap))
    painter.drawLine(a, b)


def shortened(a: QPointF, b: QPointF, at_a: float, at_b: float) -> tuple[QPointF, QPointF] | None:
    """A line without the first `at_a` and the last `at_b` of it; None when nothing is left."""
    along = b - a
    length = math.hypot(along.x(), along.y())
    if length <= at_a + at_b:
        return None
    unit = along / length
    return a + unit * at_a, b - unit * at_b
