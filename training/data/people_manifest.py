"""Reader of the manifest of people: one JSON object a line, one line a person.

`{"set", "split", "image", "size": [w, h], "joints": [[x, y] | null, …14], "visibility": [0 | 1 | 2, …14]}`
The joints are in LSP's order, in pixels of the photo; `image` is relative to the manifest's folder.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from engine.pose.joints import LSP_14, MPII_16, convert
from training.data.manifest_lines import manifest_file, manifest_lines
from training.data.person_record import PersonRecord

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
    path = manifest_file(Path(path))
    return _records(list(manifest_lines(path, _Line, "a person")), path.parent)


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
