"""A picture as images of halving size, so that drawing costs what the screen shows and shrinks without aliasing.

Built in the worker's thread; the largest level shares its pixels with the array that it was made from.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

U8 = npt.NDArray[np.uint8]

SMALLEST = 512
"""Halving ends when the longer side is at most this many pixels."""


@dataclass(frozen=True, eq=False)
class Pyramid:
    """Levels of one picture, largest first.

    Args:
        rect: Where the picture lies, in source pixels; larger than the largest level where that is a coarse map.
        arrays: (h, w) or (h, w, 3) uint8, contiguous; the images look into them.
    """

    rect: QRectF
    arrays: tuple[U8, ...]
    levels: tuple[QImage, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", tuple(map(_image, self.arrays)))

    @classmethod
    def of_photo(cls, rgb: U8) -> Pyramid:
        """(H, W, 3) sRGB."""
        height, width = rgb.shape[:2]
        return cls(QRectF(0, 0, width, height), _halvings(rgb))

    @classmethod
    def of_mask(cls, patch: U8, left: int, top: int) -> Pyramid:
        """(h, w) probability whose first element is source pixel (left, top); may be empty."""
        height, width = patch.shape
        return cls(QRectF(left, top, width, height), _halvings(patch) if patch.size else ())

    def level(self, scale: float) -> QImage:
        """The smallest image that still has a pixel for every pixel of the screen at `scale` screen pixels a pixel."""
        index = 0
        if self.arrays:
            scale *= self.rect.width() / self.arrays[0].shape[1]  # a map may have fewer pixels than the photo
        while index + 1 < len(self.levels) and scale <= 0.5:
            index, scale = index + 1, scale * 2
        return self.levels[index]

    @property
    def nbytes(self) -> int:
        return sum(array.nbytes for array in self.arrays)


def _halvings(array: U8) -> tuple[U8, ...]:
    levels = [np.ascontiguousarray(array)]
    while max(levels[-1].shape[:2]) > SMALLEST:
        height, width = levels[-1].shape[:2]
        half = cv2.resize(levels[-1], ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA)
        levels.append(np.asarray(half, np.uint8))
    return tuple(levels)


def _image(array: U8) -> QImage:
    height, width = array.shape[:2]
    form = QImage.Format.Format_RGB888 if array.ndim == 3 else QImage.Format.Format_Indexed8
    return QImage(array.data, width, height, array.strides[0], form)
