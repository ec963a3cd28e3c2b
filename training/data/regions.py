"""Region maps (BSDS500 style): every human-drawn region is a class-agnostic training target.

Regions are not objects, yet their borders are true borders: they teach edges and grouping, cheaply.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from engine.errors import PhotoError
from training.data.records import ObjectRecord

MIN_AREA = 0.01
MAX_AREA = 0.6


def read_regions(folder: Path, *, split: str = "train", name: str = "bsds") -> list[ObjectRecord]:
    """Records of a folder with `images/NAME.*` and `regions/NAME_K.png` (one label map an annotator, 1 to 255).

    Regions smaller than 1 % or larger than 60 % of the photo are left out: texture scraps and mere background.

    Raises:
        PhotoError: A folder or a photo is missing.
    """
    images = {file.stem: file for file in sorted((folder / "images").glob("*"))}
    maps = sorted((folder / "regions").glob("*.png"))
    if not images or not maps:
        raise PhotoError(f"{folder} holds no images/ and regions/ folders with files.", "Check the path of the data.")
    records = []
    for file in maps:
        stem = file.stem.rsplit("_", 1)[0]
        if stem not in images:
            raise PhotoError(f"The region map {file} has no photo {stem} in images/.", "Add it or remove the map.")
        labels = _read(file)
        height, width = labels.shape
        for label in np.unique(labels):
            ys, xs = np.nonzero(labels == label)
            area = len(ys) / labels.size
            if not MIN_AREA <= area <= MAX_AREA:
                continue
            bbox = (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
            border = bbox[0] == 0 or bbox[1] == 0 or bbox[2] == width or bbox[3] == height
            read: Callable[[], npt.NDArray[np.uint8]] = partial(_region, file, int(label))
            records.append(
                ObjectRecord(
                    images[stem], read, name, split, int(label), "", "region", bbox, (width, height), area, border
                )
            )
    return records


def _read(file: Path) -> npt.NDArray[np.uint8]:
    labels = cv2.imdecode(np.fromfile(file, np.uint8), cv2.IMREAD_GRAYSCALE)
    if labels is None:
        raise PhotoError(f"The region map {file} cannot be read.", "Restore it or take it out of the data set.")
    return np.asarray(labels, np.uint8)


def _region(file: Path, label: int) -> npt.NDArray[np.uint8]:
    return np.asarray(_read(file) == label, np.uint8)
