"""What edits hold on to, and where a body's limits are passed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.pose.editing.holding import held
from engine.pose.joints import MPII_16
from engine.pose.kinematics import MIRRORED_BONES, bone_lengths, symmetric, with_bone_lengths
from engine.pose.limits import NAMES, excess

F64 = npt.NDArray[np.float64]

SAME_LENGTH = 1e-7
"""Difference of lengths in mm below which bones are equally long: what is less is rounding."""

BENDS_AT: dict[str, str] = {
    "r_knee": "r_knee", "r_knee_side": "r_knee", "r_thigh": "r_hip", "r_elbow": "r_elbow",
    "l_knee": "l_knee", "l_knee_side": "l_knee", "l_thigh": "l_hip", "l_elbow": "l_elbow",
    "neck": "thorax", "head": "upper_neck", "twist": "pelvis",
}  # fmt: skip
"""Limit -> the joint at which the body bends too far."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What edits hold on to.

    Args:
        keep_lengths: Bones keep their lengths.
        hold_limits: What an edit touches stays within the body's limits.
        symmetric: Left and right bones are equally long.
        pins: Joints that stay where they are in the picture and in depth when a chain is pulled.
    """

    keep_lengths: bool = True
    hold_limits: bool = False
    symmetric: bool = False
    pins: frozenset[int] = frozenset()


def limits_passed(pose: npt.ArrayLike) -> dict[int, float]:
    """(16, 3) -> joint -> by how many degrees the body bends too far there; only joints where it does."""
    passed: dict[int, float] = {}
    for name, degrees in zip(NAMES, excess(pose), strict=True):
        if degrees > 1e-6:  # what is held at a limit passes it by rounding
            joint = MPII_16.index(BENDS_AT[name])
            passed[joint] = max(passed.get(joint, 0.0), float(degrees))
    return passed


def prepared(pose: F64, rules: Rules) -> F64:
    """(16, 3) the pose that an edit begins with: of symmetric lengths if that is the rule."""
    lengths = bone_lengths(pose)
    if not rules.symmetric or np.abs(lengths - lengths[MIRRORED_BONES]).max() <= SAME_LENGTH:
        return pose
    return with_bone_lengths(pose, symmetric(lengths))


def ruled(before: F64, after: F64, rules: Rules) -> F64:
    """(16, 3) the edited pose as the rules have it.

    A bone whose length was changed lends it to its other side; limits are held last, which changes no length.

    Args:
        before: (16, 3) as `prepared` gave it.
        after: (16, 3) the edited one.
        rules: The rules.
    """
    if rules.symmetric:
        old, new = bone_lengths(before), bone_lengths(after)
        changed = np.abs(new - old) > SAME_LENGTH
        lent = changed[MIRRORED_BONES] & ~changed
        if lent.any():
            after = with_bone_lengths(after, np.where(lent, new[MIRRORED_BONES], new))
    return held(before, after) if rules.hold_limits else after
