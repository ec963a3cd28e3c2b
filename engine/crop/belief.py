"""A probability map over a square window of a photo: what the session believes so far, cheap to move."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from engine.crop.prompts import Box, Click
from engine.imaging.window import Window

F32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Belief:
    """Where the object probably is.

    Args:
        window: Square of the photo that the map covers; beyond it the probability is zero.
        probability: (S, S) float32 in [0, 1]; pixel k covers [k, k+1) / S of the window's side.
    """

    window: Window
    probability: F32

    def seen_through(self, window: Window, size: int) -> F32:
        """The same belief resampled to (size, size) of another square window, zero where unknown."""
        step = window.width / size
        own = self.window.width / self.probability.shape[0]
        scale = step / own
        probability: F32 = self.probability
        if scale > 1.5:
            # Averaging first: a plain bilinear look-up would skip thin parts.
            side = 2 * round(scale / 2) + 1  # odd: an even kernel would shift by half a pixel
            probability = np.asarray(cv2.blur(probability, (side, side)), np.float32)
        offset_x = (window.x0 - self.window.x0) / own + scale / 2 - 0.5
        offset_y = (window.y0 - self.window.y0) / own + scale / 2 - 0.5
        matrix = np.array([[scale, 0, offset_x], [0, scale, offset_y]])
        out = cv2.warpAffine(
            probability,
            matrix,
            (size, size),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
        )
        return np.asarray(out, np.float32)

    def bounds(self, threshold: float = 0.5) -> Box | None:
        """Bounding box in source pixels of where the probability exceeds `threshold`; None when nowhere."""
        inside = self.probability > threshold
        columns, rows = np.flatnonzero(inside.any(0)), np.flatnonzero(inside.any(1))
        if len(columns) == 0:
            return None
        unit = self.window.width / self.probability.shape[0]
        return Box(
            self.window.x0 + columns[0] * unit,
            self.window.y0 + rows[0] * unit,
            self.window.x0 + (columns[-1] + 1) * unit,
            self.window.y0 + (rows[-1] + 1) * unit,
        )


def square_around(box: Box, factor: float, least: float) -> Window:
    """The square window around `box`: `factor` times its longer side, `least` source pixels at least."""
    side = max(box.width, box.height) * factor
    side = max(side, least)
    cx, cy = box.centre
    return Window(cx - side / 2, cy - side / 2, side, side)


def joined(box: Box, clicks: tuple[Click, ...]) -> Box:
    """The smallest box around `box` and the positive clicks."""
    xs = [c.x for c in clicks if c.positive]
    ys = [c.y for c in clicks if c.positive]
    return Box(min([box.x0, *xs]), min([box.y0, *ys]), max([box.x1, *xs]), max([box.y1, *ys]))


def overlap(a: Box, b: Box) -> float:
    """IoU of two boxes."""
    width = min(a.x1, b.x1) - max(a.x0, b.x0)
    height = min(a.y1, b.y1) - max(a.y0, b.y0)
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / (a.width * a.height + b.width * b.height - both)
