"""The edge of a mask as painter paths, one for every level of its pyramid. Made in the worker's thread."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from pyqtgraph.functions import arrayToQPath
from PySide6.QtGui import QPainterPath

from app.canvas.pyramid import U8, Pyramid

HALF = 128
"""Least probability (of 255) that counts as object."""


@dataclass(frozen=True, eq=False)
class Outline:
    """Paths in source pixels, finest first."""

    paths: tuple[QPainterPath, ...]

    @classmethod
    def of(cls, mask: Pyramid) -> Outline:
        """Trace every level of a mask's pyramid where it passes one half."""
        return cls(tuple(_trace(level, mask) for level in mask.arrays))

    @property
    def empty(self) -> bool:
        return not self.paths or self.paths[0].isEmpty()

    def path(self, scale: float) -> QPainterPath:
        """The path with about a vertex for every screen pixel at `scale` screen pixels a source pixel."""
        index = 0
        while index + 1 < len(self.paths) and scale <= 0.5:
            index, scale = index + 1, scale * 2
        return self.paths[index]


def _trace(probability: U8, mask: Pyramid) -> QPainterPath:
    binary = (probability >= HALF).astype(np.uint8)
    contours, _ = cv2.findContours(binary, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return QPainterPath()
    closed = [np.concatenate((ring, ring[:1]))[:, 0] for ring in contours]
    points = np.concatenate(closed).astype(np.float64) + 0.5  # contours run through the centres of the edge's pixels
    connect = np.ones(len(points), np.int32)
    connect[np.cumsum([len(ring) for ring in closed]) - 1] = 0
    height, width = probability.shape
    xs = points[:, 0] * (mask.rect.width() / width) + mask.rect.left()
    ys = points[:, 1] * (mask.rect.height() / height) + mask.rect.top()
    return arrayToQPath(xs, ys, connect=connect)
