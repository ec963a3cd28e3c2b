"""People of annotation files and of photos, as a project has them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from engine.errors import InputError, PhotoError
from engine.imaging.load import size_of
from engine.pose.files.annotation import Annotation
from engine.pose.project import record
from engine.pose.project.person import COUNT, Person, PoseState


def person_of(annotation: Annotation) -> Person:
    """A person as annotated; joints outside the photo stay where they are."""
    known = (annotation.visibility > 0) & np.isfinite(annotation.joints).all(1)
    return Person(
        annotation.person,
        annotation.image,
        PoseState(np.where(known[:, None], annotation.joints, np.nan), np.where(known, annotation.visibility, 0)),
        size=annotation.size,
        box=_finite(annotation.box),
        center=_finite(annotation.center),
        scale=_number(annotation.scale),
        head=_number(annotation.head),
        split=annotation.split,
    )


def people_of_photos(paths: Iterable[str | Path]) -> tuple[list[Person], tuple[Path, ...]]:
    """One person a photo of whom nothing is known; the box is the whole photo.

    Args:
        paths: Photos, in the order of the people. One whose size cannot be read has no size and no box.

    Returns:
        The people, and the folders in which their photos are found by name.

    Raises:
        InputError: A file's name is no text.
    """
    files = list(dict.fromkeys(Path(path).absolute() for path in paths))
    names, folders = _named(files)
    for name in names:
        if not record.is_text(name):
            shown = name.encode("utf-8", "replace").decode()
            raise InputError(f"The file name “{shown}” has bytes that are no text.", "Rename the file.")
    nobody = PoseState(np.full((COUNT, 2), np.nan), np.zeros(COUNT, np.intp))
    people = []
    for file, name in zip(files, names, strict=True):
        try:
            size = size_of(file)
        except PhotoError:
            size = None
        box = None if size is None else (0.0, 0.0, float(size[0]), float(size[1]))
        people.append(Person(f"{name}#1", name, nobody, size=size, box=box))
    return people, folders


def _named(files: Sequence[Path]) -> tuple[list[str], tuple[Path, ...]]:
    """Short names that tell the files apart, and where they are searched."""
    if not files:
        return [], ()
    try:
        top = Path(os.path.commonpath([file.parent for file in files]))
    except ValueError:  # drives
        return [file.as_posix() for file in files], (files[0].parent,)
    return [file.relative_to(top).as_posix() for file in files], (top,)


_Numbers = TypeVar("_Numbers", bound=tuple[float, ...])


def _finite(values: _Numbers | None) -> _Numbers | None:
    return values if values is not None and np.isfinite(values).all() else None


def _number(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None
