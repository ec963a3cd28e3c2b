"""Pixels that a mask and its target share, so that they can be pooled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.data.records import VOID


@dataclass(frozen=True, slots=True)
class Overlap:
    """Numbers of pixels, void left out.

    Args:
        right: In both.
        found: In the mask.
        wanted: In the target.
    """

    right: int
    found: int
    wanted: int

    @classmethod
    def of(cls, mask: npt.NDArray[np.bool_], target: npt.NDArray[np.uint8]) -> Overlap:
        """Compare (H, W) bool with (H, W) uint8: 0 background, 1 object, 255 void."""
        inside = target == 1
        return cls(
            int(np.count_nonzero(mask & inside)),
            int(np.count_nonzero(mask & (target != VOID))),
            int(np.count_nonzero(inside)),
        )

    @property
    def iou(self) -> float:
        """Intersection over union; two empty masks agree: 1."""
        union = self.found + self.wanted - self.right
        return self.right / union if union else 1.0

    @property
    def f(self) -> float:
        """Harmonic mean of precision and recall of the pixels; two empty masks agree: 1."""
        both = self.found + self.wanted
        return 2 * self.right / both if both else 1.0


def pooled_overlap(overlaps: Iterable[Overlap]) -> Overlap:
    """The sum of the pixels."""
    right, found, wanted = (
        sum(column) for column in zip(*((o.right, o.found, o.wanted) for o in overlaps), strict=True)
    )
    return Overlap(right, found, wanted)
