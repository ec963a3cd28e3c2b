"""People with 2D joints in photos, in any data that a user points at: the format is found by looking."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.errors import InputError
from training.data.people_manifest import read_people_manifest
from training.data.person_record import PersonRecord as PersonRecord
from training.data.pose_files import annotation_files, read_pose_files
from training.data.project_people import is_project, read_project_people

FORMATS = """\
  manifest.jsonl of people, or a folder that holds one
  MPII:  the released .mat, annot/*.json (HRNet), mpii_annotations.json (pytorch-pose) or *.h5, with images/
  LSP and LSP-extended: joints.mat with images/
  COCO:  annotations/person_keypoints_SPLIT.json with SPLIT/ or images/SPLIT/
  or one such file, with its photos beside it
  a project of poses fixed by hand (its reviewed people), or what `deepskel annotate export` writes of one"""


def open_people(path: Path, split: str | None = None, *, images: Sequence[Path] = ()) -> list[PersonRecord]:
    """Read the people of a data set in any known format (`FORMATS`).

    Args:
        path: File or folder.
        split: Take this split alone; None takes all.
        images: Folders to look for photos in before those beside the file. A manifest says itself where they are.

    Returns:
        At least one record, in the order of the data.

    Raises:
        InputError: Nothing there, format unknown, something malformed (the message says where), photos missing (lists
            them), or no person of that split (says what there is).
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f"There is no file or folder {path}.")
    if path.suffix == ".jsonl" or (path / "manifest.jsonl").is_file():
        records = read_people_manifest(path)
    elif is_project(path):
        records = read_project_people(path, images)
    elif files := annotation_files(path):
        records = read_pose_files(files, split, images)
    else:
        raise InputError(f"There are no people with joints in {path}.", f"Known are:\n{FORMATS}")
    chosen = [record for record in records if split in (None, record.split)]
    if not chosen:
        there = ", ".join(sorted({record.split for record in records})) or "none"
        of_split = "" if split is None else f" of split {split}"
        raise InputError(f"There is no person{of_split} in {path}.", f"Splits there: {there}.")
    return chosen
