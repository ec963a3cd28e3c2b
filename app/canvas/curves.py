"""Curves and circles in many colours, drawn fast. Paths are made in a worker's thread, one for each colour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyqtgraph.functions import arrayToQPath
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.canvas.items import Layer
from app.canvas.pyramid import U8
from engine.skeleton.graph import F32, SkeletonGraph

STEPS = 8
"""Colours of a doubling of the scale; more could not be told apart and would make more paths."""
SMOOTHING = 4
"""How often each point is moved towards its neighbours before curves are drawn; exports keep what was found."""
CORE, RIM = 2.4, 4.4
"""Widths of a curve and of the dark line beneath it, in logical pixels."""


@dataclass(frozen=True, eq=False)
class Stroke:
    """What is drawn in one colour, in source pixels."""

    colour: QColor
    path: QPainterPath


def stepped(radius: F32) -> F32:
    """Radii rounded to few values, so that they lead to few colours."""
    return np.exp2(np.rint(np.log2(np.maximum(radius, 0.25)) * STEPS) / STEPS).astype(np.float32)


def curve_strokes(graph: SkeletonGraph, colours: U8) -> tuple[Stroke, ...]:
    """The branches of a graph as strokes.

    Args:
        graph: In source pixels.
        colours: (P, 3) RGB of each of `graph.points`; few different ones.
    """
    begin, end, first = _segments(_smooth(graph), graph.branch_of)
    return tuple(Stroke(colour, _pairs(begin[chosen], end[chosen])) for colour, chosen in _by_colour(colours[first]))


def circle_strokes(graph: SkeletonGraph, shown: npt.NDArray[np.intp], colours: U8) -> tuple[Stroke, ...]:
    """The inscribed circles of the points with indices `shown` as strokes."""
    strokes = []
    for colour, chosen in _by_colour(colours[shown]):
        path = QPainterPath()
        points, radius = graph.points[shown[chosen]].tolist(), graph.radius[shown[chosen]].tolist()
        for (x, y), r in zip(points, radius, strict=True):
            path.addEllipse(QPointF(x, y), r, r)
        strokes.append(Stroke(colour, path))
    return tuple(strokes)


def _smooth(graph: SkeletonGraph) -> F32:
    """(P, 2) points without the steps of the pixels that they were found in; ends of branches stay."""
    points, branch = graph.points.copy(), graph.branch_of
    inner = (1 + np.flatnonzero((branch[:-2] == branch[1:-1]) & (branch[1:-1] == branch[2:]))).astype(np.intp)
    for _ in range(SMOOTHING):
        points[inner] = (points[inner - 1] + 2 * points[inner] + points[inner + 1]) / 4
    return points


def _segments(points: F32, branch: npt.NDArray[np.int32]) -> tuple[F32, F32, npt.NDArray[np.intp]]:
    """Both ends of every piece of curve, (S, 2) each, and the index of the point where it begins."""
    first = np.flatnonzero(branch[:-1] == branch[1:])
    alone = np.flatnonzero(np.bincount(branch, minlength=1)[branch] == 1)  # a lone pixel becomes a dash of its width
    half = np.array([0.5, 0.0], np.float32)
    begin = np.concatenate([points[first], points[alone] - half])
    end = np.concatenate([points[first + 1], points[alone] + half])
    return begin, end, np.concatenate([first, alone])


def _by_colour(colours: U8) -> list[tuple[QColor, npt.NDArray[np.intp]]]:
    """Every colour with the indices of its rows."""
    codes = colours.astype(np.int32) @ np.array([1 << 16, 1 << 8, 1], np.int32)
    return [(QColor.fromRgb(int(code)), np.flatnonzero(codes == code)) for code in np.unique(codes)]


def _pairs(begin: F32, end: F32) -> QPainterPath:
    xy = np.stack([begin, end], 1).reshape(-1, 2).astype(np.float64)
    return arrayToQPath(np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1]), connect="pairs")


class CurvesItem(Layer):
    """Lines that are legible on any photo: coloured, with a dark rim."""

    def __init__(self, z: float) -> None:
        super().__init__(z)
        self._strokes: tuple[Stroke, ...] = ()
        self._whole = QPainterPath()
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)  # the highlight redraws what lies under it

    def show_strokes(self, strokes: tuple[Stroke, ...], photo: QRectF) -> None:
        self._strokes = strokes
        self._whole = QPainterPath()
        for stroke in strokes:
            self._whole.addPath(stroke.path)
        self._resize(photo.adjusted(-4, -4, 4, 4))

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ratio = painter.device().devicePixelRatioF()
        painter.strokePath(self._whole, _pen(QColor(0, 0, 0, 120), RIM * ratio))
        for stroke in self._strokes:
            painter.strokePath(stroke.path, _pen(stroke.colour, CORE * ratio))


def _pen(colour: QColor, width: float) -> QPen:
    """`width` device pixels at every zoom.

    Qt strokes single pieces of curve some forty times faster with square ends than with round ones.
    """
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.SquareCap)
    return pen


class CirclesItem(Layer):
    """Thin circles; their opacity is that of the layer."""

    def __init__(self, z: float) -> None:
        super().__init__(z)
        self._strokes: tuple[Stroke, ...] = ()
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def show_strokes(self, strokes: tuple[Stroke, ...], photo: QRectF) -> None:
        self._strokes = strokes
        reach = max(photo.width(), photo.height()) / 2  # circles may reach beyond the photo
        self._resize(photo.adjusted(-reach, -reach, reach, reach))

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        to_screen = painter.worldTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for dx in (0.0, 0.5):
            painter.setWorldTransform(to_screen * QTransform.fromTranslate(dx, dx))
            for stroke in self._strokes:
                painter.strokePath(stroke.path, QPen(stroke.colour, 0))
        painter.setWorldTransform(to_screen)


class HighlightItem(Layer):
    """One circle with its centre, wherever the mouse is near."""

    def __init__(self, z: float) -> None:
        super().__init__(z)
        self._centre, self._radius = QPointF(), 0.0
        self._shown = False

    def show_circle(self, centre: QPointF | None, radius: float = 0.0) -> None:
        self._shown = centre is not None
        self._centre, self._radius = centre or QPointF(), radius
        reach = radius + 60 if self._shown else 0.0
        self._resize(QRectF(self._centre.x() - reach, self._centre.y() - reach, 2 * reach, 2 * reach))

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if not self._shown:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(255, 255, 255, 36))
        for colour, width in ((QColor(0, 0, 0, 160), 4.0), (QColor("white"), 2.0)):
            painter.setPen(_pen(colour, width * painter.device().devicePixelRatioF()))
            painter.drawEllipse(self._centre, self._radius, self._radius)
        to_screen = painter.worldTransform()
        spot = to_screen.map(self._centre)
        painter.resetTransform()
        painter.setPen(QPen(QColor(0, 0, 0, 170), 1.5))
        painter.setBrush(QColor("white"))
        painter.drawEllipse(spot, 3.5, 3.5)
        painter.setWorldTransform(to_screen)
