"""Poses that are offered for a person: what lifting found, its depth flips, what the networks read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.pose.camera import WeakPerspective
from engine.pose.hypotheses import NO_MAP, Origin
from engine.pose.project.person import From3D

F64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A pose to choose.

    Args:
        name: What to call it, short: “lifted”, “lifted, flip 2”, “stick 8, crop 1.0”.
        pose: (16, 3) mm, camera axes, thorax at the origin.
        camera: Weak perspective that brings it closest to the joints in the picture.
        source: Where it comes from.
        error: Mean distance in px between the projected pose and the joints in the picture.
        origin: The skeleton map that it was read from.
        score: Of its source's ranking; higher is better, and scores of different sources cannot be compared.
    """

    name: str
    pose: F64
    camera: WeakPerspective
    source: From3D
    error: float
    origin: Origin = NO_MAP
    score: float = 0.0
