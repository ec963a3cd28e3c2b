"""People by the dozen, for filters and statistics: standing, seen by one camera, the way a project holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from engine.pose.camera import WeakPerspective
from engine.pose.joints import MPII_16
from engine.pose.kinematics import bone_index, bone_vectors, from_bones
from engine.pose.project.person import Person, PoseState

CAMERA = WeakPerspective(0.2, 300.0, 200.0)

PLACES = {
    "thorax": (0, 0, 0), "upper_neck": (0, -100, 0), "head_top": (0, -300, 0), "pelvis": (0, 500, 0),
    "r_hip": (-100, 500, 0), "l_hip": (100, 500, 0), "r_knee": (-100, 900, 0), "l_knee": (100, 900, 0),
    "r_ankle": (-100, 1300, 0), "l_ankle": (100, 1300, 0), "r_shoulder": (-180, 0, 0), "l_shoulder": (180, 0, 0),
    "r_elbow": (-180, 280, 0), "l_elbow": (180, 280, 0), "r_wrist": (-180, 530, 0), "l_wrist": (180, 530, 0),
}  # fmt: skip
STANDING = np.array([PLACES[name] for name in MPII_16.joints], float)
"""(16, 3) mm; the tallest extent is 1600 mm, so 320 px before CAMERA."""


def person(
    name: str = "a.jpg#1",
    image: str = "a.jpg",
    *,
    pose: np.ndarray | None = STANDING,
    shift: float = 0.0,
    edited: Sequence[str] = (),
    **fields: Any,
) -> Person:
    """Somebody whose joints in the picture are `shift` px to the right of where the pose falls.

    `edited` names joints that were placed in space by hand.
    """
    seen = CAMERA.project(STANDING if pose is None else pose) + np.array([shift, 0.0])
    state = PoseState(seen, np.full(16, 2), pose=pose, camera=None if pose is None else CAMERA)
    if edited:
        state = replace(state, pose_from=tuple("edited" if j in edited else "lifted" for j in MPII_16.joints))
    return Person(name, image, state, **fields)


def with_bone(factor: float, parent: str, child: str, pose: np.ndarray = STANDING) -> np.ndarray:
    """The pose with one bone longer by a factor."""
    bones = bone_vectors(pose)
    bones[bone_index(parent, child)] *= factor
    return from_bones(bones)
