"""One person with 2D joints in one photo, whatever format it was read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

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
        pose: (16, 3) mm in camera axes relative to the thorax where somebody has fixed it by hand; None elsewhere.
    """

    set: str
    split: str
    image: Path
    size: tuple[int, int] | None = field(compare=False)
    joints: F64 = field(repr=False, compare=False)
    visibility: Ints = field(repr=False, compare=False)
    person: str
    head: float | None = field(default=None, compare=False)
    pose: F64 | None = field(default=None, repr=False, compare=False)
