"""What a skeleton method read, together with its pictures. Made in the worker's thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF

from app.canvas.pyramid import U8, Pyramid

if TYPE_CHECKING:
    from engine.skeleton.session import SkeletonPrediction


@dataclass(frozen=True, eq=False)
class DrawnReading:
    """A prediction, and its probability maps as images of 256 indices.

    Args:
        prediction: What was read; graphs are made from it.
        heat: The fused probability.
        sides: Probability of each side output, finest first.
        scales: The method knows how wide the object is along the skeleton.
        types: The largest scale type that was read; 0 when the method knows none.
    """

    prediction: SkeletonPrediction
    heat: Pyramid
    sides: tuple[Pyramid, ...]
    scales: bool
    types: int

    @classmethod
    def draw(cls, prediction: SkeletonPrediction) -> DrawnReading:
        reading, window = prediction.reading, prediction.window
        rect = QRectF(window.x0, window.y0, window.width, window.height)
        return cls(
            prediction,
            Pyramid(rect, (_indices(reading.probability),)),
            tuple(Pyramid(rect, (_indices(side),)) for side in reading.sides),
            bool(reading.diameter.any()),
            int(reading.kind.max(initial=0)),
        )

    @property
    def nbytes(self) -> int:
        reading = self.prediction.reading
        maps = (reading.probability, reading.diameter, reading.kind, reading.sides)
        return sum(m.nbytes for m in maps) + self.heat.nbytes + sum(side.nbytes for side in self.sides)


def _indices(probability: np.ndarray) -> U8:
    return np.ascontiguousarray(np.rint(255 * probability.clip(0, 1)).astype(np.uint8))
