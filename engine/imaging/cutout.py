"""Photo and mask to cut-out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.imaging.colour import colour_space, strips
from engine.imaging.metadata import Metadata
from engine.imaging.photo import Photo, Samples

U8 = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class CutOut:
    """An object cut out of its photo.

    Args:
        samples: (h, w, C + 1) in the photo's depth and profile: grey or RGB, then straight alpha. Colour is black where
            alpha is zero, so that nothing of the removed background is left in the file.
        left, top: Source pixel of the first element.
        source_size: (width, height) of the photo.
        metadata: The photo's.
        source: The photo's file, which the writer protects; None when there is none.
    """

    samples: Samples
    left: int
    top: int
    source_size: tuple[int, int]
    metadata: Metadata
    source: Path | None = None

    @property
    def pixels(self) -> Samples:
        """(h, w, C) colour, C = 1 or 3; a view."""
        return self.samples[:, :, :-1]

    @property
    def alpha(self) -> Samples:
        """(h, w) straight alpha; a view."""
        return self.samples[:, :, -1]

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return int(self.samples.shape[1]), int(self.samples.shape[0])


def cut_out(photo: Photo, alpha: U8, *, trim: bool = False) -> CutOut:
    """Cut an object out.

    An empty object is a normal result: a wholly transparent picture. It keeps the photo's size with `trim` too, since
    there is nothing to trim to and no file holds a picture without pixels.

    Args:
        photo: Where from.
        alpha: (H, W) uint8 at source size, 255 = certainly object; multiplied by the photo's own alpha. For 16-bit
            photos it is scaled exactly (255 -> 65535).
        trim: Cut to the bounding box of what is not wholly transparent.

    Raises:
        InputError: `alpha` has another size or dtype.
    """
    if alpha.shape != (photo.height, photo.width) or alpha.dtype != np.uint8:
        raise InputError(
            f"The mask ({alpha.shape}, {alpha.dtype}) does not fit the photo of {photo.width} x {photo.height} pixels."
        )
    visible = _combined(alpha, photo.alpha, photo.pixels.dtype)
    x0, y0, x1, y1 = bounding_box(visible) if trim else (0, 0, photo.width, photo.height)
    pixels, visible = photo.pixels[y0:y1, x0:x1], visible[y0:y1, x0:x1]
    # Files cannot pair grey with an RGB profile, which some grey photos come with.
    expand = pixels.shape[2] == 1 and photo.icc is not None and colour_space(photo.icc) == "rgb"
    samples = np.empty((*visible.shape, 4 if expand else pixels.shape[2] + 1), pixels.dtype)
    sources = (0, 0, 0, 1) if expand else range(pixels.shape[2] + 1)
    pairs = [index for pair in zip(sources, range(samples.shape[2]), strict=True) for index in pair]
    for rows in strips(*visible.shape):
        colour = cv2.copyTo(pixels[rows], (visible[rows] != 0).view(np.uint8))
        cv2.mixChannels([colour, visible[rows]], [samples[rows]], pairs)
    return CutOut(samples, x0, y0, photo.size, photo.metadata, photo.path)


def bounding_box(alpha: npt.NDArray[Any]) -> tuple[int, int, int, int]:
    """(x0, y0, x1, y1) of the non-zero elements of an (H, W) array; the whole array when there are none."""
    rows = np.flatnonzero(alpha.any(axis=1))
    if rows.size == 0:
        return 0, 0, alpha.shape[1], alpha.shape[0]
    columns = np.flatnonzero(alpha.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _combined(alpha: U8, own: Samples | None, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Mask times the photo's own alpha, rounded to nearest, in the photo's depth."""
    whole = int(np.iinfo(dtype).max)
    scaled: npt.NDArray[Any] = alpha.astype(dtype) * np.asarray(whole // 255, dtype)
    if own is not None:
        for rows in strips(*alpha.shape):
            product = scaled[rows].astype(np.uint32) * own[rows]
            scaled[rows] = (product + whole // 2) // whole
    return scaled
