"""What a skeleton method says of one picture, in pixels of that picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.crop.prompts import Click

F32 = npt.NDArray[np.float32]
U8 = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Reading:
    """Maps of the size of the picture that was read.

    Args:
        probability: (H, W) float32 in [0, 1], of the skeleton, before any suppression.
        diameter: (H, W) float32, of the inscribed circle if the skeleton passed here, pixels; zeros when the method
            knows no scale (HED).
        kind: (H, W) uint8, likeliest scale type 1 … K of the skeleton if it passed here; 0 when types are unknown.
        sides: (S, H, W) float32 in [0, 1], skeleton probability of each side output, finest first; S may be 0.
        thin: The probability is a one-pixel-wide skeleton already (of a mask), not to be suppressed again.
    """

    probability: F32
    diameter: F32
    kind: U8
    sides: F32
    thin: bool = False


class SkeletonMethod(Protocol):
    """A named way to find skeletons, its weights loaded."""

    def read(
        self, rgb: U8, clicks: Sequence[Click] = (), *, within: U8 | None = None, multi_scale: bool = False
    ) -> Reading:
        """Read a picture.

        Args:
            rgb: (H, W, 3) uint8.
            clicks: One positive click on each wanted object, in pixels of `rgb`; none: every object is wanted. A
                method that takes no clicks answers for every object.
            within: (H, W) uint8 probability, 255 = certain, of the mask of the one wanted object, for methods that
                can use it; with it goes one click.
            multi_scale: Networks look three times, at half, whole and double size, and average (slower).
        """
