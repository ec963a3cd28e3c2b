"""What a segmenter answers: a probability for every source pixel, kept only where it is not zero."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.crop.prompts import Box, Click

U8 = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of an ambiguous click (the whole, a part), small enough to show as a thumbnail.

    Args:
        score: Predicted IoU in [0, 1].
        thumbnail: (h, w) uint8 probability, 255 = certain, over the whole photo at reduced size.
    """

    score: float
    thumbnail: U8


@dataclass(frozen=True, slots=True)
class Prediction:
    """A mask with its probability at source pixels.

    Args:
        width, height: Size of the photo.
        left, top: Source pixel of the patch's first element.
        patch: (h, w) uint8 probability, 255 = certain; zero everywhere outside the patch. An empty object is a (0, 0)
            patch and a normal result.
        score: Predicted IoU of this mask in [0, 1].
        candidates: Every reading offered, best first; `chosen` is the index of this one.
        seconds: Wall-clock time that the prediction took.
    """

    width: int
    height: int
    left: int
    top: int
    patch: U8
    score: float
    candidates: tuple[Candidate, ...] = ()
    chosen: int = 0
    seconds: float = 0.0
    timings: dict[str, float] = field(default_factory=dict)

    @classmethod
    def empty(cls, width: int, height: int) -> Prediction:
        """No object at all."""
        return cls(width, height, 0, 0, np.zeros((0, 0), np.uint8), 0.0)

    @property
    def roi(self) -> tuple[int, int, int, int]:
        """(x0, y0, x1, y1) of the patch in source pixels."""
        h, w = self.patch.shape
        return self.left, self.top, self.left + w, self.top + h

    def probability(self) -> U8:
        """(height, width) uint8 probability over the whole photo."""
        full = np.zeros((self.height, self.width), np.uint8)
        x0, y0, x1, y1 = self.roi
        full[y0:y1, x0:x1] = self.patch
        return full

    def mask(self, threshold: float = 0.5) -> npt.NDArray[np.bool_]:
        """(height, width) bool: where the probability is at least `threshold`."""
        full = np.zeros((self.height, self.width), np.bool_)
        x0, y0, x1, y1 = self.roi
        full[y0:y1, x0:x1] = self.patch >= max(1, round(threshold * 255))
        return full


class Session(Protocol):
    """A photo being segmented by one method. The window, the command line and the evaluation use nothing else."""

    def set_prompts(self, clicks: tuple[Click, ...], box: Box | None = None) -> None:
        """Replace every click and the box (InputError when one lies outside the photo)."""

    def predict(
        self,
        *,
        candidate: int | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Prediction:
        """Segment with the present prompts.

        Args:
            candidate: Which reading to return in full; None takes the best.
            cancelled: Asked between passes; when it answers True, engine.errors.Cancelled is raised.
        """
