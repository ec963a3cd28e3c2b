"""The circle under the mouse: shown large, with its radius and how sure it is."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtWidgets import QLabel

from app.canvas.skeleton_layer import SkeletonLayer
from app.canvas.view import Canvas
from engine.skeleton.graph import F32, SkeletonGraph

REACH = 14.0
"""The mouse is near a point within this many screen pixels."""


class Hover(QObject):
    """Listens to the canvas while it is told to."""

    def __init__(self, canvas: Canvas, layer: SkeletonLayer, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas, self._layer = canvas, layer
        self._graphs: dict[str, SkeletonGraph] = {}
        self._points: F32 = np.zeros((0, 2), np.float32)
        self.active = False
        self.label = QLabel(canvas)
        self.label.setObjectName("readout")
        self.label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.label.hide()
        canvas.pointed.connect(self._on_pointed)
        canvas.zoom_changed.connect(lambda zoom: self.forget())

    def show_graphs(self, graphs: dict[str, SkeletonGraph]) -> None:
        """Look for the mouse on these skeletons from now on."""
        self._graphs = {name: graph for name, graph in graphs.items() if not graph.empty}
        points = [graph.points for graph in self._graphs.values()]
        self._points = np.concatenate(points) if points else np.zeros((0, 2), np.float32)
        self.forget()

    def forget(self) -> None:
        """Take the circle away."""
        self._layer.show_highlight(None)
        self.label.hide()

    def _on_pointed(self, place: tuple[float, float] | None) -> None:
        if not self.active or place is None or not len(self._points):
            if self.label.isVisible():
                self.forget()
            return
        away = np.hypot(*(self._points - np.asarray(place, np.float32)).T)
        index = int(away.argmin())
        if away[index] * self._canvas.transform().m11() > REACH:
            self.forget()
            return
        self._show(index)

    def _show(self, index: int) -> None:
        name, own = "", index
        for name in self._graphs:
            if own < len(self._graphs[name].points):
                break
            own -= len(self._graphs[name].points)
        graph = self._graphs[name]
        x, y = (float(v) for v in graph.points[own])
        radius, confidence, kind = float(graph.radius[own]), float(graph.confidence[own]), int(graph.kind[own])
        words = [self.tr("radius {radius} px").format(radius=f"{radius:.1f}")] if radius > 0 else []
        if name == "predicted":
            words.append(self.tr("confidence {percent} %").format(percent=round(100 * confidence)))
            words += [self.tr("type {kind}").format(kind=kind)] if kind else []
        else:
            words.append(self.tr("medial axis"))
        self._layer.show_highlight(QPointF(x, y), radius)
        self.label.setText("  ·  ".join(words))
        self.label.adjustSize()
        self._place(self._canvas.screen_point(QPointF(x, y)))
        self.label.show()
        self.label.raise_()

    def _place(self, spot: QPointF) -> None:
        """Beside the centre, kept on the canvas."""
        room, size = self._canvas.viewport().rect(), self.label.size()
        x, y = spot.x() + 18, spot.y() - size.height() - 14
        if x + size.width() > room.right() - 8:
            x = spot.x() - 18 - size.width()
        self.label.move(round(max(8, x)), round(max(8, y)))
