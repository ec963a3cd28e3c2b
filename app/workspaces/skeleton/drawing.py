"""From readings to what is drawn: graphs at a threshold, coloured curves and circles. Made in a worker's thread."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from app.canvas.curves import Stroke, circle_strokes, curve_strokes, stepped
from app.canvas.pyramid import U8
from app.document.reading import DrawnReading
from app.document.skeleton import Choices
from engine.skeleton.circles import inscribed_circles
from engine.skeleton.colours import kind_colours, scale_colours
from engine.skeleton.graph import SkeletonGraph

MOST = 600
"""Circles of one skeleton at most: more hide one another, and the photo."""
SIDES = {"predicted": QColor("#ffb02e"), "medial": QColor("#38d6ff")}
"""Colours of the two skeletons where both are shown."""


@dataclass(frozen=True, eq=False)
class Order:
    """What is to be drawn.

    Args:
        choices: How.
        threshold: Of the predicted skeleton.
        reading: What it is made from; None where there is none.
        axis: Medial axis of the object; None where there is none.
    """

    choices: Choices
    threshold: float
    reading: DrawnReading | None
    axis: SkeletonGraph | None

    def differs(self, other: Order) -> bool:
        """Whether it leads to another drawing: what is only shown or hidden over it does not matter."""
        mine, theirs = (
            replace(o.choices, threshold=o.threshold, opacity=0, stage=None, recovered=False, truth=None)
            for o in (self, other)
        )
        return mine != theirs or self.reading is not other.reading or self.axis is not other.axis


@dataclass(frozen=True, eq=False)
class Drawing:
    """What an order led to.

    Args:
        order: The order.
        graphs: By "predicted" and "medial": the skeletons that are shown, in source pixels.
        curves, circles: Strokes.
        shown: For each graph the indices into its points of the circles.
        seconds: How long it took.
    """

    order: Order
    graphs: dict[str, SkeletonGraph]
    curves: tuple[Stroke, ...]
    circles: tuple[Stroke, ...]
    shown: dict[str, npt.NDArray[np.intp]] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def empty(self) -> bool:
        return all(graph.empty for graph in self.graphs.values())


class Draughtsman:
    """Draws orders, keeping what the last one had in common with the next. Lives in the worker's thread."""

    def __init__(self) -> None:
        self._reading: DrawnReading | None = None
        self._threshold = -1.0
        self._graph: SkeletonGraph | None = None

    def draw(self, order: Order) -> Drawing:
        began = time.perf_counter()
        choices, graphs = order.choices, {}
        if choices.source != "medial" and order.reading is not None:
            graphs["predicted"] = self._predicted(order.reading, order.threshold)
        if choices.source != "predicted" and order.axis is not None:
            graphs["medial"] = order.axis
        curves: tuple[Stroke, ...] = ()
        circles: tuple[Stroke, ...] = ()
        shown = {}
        for name, graph in graphs.items():
            if graph.empty:
                continue
            if choices.view == "skeleton":
                curves += curve_strokes(graph, _colours(graph, choices, name))
            if choices.view == "skeleton" and choices.circles and graph.radius.any():
                shown[name] = inscribed_circles(graph, min(choices.density / 100, MOST / len(graph.points)))
                circles += circle_strokes(graph, shown[name], _colours(graph, choices, name))
        return Drawing(order, graphs, curves, circles, shown, time.perf_counter() - began)

    def _predicted(self, reading: DrawnReading, threshold: float) -> SkeletonGraph:
        if self._graph is None or self._reading is not reading or self._threshold != threshold:
            self._graph = reading.prediction.graph(threshold)
            self._reading, self._threshold = reading, threshold
        return self._graph


def _colours(graph: SkeletonGraph, choices: Choices, name: str) -> U8:
    """(P, 3) RGB of the points of a graph."""
    if choices.source == "both":
        side = SIDES[name]
        return np.tile(np.array([side.red(), side.green(), side.blue()], np.uint8), (len(graph.points), 1))
    if choices.colour == "kind":
        return kind_colours(graph.kind)
    return scale_colours(stepped(graph.radius), graph.size)
