"""A prediction together with everything that has to be drawn for it. Made in the worker's thread."""

from __future__ import annotations

from dataclasses import dataclass

from app.canvas.outline import Outline
from app.canvas.pyramid import Pyramid
from engine.crop.prediction import Prediction


@dataclass(frozen=True, eq=False)
class Answer:
    """What the segmenter said, and its picture.

    Args:
        prediction: Mask and candidates.
        overlay: Probability as images of 256 indices.
        outline: Edge of the mask.
    """

    prediction: Prediction
    overlay: Pyramid
    outline: Outline

    @classmethod
    def draw(cls, prediction: Prediction) -> Answer:
        overlay = Pyramid.of_mask(prediction.patch, prediction.left, prediction.top)
        return cls(prediction, overlay, Outline.of(overlay))

    @property
    def empty(self) -> bool:
        """No pixel is more likely object than not."""
        return self.outline.empty

    @property
    def nbytes(self) -> int:
        return self.overlay.nbytes
