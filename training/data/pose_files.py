"""Published annotations of people (MPII, LSP, COCO) as records: which files a folder has, where their photos are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.errors import InputError
from engine.pose.files.annotation import Annotation
from engine.pose.files.open import find_images, read_annotations
from training.data.person_record import PersonRecord

PATTERNS = (
    ("joints.mat",),
    ("mpii_human_pose*.mat", "annot/mpii_human_pose*.mat", "annotations/mpii_human_pose*.mat"),
    ("mpii_annotations.json",),
    ("annot/train.json", "annot/valid.json"),
    ("annot/train.h5", "annot/valid.h5"),
    ("train.h5", "valid.h5"),
    ("annotations/person_keypoints_*.json", "person_keypoints_*.json"),
)
"""What the releases call their files. A folder's are those of the first row that it has any of: later ones repeat them.
"""

_SETS = {"MPII": "mpii", "LSP-extended": "lspet", "LSP": "lsp", "COCO": "coco"}
LISTED = 5
"""Most missing photos that a message names."""


def annotation_files(path: Path) -> list[Path]:
    """The files of annotated people at a path: itself, or those of a release's folder; empty when there are none."""
    if path.is_file():
        return [path]
    for row in PATTERNS:
        if files := [file for pattern in row for file in sorted(path.glob(pattern))]:
            return files
    return []


def read_pose_files(files: Sequence[Path], split: str | None, images: Sequence[Path] = ()) -> list[PersonRecord]:
    """Read annotated people whose joints are known, and find their photos.

    Args:
        files: Of any format of `engine.pose.files`.
        split: Photos of other splits need not be there; None asks for all.
        images: Folders to look in first.

    Raises:
        InputError: A file is malformed, or photos are missing (the message lists them).
    """
    records = []
    for file in files:
        people = [person for person in read_annotations(file) if (person.visibility > 0).any()]
        folders = [*images, *_beside(file)]
        wanted = [person.image for person in people if split in (None, person.split)]
        found, missing = find_images((person.image for person in people), folders)
        if absent := sorted(set(wanted) & set(missing)):
            first = ", ".join(absent[:LISTED]) + (" …" if len(absent) > LISTED else "")
            raise InputError(
                f"{len(absent)} of {len(set(wanted))} photos of {file.name} are missing: {first}.",
                f"Put them into {file.parent / 'images'}, or say where they are.",
            )
        records += [
            _record(person, found.get(person.image, file.parent / "images" / person.image)) for person in people
        ]
    return records


def _beside(file: Path) -> list[Path]:
    """Folders that photos are in, as seen from the file: `images`, `SPLIT`, `images/SPLIT`, also beside its folder."""
    folders = []
    for base in (file.parent, file.parent.parent):
        for folder in (base / "images", base):
            inner = sorted(folder.iterdir()) if folder.is_dir() else []
            # train2017, val2014, ...: a folder of photos is named by its split.
            folders += [folder, *(f for f in inner if f.is_dir() and f.name.startswith(("train", "val", "test")))]
    return folders


def _record(person: Annotation, image: Path) -> PersonRecord:
    name = _SETS[person.source.format.split()[0]]
    return PersonRecord(
        set=name,
        split=person.split,
        image=image,
        size=person.size,
        joints=person.joints,
        visibility=person.visibility,
        person=f"{name}/{person.person}",
        head=person.head,
    )
