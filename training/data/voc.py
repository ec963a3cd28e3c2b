"""Reader of the Pascal VOC segmentation layout.

    JPEGImages/ID.jpg  SegmentationClass/ID.png  SegmentationObject/ID.png  ImageSets/Segmentation/SPLIT.txt

In the object masks every value from 1 to 254 is one object; 255, the contour, is void. The class mask names it. Without
object masks, all pixels of a class in a photo are one object.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from engine.errors import InputError
from training.data.masks import checked_size, extent, photo_size, read_label, read_labels, target_of
from training.data.records import VOID, ObjectRecord
from training.data.splits import read_lists

CLASSES = (
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable",
    "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
)  # fmt: skip


def read_voc(path: Path, split: str | None = None) -> list[ObjectRecord]:
    """Read every object of one split, or of all; the masks are read once to find the objects.

    Args:
        path: The folder with `JPEGImages`.
        split: Name of a list in ImageSets/Segmentation; None takes every photo listed.

    Raises:
        InputError: No such list, or a folder is missing.
        PhotoError: A listed photo or mask is missing or damaged, or their sizes differ.
    """
    path = Path(path)
    objects, classes = path / "SegmentationObject", path / "SegmentationClass"
    for folder in (path / "JPEGImages", classes):
        if not folder.is_dir():
            raise InputError(f"The folder {folder} is missing.", "Unpack the whole VOC archive.")
    masks = objects if objects.is_dir() else classes
    records = []
    for name, part in read_lists(path / "ImageSets" / "Segmentation", split):
        photo = path / "JPEGImages" / f"{name}.jpg"
        size = photo_size(photo)
        labels = checked_size(read_labels(masks / f"{name}.png"), size, masks / f"{name}.png")
        kinds = labels if masks is classes else checked_size(read_labels(classes / f"{name}.png"), size, classes / name)
        for label in (int(value) for value in np.unique(labels) if 0 < value < VOID):
            facts = extent(target_of(labels, label))
            if facts is None:
                continue
            kind = int(np.bincount(kinds[labels == label]).argmax())
            records.append(
                ObjectRecord(
                    image=photo,
                    read_mask=partial(read_label, masks / f"{name}.png", label, size),
                    set="voc",
                    split=part,
                    id=label,
                    category=CLASSES[kind] if kind < len(CLASSES) else str(kind),
                    quality="" if masks is objects else "class",
                    bbox=facts.bbox,
                    size=size,
                    area=facts.area,
                    border=facts.border,
                )
            )
    return records
