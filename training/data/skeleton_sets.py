"""Readers of the published skeleton sets: photos with their true skeletons instead of masks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.errors import InputError, PhotoError
from training.data.masks import photo_size
from training.data.skeleton_files import SkeletonTruth, read_truth

SKELETON_FORMATS = """\
  SK506, SK-LARGE and sets like them: images/SPLIT/NAME.jpg and groundTruth/SPLIT/NAME.mat (or gt_NAME.mat, NAME.png)
  WH-SYMMAX: images/SPLIT/NAME.jpg, basic/skel/NAME.mat and basic/edge/NAME.mat
  lists of pairs SPLIT_pair.lst or .txt: a photo and a picture of its skeleton or diameters a line
  a folder of such folders"""

_PHOTOS = (".jpg", ".jpeg", ".png", ".bmp")
_LIST = re.compile(r"(?P<split>[A-Za-z0-9]+)_pair\.(lst|txt)")


@dataclass(frozen=True, slots=True)
class SkeletonRecord:
    """One photo of a skeleton set.

    Args:
        image: Photo file.
        truth: Files that together hold its skeleton.
        set: Data set name: that of its folder.
        split: "train", "test", ...; "" where the layout has none.
    """

    image: Path
    truth: tuple[Path, ...]
    set: str
    split: str

    def read(self) -> SkeletonTruth:
        """Skeleton and diameters at the size of the photo.

        Raises:
            PhotoError: A file is missing or damaged, or the sizes differ.
        """
        truth = read_truth(self.truth)
        height, width = truth.skeleton.shape
        if (size := photo_size(self.image)) != (width, height):
            raise PhotoError(
                f"The skeleton {self.truth[0]} is {width} x {height} pixels, its photo {size[0]} x {size[1]}.",
                "Skeletons and photos must have the same size.",
            )
        return truth


def holds_skeletons(path: Path) -> bool:
    """Whether `open_skeletons` knows the format of a file or folder."""
    return _find(Path(path)) is not None


def open_skeletons(path: Path, split: str | None = None) -> list[SkeletonRecord]:
    """List the photos of a skeleton set in any known format (`SKELETON_FORMATS`).

    Args:
        path: The folder of the set, a folder of sets, or a list of pairs.
        split: Take this split alone; None takes all.

    Returns:
        At least one record, in order of the names or of the list. Files are not read before `SkeletonRecord.read`.

    Raises:
        InputError: Nothing there, format unknown, or no such split (says what there is).
        PhotoError: A photo has no truth, or a listed photo is missing.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f"There is no file or folder {path}.")
    readers = _find(path)
    if readers is None:
        raise InputError(f"{path} is no skeleton set of a format that is known.", f"Known are:\n{SKELETON_FORMATS}")
    records = [record for read in readers for record in read()]
    chosen = [record for record in records if split in (None, record.split)]
    if not chosen:
        known = ", ".join(sorted({record.split for record in records} - {""})) or "none"
        raise InputError(f"There is no photo of split {split} in {path}.", f"Splits there: {known}.")
    if bare := next((record for record in chosen if not record.truth), None):
        raise PhotoError(f"There is no skeleton for the photo {bare.image}.", f"Known are:\n{SKELETON_FORMATS}")
    return chosen


_Reader = Callable[[], list[SkeletonRecord]]


def _find(path: Path, depth: int = 1) -> list[_Reader] | None:
    """Readers of what lies at a path; None when nothing is known."""
    if path.is_file():
        return [partial(_read_list, path)] if _LIST.fullmatch(path.name) else None
    images = path / "images"
    if images.is_dir():
        for truths in (path / "groundTruth", path / "basic" / "skel"):
            if truths.is_dir():
                return [partial(_read_folder, images, truths)]
    if lists := [file for file in sorted(path.iterdir()) if file.is_file() and _LIST.fullmatch(file.name)]:
        return [partial(_read_list, file) for file in lists]
    if depth == 0:
        return None
    found = [_find(child, depth - 1) for child in sorted(path.iterdir()) if child.is_dir()]
    return [reader for readers in found if readers for reader in readers] or None


def _read_folder(images: Path, truths: Path) -> list[SkeletonRecord]:
    """Photos in the folders of splits, or in none; truths in folders of the same names, or all in one."""
    folders = [images, *(child for child in sorted(images.iterdir()) if child.is_dir())]
    records = []
    for folder in folders:
        split = "" if folder == images else folder.name
        beside = truths / split
        for photo in sorted(file for file in folder.iterdir() if file.suffix.lower() in _PHOTOS):
            files = _truths_of(photo.stem, beside if beside.is_dir() else truths)
            records.append(SkeletonRecord(photo, files, images.parent.resolve().name, split))
    return records


def _truths_of(name: str, folder: Path) -> tuple[Path, ...]:
    """Files with the truth of a photo: the picture before the MATLAB file, the contour of WH-SYMMAX last."""
    beside = folder.parent / "edge" if folder.name == "skel" else None
    candidates = [folder / f"{name}.png", folder / f"{name}.mat", folder / f"gt_{name}.mat"]
    found = [file for file in candidates if file.is_file()]
    if found and beside is not None and (contour := beside / f"{name}.mat").is_file():
        found.append(contour)
    return tuple(found)


def _read_list(path: Path) -> list[SkeletonRecord]:
    """A photo and its truth a line, relative to the list's folder or to one of the two above it."""
    match = _LIST.fullmatch(path.name)
    split = match["split"] if match else ""
    lines = [line.split() for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    roots = (path.parent, *path.resolve().parents[1:3])
    records = []
    for number, names in enumerate(lines, 1):
        if len(names) != 2:
            raise InputError(f"Line {number} of {path} does not name a photo and its skeleton.")
        photo, truth = (_located(name, roots, path) for name in names)
        records.append(SkeletonRecord(photo, (truth,), path.resolve().parent.name, split))
    return records


def _located(name: str, roots: Iterable[Path], source: Path) -> Path:
    relative = name.replace("\\", "/")
    for root in roots:
        if (root / relative).is_file():
            return root / relative
    raise PhotoError(f"There is no file {name}, which {source} names.")
