"""Everything that the Skeleton workspace draws over the photo, as one layer that can be taken off the canvas."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor

from app.canvas.curves import CirclesItem, CurvesItem, HighlightItem, Stroke
from app.canvas.heat import HeatItem
from app.canvas.items import MaskItem, OutlineItem
from app.canvas.outline import Outline
from app.canvas.pyramid import Pyramid
from app.canvas.view import Canvas

RECOVERED = QColor("#ff9d3c")
TRUTH = QColor("#7df0a0")
OBJECT = QColor("#ffffff")
"""Colours of the recovered mask, of the edge of the true one, and of that of the object that is looked at."""


class SkeletonLayer:
    """Items over one canvas, lowest first: heat, recovered mask, edges, circles, curves, highlight."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._heat, self._recovered = HeatItem(1.2), MaskItem()
        self._recovered.setZValue(1.4)
        self._object, self._truth = OutlineItem(1.6, Qt.PenStyle.DotLine), OutlineItem(1.8, Qt.PenStyle.DashLine)
        self._object.show_colour(OBJECT)
        self._truth.show_colour(TRUTH)
        self._circles, self._curves, self._highlight = CirclesItem(2.2), CurvesItem(2.4), HighlightItem(2.6)
        self._items = (
            self._heat, self._recovered, self._object, self._truth, self._circles, self._curves, self._highlight,
        )  # fmt: skip
        for item in self._items:
            canvas.scene().addItem(item)

    def show(self, shown: bool) -> None:
        for item in self._items:
            item.setVisible(shown)

    def show_heat(self, heat: Pyramid | None) -> None:
        self._heat.show_map(heat, self._canvas.photo_rect)

    def show_strokes(self, curves: tuple[Stroke, ...], circles: tuple[Stroke, ...]) -> None:
        self._curves.show_strokes(curves, self._canvas.photo_rect)
        self._circles.show_strokes(circles, self._canvas.photo_rect)

    def show_recovered(self, mask: Pyramid | None) -> None:
        self._recovered.show_mask(mask, self._canvas.photo_rect)

    def show_edges(self, of_object: Outline | None, of_truth: Outline | None) -> None:
        self._object.show_outline(of_object, self._canvas.photo_rect)
        self._truth.show_outline(of_truth, self._canvas.photo_rect)

    def show_highlight(self, centre: QPointF | None, radius: float = 0.0) -> None:
        self._highlight.show_circle(centre, radius)

    def show_opacity(self, opacity: float) -> None:
        """`opacity` in [0, 1] of heat, circles and the recovered mask; curves stay solid."""
        self._heat.show_opacity(opacity)
        self._circles.setOpacity(opacity)
        self._recovered.show_tint(RECOVERED, 0.75 * opacity)
