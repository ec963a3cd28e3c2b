"""Reader of the plain layout: `images/` and `masks/` with files of the same name, the extension aside.

In a palette mask every index from 1 to 254 is one object and 255 is void. A grey mask is one object: the pixels
brighter than half of its brightest.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.errors import InputError, PhotoError
from training.data.masks import checked_size, extent, photo_size, read_labels, target_of
from training.data.records import VOID, ObjectRecord

U8 = npt.NDArray[np.uint8]


def read_pairs(path: Path, split: str = "") -> list[ObjectRecord]:
    """Read every object of every mask; the masks are read once to find the objects.

    Args:
        path: The folder with `images` and `masks`. The set is named after it.
        split: Split the records are given, as the layout has none.

    Raises:
        InputError: A folder is missing.
        PhotoError: A mask has no photo, one of them is damaged, or their sizes differ.
    """
    path = Path(path)
    images, masks = path / "images", path / "masks"
    for folder in (images, masks):
        if not folder.is_dir():
            raise InputError(f"The folder {folder} is missing.")
    photos = {photo.stem: photo for photo in sorted(images.iterdir()) if photo.is_file()}
    records = []
    for mask in sorted(item for item in masks.iterdir() if item.is_file()):
        if mask.stem not in photos:
            raise PhotoError(f"There is no photo {mask.stem} in {images} for the mask {mask.name}.")
        size = photo_size(photos[mask.stem])
        labels = checked_size(_labels(mask), size, mask)
        for label in (int(value) for value in np.unique(labels) if 0 < value < VOID):
            facts = extent(target_of(labels, label))
            if facts is None:
                continue
            records.append(
                ObjectRecord(
                    image=photos[mask.stem],
                    read_mask=partial(_read, mask, label, size),
                    set=path.resolve().name,
                    split=split,
                    id=label,
                    category="",
                    quality="",
                    bbox=facts.bbox,
                    size=size,
                    area=facts.area,
                    border=facts.border,
                )
            )
    return records


def _labels(path: Path) -> U8:
    labels = read_labels(path)
    with Image.open(path) as picture:
        if picture.mode == "P":
            return labels
    return (labels > int(labels.max()) / 2).astype(np.uint8)


def _read(path: Path, label: int, size: tuple[int, int]) -> U8:
    return target_of(checked_size(_labels(path), size, path), label)
