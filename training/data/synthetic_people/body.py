"""What all parts of a figure go by: the skeleton's own axes, and the rings that are put around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from engine.pose.joints import MPII_16
from training.data.synthetic_people.build import Build
from training.data.synthetic_people.frames import across, cross, unit
from training.data.synthetic_people.topology import COUNT, RINGS

F64 = npt.NDArray[np.float64]

_SPINE = 490.0
"""mm from pelvis to thorax of the person whose radii the tables give."""


@dataclass(frozen=True, slots=True)
class Body:
    """A pose with the axes of pelvis and chest.

    Args:
        joints: Name -> (3,) mm, x right, y down, z away.
        build: The body's form.
        covered: Zones under cloth: they stand off as `build.loose` says.
        up: (3,) unit, from pelvis to thorax.
        hips_left, hips_front, chest_left, chest_front: (3,) unit, at right angles to `up`.
        size: Factor on all radii: girth follows height, weakly.
    """

    joints: dict[str, F64]
    build: Build
    covered: frozenset[str]
    up: F64
    hips_left: F64
    hips_front: F64
    chest_left: F64
    chest_front: F64
    size: float

    @classmethod
    def of(cls, joints: F64, build: Build, covered: frozenset[str]) -> Self:
        """From (16, 3) joints."""
        at = dict(zip(MPII_16.joints, joints, strict=True))
        spine = at["thorax"] - at["pelvis"]
        up = unit(spine)
        hips_left = across(at["l_hip"] - at["r_hip"], up)
        chest_left = across(at["l_shoulder"] - at["r_shoulder"], up)
        size = 0.5 + 0.5 * float(np.linalg.norm(spine)) / _SPINE
        return cls(at, build, covered, up, hips_left, cross(hips_left, up), chest_left, cross(chest_left, up), size)

    def distance(self, one: str, other: str) -> float:
        """Mm between two joints."""
        return float(np.linalg.norm(self.joints[one] - self.joints[other]))


class Rings:
    """Rings being put down: centre, and the two half axes (towards the front, towards the left)."""

    def __init__(self) -> None:
        self.centre = np.zeros((COUNT, 3))
        self.front = np.zeros((COUNT, 3))
        self.left = np.zeros((COUNT, 3))

    def put(self, tube: str, centre: F64, front: F64, left: F64) -> None:
        where = RINGS[tube]
        self.centre[where], self.front[where], self.left[where] = centre, front, left
