"""What a person tells the segmenter: clicks and a box.

Frame: `xy` in source pixels after EXIF orientation; the pixel in column i and row j covers [i, i+1) x [j, j+1), so its
centre is (i + 0.5, j + 0.5) and `floor` gives its index.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from engine.errors import InputError


@dataclass(frozen=True, slots=True)
class Click:
    """One click in source pixels (xy).

    Args:
        x, y: Position; the pixel clicked is (floor(x), floor(y)).
        positive: True adds what is under the click to the object, False takes it away.
        builds_on: Which candidate of the prompts before it this click corrects; None is the best one. Methods without
            candidates ignore it.
    """

    x: float
    y: float
    positive: bool = True
    builds_on: int | None = None

    @property
    def pixel(self) -> tuple[int, int]:
        """(column, row) of the clicked pixel."""
        return math.floor(self.x), math.floor(self.y)

    def check_inside(self, width: int, height: int) -> Self:
        """Return itself, or raise InputError when it lies outside a `width` x `height` photo or is not finite."""
        if not (math.isfinite(self.x) and math.isfinite(self.y)):
            raise InputError("A click has a coordinate that is not a number.")
        column, row = self.pixel
        if not (0 <= column < width and 0 <= row < height):
            raise InputError(
                f"The click ({self.x:g}, {self.y:g}) lies outside the photo of {width} x {height} pixels.",
                f"Use x from 0 to {width - 1} and y from 0 to {height - 1}.",
            )
        return self


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned box in source pixels, [x0, x1) x [y0, y1)."""

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.x0, self.y0, self.x1, self.y1))):
            raise InputError("A box has a coordinate that is not a number.")
        if self.x1 <= self.x0 or self.y1 <= self.y0:
            raise InputError(
                f"The box ({self.x0:g}, {self.y0:g}, {self.x1:g}, {self.y1:g}) has no area.",
                "Give its left, top, right and bottom edge in this order.",
            )

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def clipped(self, width: int, height: int) -> Box:
        """The part inside a `width` x `height` photo; InputError when nothing is left."""
        x0, y0 = max(self.x0, 0.0), max(self.y0, 0.0)
        x1, y1 = min(self.x1, float(width)), min(self.y1, float(height))
        if x1 <= x0 or y1 <= y0:
            raise InputError(
                f"The box lies outside the photo of {width} x {height} pixels.",
                "Draw it over the object.",
            )
        return Box(x0, y0, x1, y1)
