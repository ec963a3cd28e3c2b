"""Precision and recall of one reading against a true mask. Computed in a worker's thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.canvas.pyramid import U8
from engine.imaging.window import extract
from engine.skeleton.graph import SkeletonGraph
from engine.skeleton.medial import medial_graph
from engine.skeleton.precision_recall import count_pixels, thresholds_of
from engine.skeleton.session import SkeletonPrediction

COUNT = 49
"""Thresholds: every two per cent."""
AT_ONCE = 7

F64 = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curve:
    """(T,) figures at each threshold, ascending."""

    thresholds: F64
    precision: F64
    recall: F64
    f: F64

    @classmethod
    def of(cls, prediction: SkeletonPrediction, truth: U8, moved: Callable[[float], None]) -> Curve:
        """Compare at the size that was read.

        Args:
            prediction: Of a photo.
            truth: (H, W) uint8 of the photo's size, 255 on the objects.
            moved: Told how far it is, in [0, 1]; may raise to stop.
        """
        reading = prediction.reading
        height, width = reading.probability.shape
        seen, _ = extract(truth, prediction.window, width, height)
        true = pixels_of(medial_graph(seen >= 128), (height, width))
        moved(0.1)
        thresholds = thresholds_of(COUNT)
        parts = []
        for begin in range(0, COUNT, AT_ONCE):
            parts.append(count_pixels(prediction.suppressed, true, thresholds[begin : begin + AT_ONCE]))
            moved(0.1 + 0.9 * min(1.0, (begin + AT_ONCE) / COUNT))
        joined = (np.concatenate([getattr(part, name) for part in parts]) for name in ("precision", "recall", "f"))
        return cls(thresholds, *joined)


def pixels_of(graph: SkeletonGraph, shape: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """(H, W) bool: the pixels of a graph whose points are neighbouring pixels."""
    result = np.zeros(shape, np.bool_)
    column, row = np.floor(graph.points).astype(np.intp).T
    inside = (row >= 0) & (row < shape[0]) & (column >= 0) & (column < shape[1])
    result[row[inside], column[inside]] = True
    return result
