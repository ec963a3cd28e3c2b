"""The 2D joints that `deepskel lift` takes: written by hand, by another program, or by DeepSkel.

    {"people": [{"joints": {"r_ankle": [x, y], ...}, "visibility": {"r_ankle": 1}}]}
    {"layout": "coco17", "people": [{"joints": [[x, y], null, ...], "visibility": [2, 0, ...]}]}

Positions are pixels. Visibility is 0 unknown, 1 hidden, 2 visible; a joint that has a position and no visibility is
visible. Joints by name may be of any layout; what MPII has besides and is the middle of two others is put there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from engine.errors import InputError
from engine.pose.files.json_text import BY_NAME, LISTED, XY, File, Record
from engine.pose.joints import LAYOUTS, MPII_16, Layout, convert

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Visibility = Literal[0, 1, 2]

NAMES = tuple(dict.fromkeys(joint for layout in LAYOUTS.values() for joint in layout.joints))
"""Every joint that any layout has."""


class Person2D(NamedTuple):
    """A person in 2D: xy (16, 2) px with NaN where unknown, and visibility (16,), in the order of `MPII_16`."""

    xy: F64
    visibility: Ints
    person: str | None


_T = TypeVar("_T")
# Told apart by a tag, so that a mistake is reported for the kind that was meant.
ByName = Annotated[
    Annotated[dict[str, _T], Tag(BY_NAME)] | Annotated[list[_T], Tag(LISTED)],
    Discriminator(lambda value: LISTED if isinstance(value, list) else BY_NAME),
]


class Joints2DRecord(Record):
    """One person's joints, by name or as a list in the order of the file's layout."""

    person: str | None = None
    joints: ByName[XY | None]
    visibility: ByName[Visibility] | None = None

    @field_validator("joints", "visibility")
    @classmethod
    def _known_names(cls, value: object) -> object:
        for name in value if isinstance(value, dict) else ():
            if name not in NAMES:
                raise ValueError(f"there is no joint called “{name}”; joints: {', '.join(NAMES)}")
        return value

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.visibility is None:
            return self
        if isinstance(self.joints, dict) != isinstance(self.visibility, dict):
            raise ValueError("joints and visibility are one by name and one a list; write both alike")
        if isinstance(self.joints, list) and len(self.joints) != len(self.visibility):
            raise ValueError(f"{len(self.joints)} joints, but {len(self.visibility)} visibilities")
        for name in self.visibility if isinstance(self.visibility, dict) else ():
            if name not in self.joints:
                raise ValueError(f"visibility has {name}, joints has not")
        for place, xy in self._positions().items():
            if xy is None and self._seen(place):
                raise ValueError(f"{place} has a visibility and no position")
        return self

    def _positions(self) -> dict[str | int, XY | None]:
        items = self.joints.items() if isinstance(self.joints, dict) else enumerate(self.joints)
        return dict(items)

    def _seen(self, place: str | int) -> int | None:
        """Visibility as the file says, None when it does not."""
        if isinstance(self.visibility, dict):
            return self.visibility.get(str(place))
        return self.visibility[int(place)] if self.visibility else None

    def in_mpii(self, layout: Layout | None) -> Person2D:
        """The person in the order of `MPII_16`; `layout` is that of lists."""
        if isinstance(self.joints, dict):
            layout = Layout("named", tuple(self.joints), (), "")
        assert layout is not None, "held by the file's validator"  # noqa: S101 - for the type alone
        xy = np.full((len(layout.joints), 2), np.nan)
        seen = np.zeros(len(xy), np.intp)
        for index, (place, at) in enumerate(self._positions().items()):
            if at is not None:
                known = self._seen(place)
                xy[index], seen[index] = at, 2 if known is None else known
        return Person2D(*convert(xy, seen, layout, MPII_16), self.person)


class Joints2DFile(File):
    """What is in the file. `format` and `version` may be left out; `layout` is needed for joints in lists."""

    format: Literal["deepskel joints2d"] = "deepskel joints2d"
    version: Literal[1] = 1
    photo: str | None = None
    width: Annotated[int, Field(ge=1)] | None = None
    height: Annotated[int, Field(ge=1)] | None = None
    layout: str | None = None
    people: Annotated[list[Joints2DRecord], Field(min_length=1)]

    @field_validator("layout")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value is not None and value not in LAYOUTS:
            raise ValueError(f"there is no layout called “{value}”; layouts: {', '.join(LAYOUTS)}")
        return value

    @model_validator(mode="after")
    def _lists_fit(self) -> Self:
        for number, person in enumerate(self.people):
            if not isinstance(person.joints, list):
                continue
            if self.layout is None:
                raise ValueError(f"people.{number}.joints is a list; say its “layout”: {', '.join(LAYOUTS)}")
            if len(person.joints) != len(LAYOUTS[self.layout].joints):
                needed = len(LAYOUTS[self.layout].joints)
                raise ValueError(f"people.{number} has {len(person.joints)} joints, {self.layout} has {needed}")
        return self

    @classmethod
    def of(cls, people: list[Person2D], *, photo: str | None = None, size: tuple[int, int] | None = None) -> Self:
        """The file of people whose joints are in the order of `MPII_16`; unknown joints are left out."""
        width, height = size or (None, None)
        records = []
        for xy, visibility, person in people:
            known = [i for i in range(len(MPII_16.joints)) if visibility[i] > 0 and np.isfinite(xy[i]).all()]
            records.append(
                Joints2DRecord(
                    person=person,
                    joints={MPII_16.joints[i]: (float(xy[i, 0]), float(xy[i, 1])) for i in known},
                    visibility={MPII_16.joints[i]: 2 if visibility[i] > 1 else 1 for i in known},
                )
            )
        return cls(photo=photo, width=width, height=height, people=records)

    def in_mpii(self) -> list[Person2D]:
        """Everyone in the order of `MPII_16`."""
        layout = None if self.layout is None else LAYOUTS[self.layout]
        return [person.in_mpii(layout) for person in self.people]


def read_joints2d(path: str | Path) -> list[Person2D]:
    """Read the people of a file.

    Raises:
        InputError: The file cannot be read or understood (the message names the key), or has a person without joints.
    """
    return people_of(Joints2DFile.read(path), Path(path).name)


def people_of(file: Joints2DFile, name: str) -> list[Person2D]:
    """The people of a file that was read.

    Args:
        file: The file.
        name: What to call it in messages.

    Raises:
        InputError: It has a person without joints.
    """
    people = file.in_mpii()
    for number, person in enumerate(people):
        if not (person.visibility > 0).any():
            raise InputError(f"Person {number} in “{name}” has no known joint.", "Mark at least one.")
    return people
