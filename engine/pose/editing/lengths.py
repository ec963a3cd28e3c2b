"""Bones' lengths, and the body's limits, set right for a whole pose. Directions, and the camera, stay."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.pose.editing.holding import within
from engine.pose.editing.state import posed, with_pose
from engine.pose.joints import MPII_16
from engine.pose.kinematics import bone_lengths, symmetric, with_bone_lengths
from engine.pose.project.person import PoseState


def symmetric_lengths(state: PoseState) -> PoseState:
    """Left and right bones of the same length, their mean; directions are kept.

    Raises:
        InputError: No pose.
    """
    pose, _ = posed(state)
    return with_lengths(state, symmetric(bone_lengths(pose)))


def with_lengths(state: PoseState, lengths: npt.ArrayLike) -> PoseState:
    """The pose with other lengths of bones; directions are kept.

    Args:
        state: Has a pose.
        lengths: (15,) mm, above 0.

    Raises:
        InputError: No pose, or lengths that no bones have.
    """
    pose, _ = posed(state)
    wanted = np.asarray(lengths, np.float64)
    if wanted.shape != (len(MPII_16.bones),) or not (np.isfinite(wanted) & (wanted > 0)).all():
        raise InputError(f"A body has {len(MPII_16.bones)} bones of a length above 0.")
    return with_pose(state, with_bone_lengths(pose, wanted))


def hold_limits(state: PoseState) -> PoseState:
    """Every limb turned back to the body's limits; lengths are kept.

    Raises:
        InputError: No pose.
    """
    pose, _ = posed(state)
    return with_pose(state, within(pose))
