"""People whose poses somebody has fixed by hand, as photos with 3D truth: a project, or what was exported of one.

Of a project those are taken whom somebody has said to be right; of an export all, because whoever exported has chosen.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py

from engine.errors import InputError
from engine.pose.files.open import HDF5, find_images
from engine.pose.project.exports.h5 import read_people_h5
from engine.pose.project.exports.npz import read_people_npz
from engine.pose.project.person import Person
from engine.pose.project.project import Project
from engine.pose.project.project_file import Header
from training.data.person_record import PersonRecord

SET = "fixed"
"""Data set name of these people."""

SPLIT = "train"
"""Split of people whose annotations do not say one."""

_MARK = f'"{Header.model_fields["format"].default}"'.encode()


@dataclass(frozen=True)
class _Fixed:
    """People to learn from, and the folders that their photos are in."""

    people: list[Person]
    folders: tuple[Path, ...] = ()


def is_project(path: Path) -> bool:
    """Whether a file is a project, or people exported with their poses (.json, .npz, .h5); looks at its beginning."""
    try:
        with path.open("rb") as stream:
            start = stream.read(512)
    except OSError:  # a folder, or nothing
        return False
    if start.startswith(b"PK"):
        try:
            with zipfile.ZipFile(path) as archive:
                return {"joints2d.npy", "joints3d.npy", "joint_names.npy"} <= set(archive.namelist())
        except (OSError, zipfile.BadZipFile):
            return False
    if start.startswith(HDF5):
        try:
            with h5py.File(path, "r") as file:
                return {"part", "joint_3d_mono"} <= set(file)
        except (OSError, RuntimeError):
            return False
    return _MARK in start


def read_project_people(path: Path, images: Sequence[Path] = ()) -> list[PersonRecord]:
    """Everybody to learn from, with the pose that was fixed.

    Args:
        path: For which `is_project` is true.
        images: Folders to look for photos in before the project's own and those beside the file.

    Raises:
        InputError: The file is malformed, nobody in it has been reviewed, or photos are missing (lists them).
    """
    fixed = _read(path)
    folders = [*images, *fixed.folders, path.parent / "images", path.parent]
    found, missing = find_images((person.image for person in fixed.people), folders)
    if missing:
        first = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        raise InputError(
            f"{len(missing)} of {len(missing) + len(found)} photos of {path.name} are missing: {first}.",
            f"Put them into {path.parent / 'images'}, or say where they are.",
        )
    return [
        PersonRecord(
            set=SET,
            split=person.split or SPLIT,
            image=found[person.image],
            size=person.size,
            joints=person.state.joints,
            visibility=person.state.visibility,
            person=f"{SET}/{path.name}/{person.person}",
            head=person.head,
            pose=person.state.pose,
        )
        for person in fixed.people
    ]


def _read(path: Path) -> _Fixed:
    if path.suffix.lower() == ".npz":
        return _Fixed(_usable(read_people_npz(path)))
    if path.suffix.lower() == ".h5":
        return _Fixed(_usable(read_people_h5(path)))
    project = Project.open(path)
    if project.source is None and not project.folders:  # exported: nobody's work is in it, only the people
        return _Fixed(_usable(project.people))
    reviewed = [person for person in _usable(project.people) if person.reviewed]
    if not reviewed:
        raise InputError(
            f"Nobody in {path.name} has been reviewed, so nobody's pose is known to be right.",
            "Say so in the window, or export those to be learned from (deepskel annotate export --only changed).",
        )
    return _Fixed(reviewed, project.folders)


def _usable(people: Sequence[Person]) -> list[Person]:
    return [person for person in people if person.state.pose is not None and person.state.known.any()]
