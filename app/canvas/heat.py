"""A probability map as heat over the photo."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app.canvas.items import Layer, draw_pyramid
from app.canvas.pyramid import Pyramid

CLEAR = 0.6
"""From this probability on, heat is as opaque as it gets; below it fades out."""


@cache
def heat_colours() -> tuple[tuple[int, int, int], ...]:
    """256 colours (R, G, B) from cold to hot: Inferno, whose lightness grows evenly."""
    steps = np.arange(256, dtype=np.uint8)[:, None]
    bgr = np.asarray(cv2.applyColorMap(steps, cv2.COLORMAP_INFERNO))[:, 0]
    return tuple((int(r), int(g), int(b)) for b, g, r in bgr)


class HeatItem(Layer):
    """Nothing where the probability is zero, bright where it is high."""

    def __init__(self, z: float) -> None:
        super().__init__(z)
        self._map: Pyramid | None = None
        self._photo = QRectF()
        self._opacity = 0.6

    def show_map(self, heat: Pyramid | None, photo: QRectF) -> None:
        """Show a map of 256 indices; only what lies on the photo is drawn."""
        self._map, self._photo = heat, photo
        self._colour()
        self._resize(heat.rect & photo if heat else QRectF())

    def show_opacity(self, opacity: float) -> None:
        """`opacity` in [0, 1] where the probability is high."""
        self._opacity = opacity
        self._colour()
        self.update()

    def _colour(self) -> None:
        table = []
        for index, (r, g, b) in enumerate(heat_colours()):
            alpha = round(255 * self._opacity * min(1.0, index / 255 / CLEAR))
            table.append(alpha << 24 | r << 16 | g << 8 | b)
        for level in self._map.levels if self._map else ():
            level.setColorTable(table)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._map is not None:
            draw_pyramid(painter, self._map, option.exposedRect & self._photo, smooth=True)
