"""Dragging a joint: its bone turns about the parent joint, and what hangs on it moves along.

What hangs on the joint is shifted, not turned (Blender turns it): every bone beyond keeps its direction. An annotator
drags an elbow because the upper arm is wrong; the forearm was judged by itself, and what 2D joints and lifting say of
its direction is still true when its beginning moves.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.pose.editing.rules import Rules, prepared, ruled
from engine.pose.editing.state import checked_joint, checked_point, in_picture, posed, with_pose
from engine.pose.joints import MPII_16
from engine.pose.kinematics import CHILDREN, MOVED, ROOT
from engine.pose.project.person import PoseState

F64 = npt.NDArray[np.float64]

AWAY = (0.0, 0.0, 1.0)
"""The direction in which the photo's camera looks."""

MEMORY = 1e-4
"""Radians that a bone stays short of lying in the view, or of pointing along it, so that the next step of a drag still
knows on which side it was: 0.03 mm of a forearm, and 2e-6 mm where it matters."""


def drag_joint(
    state: PoseState,
    joint: int,
    target: npt.ArrayLike,
    rules: Rules | None = None,
    away: npt.ArrayLike = AWAY,
) -> PoseState:
    """The joint brought to a place, as near as its bone allows.

    With lengths kept, the joint moves on a sphere about its parent:

    - dragged across the view, it stays under the pointer and its depth gives way, on the side of the parent where it
      was; beyond its reach it points at the pointer;
    - dragged along the view, its depth is what was asked, and across the view it gives way straight to or from the
      parent, as little as can be; deeper than its length, it points along the view;
    - dragged both ways, it is between the two, by the share of each in the way from the joint to the target.

    All of it is continuous, and depends on where the joint was and where it is wanted alone: dragged back, the joint is
    back. The thorax takes the whole person along in the picture: the camera moves and the pose stays.

    Args:
        state: Has a pose.
        joint: Which one.
        target: (3,) mm, in the pose's axes.
        rules: What to hold on to. Without lengths kept, the joint is exactly at the target.
        away: (3,) the direction in which the view looks where it is dragged; the photo's by default.

    Raises:
        InputError: No pose, no such joint, a target that is not a place, or a direction of no length.
    """
    pose, camera = posed(state)
    wanted, view, how = checked_point(target, 3), checked_point(away, 3), rules or Rules()
    if not view.any():
        raise InputError("The view has no direction.")
    if checked_joint(joint) == ROOT:
        return in_picture(state, camera.project(wanted))
    before = prepared(pose, how)
    bone = int(np.flatnonzero(joint == CHILDREN)[0])
    parent = before[MPII_16.parents[joint]]
    if how.keep_lengths:
        wanted = parent + on_sphere(before[joint] - parent, wanted - parent, view)
    after = before.copy()
    after[MOVED[bone]] += wanted - before[joint]
    after[joint] = wanted
    return with_pose(state, ruled(before, after, how))


def on_sphere(bone: F64, wanted: F64, away: F64) -> F64:
    """(3,) where the end of a bone goes when it is wanted elsewhere; see `drag_joint`.

    Args:
        bone: (3,) as it is.
        wanted: (3,) where its end is wanted.
        away: (3,) the direction in which the view looks; of any length but 0.
    """
    length, normal = float(np.linalg.norm(bone)), away / np.linalg.norm(away)
    if length == 0:
        return bone
    depth, wanted_depth = float(bone @ normal), float(wanted @ normal)
    flat, wanted_flat = bone - depth * normal, wanted - wanted_depth * normal
    most = length * np.cos(MEMORY)
    # Across the view: under the pointer as far as the bone reaches, the depth follows.
    reach = float(np.linalg.norm(wanted_flat))
    across = wanted_flat * min(1.0, most / reach) if reach > 0 else wanted_flat
    side = 1.0 if depth >= 0 else -1.0
    across = across + side * np.sqrt(length**2 - across @ across) * normal
    # Along the view: as deep as was asked, the place in the view follows.
    deep = min(max(wanted_depth, -most), most)
    radius = np.sqrt(length**2 - deep**2)
    if reach > 0:
        along = wanted_flat * (radius / reach) + deep * normal
    else:
        here = float(np.linalg.norm(flat))
        along = (flat * (radius / here) if here > 0 else radius * square_to(normal)) + deep * normal
    ways = float((wanted_flat - flat) @ (wanted_flat - flat)), (wanted_depth - depth) ** 2
    if sum(ways) == 0:
        return bone
    share = ways[1] / sum(ways)
    between = (1 - share) * across + share * along
    size = float(np.linalg.norm(between))
    return between * (length / size) if size > 1e-9 * length else bone


def square_to(normal: F64) -> F64:
    """(3,) some unit vector at right angles to a unit vector."""
    axis = np.eye(3)[np.argmin(np.abs(normal))]
    square = axis - (axis @ normal) * normal
    return np.asarray(square / np.linalg.norm(square), np.float64)
