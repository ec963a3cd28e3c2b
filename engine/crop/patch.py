"""One 192 pixel window of a photo and what a DeepMask-family net says of it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

U8 = npt.NDArray[np.uint8]

GREY = 128
"""Colour beyond the photo's edge: 0.5, as published."""


@dataclass(frozen=True, slots=True)
class Window:
    """A square of a photo, seen at another size.

    Args:
        x0, y0: Its top left corner in source pixels; may lie outside the photo.
        side: Its side in source pixels.
        pixels: Its side as the net sees it.
    """

    x0: float
    y0: float
    side: float
    pixels: int

    @classmethod
    def around(cls, x: float, y: float, unit: float, pixels: int) -> Window:
        """The window of `pixels` centred at (x, y) in which one pixel is `unit` source pixels wide."""
        side = unit * pixels
        return cls(x - side / 2, y - side / 2, side, pixels)

    @property
    def unit(self) -> float:
        """Source pixels per pixel of the window."""
        return self.side / self.pixels

    def to_window(self, x: float, y: float) -> tuple[float, float]:
        """Source xy -> xy in the window's pixels."""
        return (x - self.x0) / self.unit, (y - self.y0) / self.unit


def cut(image: U8, window: Window, border: int = GREY) -> U8:
    """Resample a window; what lies outside the photo is `border`.

    Strong reductions are averaged over the area first, so that nothing aliases; only the window's part of the photo is
    touched, whatever the photo's size.

    Args:
        image: (H, W) or (H, W, C) uint8.
        window: What to cut.
        border: Value outside.

    Returns:
        (pixels, pixels) or (pixels, pixels, C) uint8.
    """
    height, width = image.shape[:2]
    n = window.pixels
    # Two pixels more on each side, so that interpolation has its neighbours.
    margin = 2 * max(1.0, window.unit)
    ax, bx = (int(np.clip(v, 0, width)) for v in (window.x0 - margin, np.ceil(window.x0 + window.side + margin)))
    ay, by = (int(np.clip(v, 0, height)) for v in (window.y0 - margin, np.ceil(window.y0 + window.side + margin)))
    if ax >= bx or ay >= by:
        return np.full((n, n, *image.shape[2:]), border, np.uint8)
    part = image[ay:by, ax:bx]
    if window.unit >= 2:
        shrunk = (max(1, round((bx - ax) / window.unit)), max(1, round((by - ay) / window.unit)))
        part = cv2.resize(part, shrunk, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    sx, sy = part.shape[1] / (bx - ax), part.shape[0] / (by - ay)
    # Window pixel -> pixel of `part`, both with centres at integers, as OpenCV counts.
    kx, ky = window.unit * sx, window.unit * sy
    back = np.array(
        [
            [kx, 0, (window.x0 - ax) * sx + kx / 2 - 0.5],
            [0, ky, (window.y0 - ay) * sy + ky / 2 - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    fill = (border,) * 4
    out = cv2.warpAffine(part, back, (n, n), flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=fill)
    return np.asarray(out, np.uint8)
