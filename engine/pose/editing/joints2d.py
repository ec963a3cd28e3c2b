"""Joints in the picture: places and visibility. None of it needs a pose, but for the place of a joint that had none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.pose.editing.state import checked_joint, checked_point, marked_2d
from engine.pose.joints import MPII_16
from engine.pose.project.person import From2D, PoseState

Ints = npt.NDArray[np.intp]

UNKNOWN, HIDDEN, VISIBLE = 0, 1, 2
AFTER = {VISIBLE: HIDDEN, HIDDEN: UNKNOWN, UNKNOWN: VISIBLE}
"""The order in which visibilities are gone through: from what is usual to what is rare."""


def move_joint(state: PoseState, joint: int, xy: npt.ArrayLike) -> PoseState:
    """A joint put elsewhere in the picture; one that was unknown becomes visible.

    Args:
        state: With or without a pose, which stays as it is.
        joint: Which one.
        xy: (2,) source pixels.

    Raises:
        InputError: No such joint, or not a place.
    """
    return place_joint(state, joint, xy, int(state.visibility[checked_joint(joint)]) or VISIBLE)


def place_joint(state: PoseState, joint: int, xy: npt.ArrayLike, visibility: int = VISIBLE) -> PoseState:
    """A joint put at a place in the picture, with its visibility.

    Args:
        state: With or without a pose, which stays as it is.
        joint: Which one.
        xy: (2,) source pixels.
        visibility: 1 hidden or 2 visible.

    Raises:
        InputError: No such joint, not a place, or another visibility.
    """
    index, place = checked_joint(joint), checked_point(xy, 2)
    if visibility not in (HIDDEN, VISIBLE):
        raise InputError("A joint that has a place is visible or hidden (2 or 1).")
    joints, seen = state.joints.copy(), state.visibility.copy()
    joints[index], seen[index] = place, visibility
    return replace(state, joints=joints, visibility=seen, joints_from=_edited(state, index))


def set_visibility(state: PoseState, joint: int, visibility: int) -> PoseState:
    """Say whether a joint is visible (2), hidden (1) or unknown (0).

    An unknown joint has no place: it is forgotten, and one that comes back is put where the pose is seen.

    Raises:
        InputError: No such joint or visibility, or an unknown joint of a person without a pose.
    """
    index = checked_joint(joint)
    if visibility not in AFTER:
        raise InputError("A joint's visibility is 0, 1 or 2.")
    if visibility == state.visibility[index]:
        return state
    if state.visibility[index] == UNKNOWN:
        if state.pose is None:
            raise InputError(f"Nobody knows where the {MPII_16.joints[index]} is.", "Click where it is.")
        return place_joint(state, index, state.projected()[index], visibility)
    joints, seen = state.joints.copy(), state.visibility.copy()
    seen[index] = visibility
    if visibility == UNKNOWN:
        joints[index] = np.nan
        return replace(state, joints=joints, visibility=seen, joints_from=_edited(state, index))
    return replace(state, visibility=seen)


def cycle_visibility(state: PoseState, joint: int) -> PoseState:
    """The next visibility: visible, hidden, unknown, and again.

    Raises:
        InputError: No such joint, or an unknown joint of a person without a pose.
    """
    return set_visibility(state, joint, AFTER[int(state.visibility[checked_joint(joint)])])


def renamed(state: PoseState, order: Ints) -> PoseState:
    """The joints in the picture in another order; those that have a place under a new name are edited.

    Args:
        state: With or without a pose.
        order: (16,) for every name the joint whose place it takes.
    """
    before = tuple(state.joints_from[i] for i in order)
    return replace(
        state,
        joints=state.joints[order],
        visibility=state.visibility[order],
        joints_from=marked_2d(before, order != np.arange(len(order))),
    )


def _edited(state: PoseState, joint: int) -> tuple[From2D, ...]:
    return marked_2d(state.joints_from, np.arange(len(state.joints_from)) == joint)
