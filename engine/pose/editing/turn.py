"""Turning a bone and all that hangs on it."""

from __future__ import annotations

from scipy.spatial.transform import Rotation

from engine.pose.editing.rules import Rules, prepared, ruled
from engine.pose.editing.state import checked_bone, posed, with_pose
from engine.pose.kinematics import rotate_bone
from engine.pose.project.person import PoseState


def turn_bone(state: PoseState, bone: int, rotation: Rotation, rules: Rules | None = None) -> PoseState:
    """The bone, and all that hangs on it, turned as one rigid piece about the bone's parent joint.

    Turning is rigid, where dragging is not: who turns a thigh by its ring wants the leg to swing.

    Args:
        state: Has a pose.
        bone: Index into `MPII_16.bones`.
        rotation: In camera axes.
        rules: What to hold on to; lengths are kept in any case.

    Raises:
        InputError: No pose, or no such bone.
    """
    pose, _ = posed(state)
    how = rules or Rules()
    before = prepared(pose, how)
    return with_pose(state, ruled(before, rotate_bone(before, checked_bone(bone), rotation), how))
