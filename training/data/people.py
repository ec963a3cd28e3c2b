"""People with 2D joints in photos: the manifest of such people, read as records.

A line: `{"set", "split", "image", "size": [w, h], "joints": [[x, y] | null, …14], "visibility": [0 | 1 | 2, …14]}`.
The joints are in LSP's order, in pixels of the photo; `image` is relative to the manifest's folder.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from engine.errors import InputError
from engine.pose.joints import LSP_14, MPII_16, convert

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One person in one photo; equal and hashed by where it comes from, not by its joints.

    Args:
        set: Data set name, for tables and sampling weights.
        split: "train", "dev" or any other name that the data gives.
        image: Photo file.
        size: (width, height) of the photo; None when the data does not say.
        joints: (16, 2) float64 xy in pixels of the photo, in the order of `MPII_16`; NaN where unknown.
        visibility: (16,) 0 unknown, 1 hidden, 2 visible.
        person: Identifies the person among all of the data.
        head: Length that PCKh measures by, in pixels; None when the data has no head box.
    """

    set: str
    split: str
    image: Path
    size: tuple[int, int] | None = field(compare=False)
    joints: F64 = field(repr=False, compare=False)
    visibility: Ints = field(repr=False, compare=False)
    person: str
    head: float | None = field(default=None, compare=False)


_XY = tuple[Annotated[float, Field(allow_inf_nan=False)], Annotated[float, Field(allow_inf_nan=False)]]
_Extent = Annotated[int, Field(ge=1)]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True)

    set: str
    split: str
    image: str = Field(min_length=1)
    size: tuple[_Extent, _Extent]
    joints: list[_XY | None] = Field(min_length=14, max_length=14)
    visibility: list[Literal[0, 1, 2]] = Field(min_length=14, max_length=14)

    @model_validator(mode="after")
    def _seen_are_there(self) -> Self:
        for name, xy, seen in zip(LSP_14.joints, self.joints, self.visibility, strict=True):
            if seen and xy is None:
                raise ValueError(f"{name} has visibility {seen} and no position")
        return self


def read_people_manifest(path: Path) -> list[PersonRecord]:
    """Read every person of a manifest, in its order. Photos are opened when they are used.

    Pelvis and thorax are the middles of hips and shoulders. A joint of visibility 0 is unknown, whatever its position.

    Args:
        path: The manifest file, or a folder with a `manifest.jsonl`.

    Raises:
        InputError: Missing file, or a line that is not as described (the message names the line).
    """
    path = Path(path)
    if path.is_dir():
        path = path / "manifest.jsonl"
    if not path.is_file():
        raise InputError(f"There is no manifest {path}.", "Give a manifest.jsonl or the folder that holds one.")
    lines = []
    with path.open("rb") as file:
        for number, text in enumerate(file, 1):
            if not text.strip():
                continue
            try:
                lines.append(_Line.model_validate_json(text))
            except ValidationError as error:
                first = error.errors()[0]
                what = ": ".join([*map(str, first["loc"]), first["msg"]])
                raise InputError(f"Line {number} of {path} is not a person: {what}.") from error
    return _records(lines, path.parent)


def _records(lines: list[_Line], folder: Path) -> list[PersonRecord]:
    if not lines:
        return []
    nowhere = (np.nan, np.nan)
    points = np.array([[nowhere if xy is None else xy for xy in line.joints] for line in lines])
    joints, visibility = convert(points, [line.visibility for line in lines], LSP_14, MPII_16)
    seen: Counter[str] = Counter()
    records = []
    for line, xy, visible in zip(lines, joints, visibility, strict=True):
        person = f"{line.set}/{line.image}"
        seen[person] += 1
        if seen[person] > 1:  # another person in the same photo
            person += f"#{seen[person]}"
        records.append(PersonRecord(line.set, line.split, folder / line.image, line.size, xy, visible, person))
    return records


def open_people(path: Path, split: str | None = None) -> list[PersonRecord]:
    """Read the people of a data set.

    Args:
        path: File or folder.
        split: Take this split alone; None takes all.

    Returns:
        At least one record, in the order of the data.

    Raises:
        InputError: Nothing there, a malformed line, or no person of that split (says what there is).
    """
    records = read_people_manifest(path)
    chosen = [record for record in records if split in (None, record.split)]
    if not chosen:
        there = ", ".join(sorted({record.split for record in records})) or "none"
        of_split = "" if split is None else f" of split {split}"
        raise InputError(f"There is no person{of_split} in {path}.", f"Splits there: {there}.")
    return chosen
