"""Reader of the DAVIS layout: videos with one picture of labels a frame.

    JPEGImages/480p/SEQ/NNNNN.jpg  Annotations/480p/SEQ/NNNNN.png  ImageSets/2017/SPLIT.txt

DAVIS 2017 labels objects 1, 2, ... in palette pictures. DAVIS 2016 has one object, drawn in 255; its lists name files.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from training.data.masks import checked_size, extent, photo_size, read_labels, target_of
from training.data.records import VOID, ObjectRecord
from training.data.splits import read_lists

U8 = npt.NDArray[np.uint8]
_LISTS = ("2017", "2016", "480p")


def read_davis(path: Path, split: str | None = None) -> list[ObjectRecord]:
    """Read every object of every frame; the masks are read once to find the objects.

    Args:
        path: The folder with `JPEGImages` and `Annotations`.
        split: Name of a list in ImageSets; None takes every sequence listed.

    Raises:
        InputError: No such list, or a sequence without annotations.
        PhotoError: A photo or mask is missing or damaged, or their sizes differ.
    """
    path = Path(path)
    photos, masks = _resolution(path / "JPEGImages"), _resolution(path / "Annotations")
    lists = next((path / "ImageSets" / name for name in _LISTS if (path / "ImageSets" / name).is_dir()), None)
    records = []
    for name, part in read_lists(lists or path / "ImageSets", split):
        frames = _frames(masks, name)
        if not frames:
            raise InputError(f"There are no annotations of {name} in {masks}.")
        for mask in frames:
            photo = (photos / mask.relative_to(masks)).with_suffix(".jpg")
            size = photo_size(photo)
            labels = checked_size(_labels(mask), size, mask)
            for label in (int(value) for value in np.unique(labels) if 0 < value < VOID):
                facts = extent(target_of(labels, label))
                if facts is None:
                    continue
                records.append(
                    ObjectRecord(
                        image=photo,
                        read_mask=partial(_read, mask, label, size),
                        set="davis",
                        split=part,
                        id=label,
                        category=mask.parent.name,
                        quality="",
                        bbox=facts.bbox,
                        size=size,
                        area=facts.area,
                        border=facts.border,
                    )
                )
    return records


def _resolution(folder: Path) -> Path:
    """The 480p folder, or whichever resolution there is."""
    if (folder / "480p").is_dir():
        return folder / "480p"
    found = sorted(item for item in folder.glob("*") if item.is_dir()) if folder.is_dir() else []
    if not found:
        raise InputError(f"The folder {folder / '480p'} is missing.", "Unpack the whole DAVIS archive.")
    return found[0]


def _frames(masks: Path, name: str) -> list[Path]:
    """The masks of a sequence, or the one frame that a line of DAVIS 2016 (/JPEGImages/480p/SEQ/NNNNN.jpg) names."""
    if "/" not in name:
        return sorted((masks / name).glob("*.png"))
    frame = masks / PurePosixPath(name).parent.name / f"{PurePosixPath(name).stem}.png"
    return [frame] if frame.is_file() else []


def _labels(path: Path) -> U8:
    """Labels of a frame; a mask drawn in 255 alone is object 1."""
    labels = read_labels(path)
    if not ((labels > 0) & (labels < VOID)).any():
        labels[labels == VOID] = 1
    return labels


def _read(path: Path, label: int, size: tuple[int, int]) -> U8:
    return target_of(checked_size(_labels(path), size, path), label)
