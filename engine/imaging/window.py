"""Windows onto a photo: rectangles in source pixels, resampled to a network's input size, with exact maps both ways.

Centre convention: the output pixel in column k shows the source around x0 + (k + 0.5) * width / out_w.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.errors import InputError

U8 = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle [x0, x0 + width) x [y0, y0 + height) in source pixels (xy); it may reach outside the photo."""

    x0: float
    y0: float
    width: float
    height: float

    def __post_init__(self) -> None:
        finite = all(map(math.isfinite, (self.x0, self.y0, self.width, self.height)))
        if not finite or self.width <= 0 or self.height <= 0:
            raise InputError(f"A window needs finite edges and an area, not {self.width} x {self.height}.")

    @classmethod
    def around(cls, x: float, y: float, side: float) -> Self:
        """The square of the given side whose centre is (x, y)."""
        return cls(x - side / 2, y - side / 2, side, side)

    @classmethod
    def square_over(cls, width: int, height: int) -> Self:
        """The smallest centred square that contains a whole `width` x `height` photo."""
        return cls.around(width / 2, height / 2, max(width, height))

    def to_window(self, xy: npt.ArrayLike, out_w: int, out_h: int) -> Points:
        """(..., 2) source positions to positions in the (out_h, out_w) crop."""
        points = np.asarray(xy, np.float64)
        return (points - (self.x0, self.y0)) * (out_w / self.width, out_h / self.height)

    def to_source(self, xy: npt.ArrayLike, out_w: int, out_h: int) -> Points:
        """(..., 2) positions in the (out_h, out_w) crop to source positions."""
        points = np.asarray(xy, np.float64)
        return points * (self.width / out_w, self.height / out_h) + (self.x0, self.y0)


@dataclass(frozen=True, slots=True)
class _Axis:
    """One axis of a crop: outputs [first, last) have their centre inside the photo and show source [begin, end)."""

    first: int
    last: int
    begin: float
    end: float
    low: int
    high: int
    pad_low: int
    pad_high: int

    @classmethod
    def of(cls, begin: float, extent: float, out: int, size: int) -> _Axis | None:
        step = extent / out
        first = max(0, math.ceil(-begin / step - 0.5))
        last = min(out, math.ceil((size - begin) / step - 0.5))
        if first >= last:
            return None
        start, stop = begin + first * step, begin + last * step
        reach = math.ceil(max(step, 1.0)) + 1  # what the filter sees beyond the rectangle
        low, high = max(0, math.floor(start) - reach), min(size, math.ceil(stop) + reach)
        # A pixel whose centre is inside may stick out by half: the edge is continued there.
        return cls(first, last, start, stop, low, high, max(0, math.ceil(-start)), max(0, math.ceil(stop - size)))


def extract(rgb8: U8, window: Window, out_w: int, out_h: int, *, fill: int = 0) -> tuple[U8, Bools]:
    """Resample a window to a fixed size, touching only the pixels it needs.

    The filter is a triangle: plain bilinear interpolation when enlarging, widened with the scale (so a weighted mean
    of all the pixels beneath, no aliasing) when shrinking.

    Args:
        rgb8: (H, W, 3) or (H, W) uint8.
        window: What to show, in pixels of `rgb8`.
        out_w, out_h: Size of the result.
        fill: Value outside the photo.

    Returns:
        (out_h, out_w[, 3]) uint8, and (out_h, out_w) bool: where the centre of a result pixel lies inside the photo.

    Raises:
        InputError: `out_w` or `out_h` below 1.
    """
    if out_w < 1 or out_h < 1:
        raise InputError(f"A crop needs at least one pixel, not {out_w} x {out_h}.")
    out = np.full((out_h, out_w, *rgb8.shape[2:]), fill, np.uint8)
    valid = np.zeros((out_h, out_w), np.bool_)
    x = _Axis.of(window.x0, window.width, out_w, rgb8.shape[1])
    y = _Axis.of(window.y0, window.height, out_h, rgb8.shape[0])
    if x is None or y is None:
        return out, valid
    part = np.ascontiguousarray(rgb8[y.low : y.high, x.low : x.high])
    if x.pad_low or x.pad_high or y.pad_low or y.pad_high:
        part = np.asarray(
            cv2.copyMakeBorder(part, y.pad_low, y.pad_high, x.pad_low, x.pad_high, cv2.BORDER_REPLICATE), np.uint8
        )
    left, top = x.low - x.pad_low, y.low - y.pad_low
    resized = Image.fromarray(part).resize(
        (x.last - x.first, y.last - y.first),
        Image.Resampling.BILINEAR,
        box=(x.begin - left, y.begin - top, x.end - left, y.end - top),
    )
    out[y.first : y.last, x.first : x.last] = np.asarray(resized)
    valid[y.first : y.last, x.first : x.last] = True
    return out, valid


class Pyramid:
    """A photo with its halves, quarters, ..., built when first needed, so that repeated crops are cheap at any scale.

    Args:
        rgb8: (H, W, 3) or (H, W) uint8.
    """

    def __init__(self, rgb8: U8) -> None:
        self._levels = [rgb8]

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the photo."""
        height, width = self._levels[0].shape[:2]
        return width, height

    def level(self, index: int) -> U8:
        """The photo with each side divided by 2 ** index, rounded up; index 0 is the photo itself."""
        while len(self._levels) <= index:
            height, width = self._levels[-1].shape[:2]
            half = cv2.resize(self._levels[-1], (-(-width // 2), -(-height // 2)), interpolation=cv2.INTER_AREA)
            self._levels.append(np.asarray(half, np.uint8))
        return self._levels[index]

    def extract(self, window: Window, out_w: int, out_h: int, *, fill: int = 0) -> tuple[U8, Bools]:
        """As `extract`, from the smallest level that still has at least one pixel for each pixel of the result."""
        shrink = min(window.width / max(1, out_w), window.height / max(1, out_h))
        rgb8 = self.level(max(0, math.floor(math.log2(shrink))))
        height, width = rgb8.shape[:2]
        fx, fy = width / self.size[0], height / self.size[1]
        scaled = Window(window.x0 * fx, window.y0 * fy, window.width * fx, window.height * fy)
        return extract(rgb8, scaled, out_w, out_h, fill=fill)
