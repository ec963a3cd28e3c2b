"""One object in one photo, whatever format it was read from."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.skeleton.graph import SkeletonGraph

U8 = npt.NDArray[np.uint8]
VOID = 255
"""Label of pixels that losses and metrics ignore."""


@dataclass(frozen=True, slots=True)
class ObjectRecord:
    """One object of a data set.

    Args:
        image: Photo file.
        read_mask: Returns the (H, W) uint8 target of this object: 0 background, 1 object, 255 void.
        set: Data set name, for tables and sampling weights.
        split: "train", "dev" or any other name that the data gives.
        id: Unique within the photo.
        category: Class name, "" when unknown.
        quality: Quality mark of the annotation, "" when there is none.
        bbox: (x0, y0, x1, y1) of the object in pixels.
        size: (width, height) of the photo.
        area: Fraction of the photo that the object covers.
        border: The object touches the photo's edge.
        read_skeleton: Returns the true skeleton in pixels of the photo, of a set that stores it; None when the
            skeleton is the medial axis of the mask.
    """

    image: Path
    read_mask: Callable[[], U8] = field(repr=False, compare=False)
    set: str
    split: str
    id: int
    category: str
    quality: str
    bbox: tuple[int, int, int, int]
    size: tuple[int, int]
    area: float
    border: bool
    read_skeleton: Callable[[], SkeletonGraph] | None = field(default=None, repr=False, compare=False)

    @property
    def key(self) -> int:
        """A stable number that identifies the object: seeds what is random about it, on every machine the same."""
        return zlib.crc32(f"{self.set}/{self.image.name}/{self.id}".encode())
