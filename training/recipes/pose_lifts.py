"""Pseudo-3D of the people in photos, for recipes that learn depth."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from training.data.cache import PhotoCache
from training.data.lifted import lifted_people
from training.data.pose_data import PoseData

PSEUDO_TRUST = 0.5
"""Trust in a lifted joint whose confidence is 1; motion capture and poses fixed by hand have 1."""

F32 = npt.NDArray[np.float32]


def lifts(data: PoseData, cache: PhotoCache) -> tuple[F32, F32] | None:
    """Poses (N, 16, 3) mm and trust (N, 16) of the people in photos; None when there are none."""
    if not data.people:
        return None
    poses, confidence = lifted_people(data.people, cache.folder)
    trust = np.array([PSEUDO_TRUST if record.pose is None else 1.0 for record in data.people])
    return poses, (confidence * trust[:, None]).astype(np.float32)
