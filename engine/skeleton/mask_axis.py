"""A soft skeleton of a soft mask: where the medial axes of the mask at several levels agree.

A network learns the mask of an object, which every pixel takes part in, long before it learns the thin skeleton. The
axis of that mask is sharp, but as sure of a shadow as of a leg; the learned skeleton is blurred, but knows what
matters. Their mean is better than either (docs/decisions/0011).
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from engine.skeleton.medial import inscribed_radius, medial_graph

F32 = npt.NDArray[np.float32]

LEVELS = (0.35, 0.5, 0.65)
"""Probabilities at which the mask is cut."""
SOFTNESS = 1.2
"""Standard deviation in pixels of the blur that turns lines into ridges."""


def soft_axis(mask: F32, levels: Sequence[float] = LEVELS) -> F32:
    """Share of the levels at which a pixel is on the medial axis, as a ridge some three pixels wide.

    Args:
        mask: (H, W) float32 probability.
        levels: Where it is cut.

    Returns:
        (H, W) float32 in [0, 1].
    """
    total = np.zeros(mask.shape, np.float32)
    for level in levels:
        line = np.zeros(mask.shape, np.uint8)
        for branch in medial_graph(mask > level).branches:
            # Pixel (i, j) covers [i, i + 1): cv2 counts from its centre.
            cv2.polylines(line, [np.round((branch.points - 0.5)[:, None]).astype(np.int32)], False, 1, thickness=3)
        total += line
    return np.asarray(cv2.GaussianBlur(total / max(1, len(levels)), (0, 0), SOFTNESS), np.float32)


def with_mask(probability: F32, diameter: F32, mask: F32) -> tuple[F32, F32]:
    """Probability and diameter of a skeleton, each brought together with a mask's.

    Args:
        probability: (H, W) float32 of the skeleton.
        diameter: (H, W) float32 regressed, pixels.
        mask: (H, W) float32 probability of the mask.

    Returns:
        The mean of the probability and the mask's soft axis; the diameter of the largest circle in the mask around
        each pixel, and where there is no mask the regressed one.
    """
    inside = 2 * inscribed_radius(mask > 0.5)
    joined = np.asarray((probability + soft_axis(mask)) / 2, np.float32)
    return joined, np.asarray(np.where(inside > 0, inside, diameter), np.float32)
