"""A set of people for the list and its statistics, with and without photos."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from app.document.annotation_set import AnnotationSet
from app.worker import Worker
from engine.pose.project.person import Person
from engine.pose.project.project import Project
from tests.unit.engine.pose.project.crowd import STANDING, person, with_bone


def crowd(count: int = 40) -> list[Person]:
    """0–3 reviewed, 4 and 5 changed, 6 flagged, 7 of a high error, 8 with a long bone, 9 without a pose."""
    people = [person(f"{i:03}.jpg#1", f"{i:03}.jpg", shift=1.0 + 0.1 * i) for i in range(count)]
    special: dict[int, dict[str, Any]] = {
        **{i: {"reviewed": True, "seconds": 10.0 * (i + 1)} for i in range(4)},
        4: {"changed": True},
        5: {"changed": True},
        6: {"flagged": True, "notes": "left arm?"},
    }
    for index, fields in special.items():
        people[index] = replace(people[index], **fields)
    people[7] = person("007.jpg#1", "007.jpg", shift=32.0)  # of 320 px: 10 %
    people[8] = person("008.jpg#1", "008.jpg", pose=with_bone(1.6, "l_hip", "l_knee"))
    people[9] = person("009.jpg#1", "009.jpg", pose=None)
    people[11] = replace(people[11], image="010.jpg")
    return people


def people_set(people: Iterable[Person], keeper: Worker, *folders: Path) -> AnnotationSet:
    """Nothing of it goes to the disk."""
    return AnnotationSet(Project(people, folders), keeper)


def change(annotations: AnnotationSet, index: int, **fields: Any) -> None:
    """As an edit does it."""
    annotations.part(index).mark("change", **fields)


def photo(folder: Path, name: str, *, kind: str = "JPEG") -> Path:
    """640 x 480: red left of the person who stands in the middle of `STANDING`'s picture, green right of them."""
    pixels = np.zeros((480, 640, 3), np.uint8)
    pixels[:, :300], pixels[:, 300:] = (220, 30, 30), (30, 200, 30)
    path = folder / name
    Image.fromarray(pixels).save(path, kind, quality=95)
    return path


__all__ = ["STANDING", "change", "crowd", "people_set", "person", "photo", "with_bone"]
