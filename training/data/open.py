"""Any data that a user points at: the format is found by looking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from engine.errors import InputError
from training.data.coco import read_coco
from training.data.davis import read_davis
from training.data.manifest import read_manifest
from training.data.pairs import read_pairs
from training.data.records import ObjectRecord
from training.data.regions import read_regions
from training.data.voc import read_voc

FORMATS = """\
  manifest.jsonl, or a folder that holds one
  COCO:  annotations/instances_SPLIT.json with SPLIT/ or images/ beside it, or one such JSON file
  VOC:   JPEGImages/ SegmentationClass/ SegmentationObject/ ImageSets/Segmentation/SPLIT.txt
  DAVIS: JPEGImages/480p/ Annotations/480p/ ImageSets/2017/SPLIT.txt
  images/ and masks/ with files of the same name
  images/ and regions/ with region maps NAME_K.png (BSDS), for training alone
  a folder of such folders"""


def open_records(path: Path, split: str | None = None, sets: Sequence[str] = ()) -> list[ObjectRecord]:
    """Read the objects of a data set in any known format (`FORMATS`).

    Args:
        path: File or folder.
        split: Take this split alone; None takes all. A single COCO file and images/masks folders have no split of
            their own and are taken whole.
        sets: Take these sets alone; empty takes all.

    Returns:
        At least one record, in the order of the data.

    Raises:
        InputError: Nothing there, format unknown, or no object of that split and those sets (says what there is).
        PhotoError: Photos or masks that the format needs at once are missing or damaged.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f"There is no file or folder {path}.")
    records = _read(path, split)
    if records is None:
        raise InputError(f"{path} is in no format that is known.", f"Known are:\n{FORMATS}")
    return _selected(records, path, split, sets)


def _read(path: Path, split: str | None, depth: int = 2) -> list[ObjectRecord] | None:
    """The records, of `split` alone where that saves reading the rest; None when the format is unknown."""
    if path.is_file():
        if path.suffix == ".jsonl":
            return read_manifest(path)
        return read_coco(path, split or "") if path.suffix == ".json" else None
    if (path / "manifest.jsonl").is_file():
        return read_manifest(path)
    if (path / "SegmentationClass").is_dir() or (path / "SegmentationObject").is_dir():
        return read_voc(path, split)
    if (path / "Annotations").is_dir() and (path / "JPEGImages").is_dir():
        return read_davis(path, split)
    if files := _coco_files(path, split):
        return [record for file in files for record in read_coco(file)]
    if (path / "masks").is_dir() and (path / "images").is_dir():
        return read_pairs(path, split or "")
    if (path / "regions").is_dir() and (path / "images").is_dir():
        return read_regions(path)
    if depth == 0:
        return None
    parts = [_read(child, split, depth - 1) for child in sorted(path.iterdir()) if child.is_dir()]
    known = [part for part in parts if part is not None]
    return [record for part in known for record in part] if known else None


def _coco_files(path: Path, split: str | None) -> list[Path]:
    """Instance files of a COCO folder; of `split` alone when one is named so, as they are large."""
    files = sorted([*path.glob("annotations/instances_*.json"), *path.glob("instances_*.json")])
    named = [file for file in files if file.stem == f"instances_{split}"]
    return named or files


def _selected(records: list[ObjectRecord], path: Path, split: str | None, sets: Sequence[str]) -> list[ObjectRecord]:
    known_splits, known_sets = _listed(r.split for r in records), _listed(r.set for r in records)
    if unknown := [name for name in sets if name not in {r.set for r in records}]:
        raise InputError(f"There is no set {', '.join(unknown)} in {path}.", f"Sets there: {known_sets}.")
    chosen = [r for r in records if split in (None, r.split) and (not sets or r.set in sets)]
    if not chosen:
        raise InputError(
            f"There is no object of split {split} in {path}.", f"Splits there: {known_splits}; sets: {known_sets}."
        )
    return chosen


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(set(names))) or "none"
