"""What every edit of a pose has in common: where the pose is taken from, and what is said of joints that moved.

The rule of provenance, for all edits: a joint in space is “edited” from the moment the hand changes the way from its
parent to it, be it the direction or the length; a joint that only moves along with its parent keeps what was said of
it. The thorax has no parent but the picture: it is “edited” when the hand moves the whole person in the picture.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.pose.camera import WeakPerspective
from engine.pose.joints import MPII_16
from engine.pose.kinematics import CHILDREN, LIMBS, ROOT, bone_vectors
from engine.pose.project.person import From2D, From3D, PoseState
from engine.registry import named

F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

DEPTH_STEP = 2.0**-36
"""Depths are multiples of this many mm (a hundredth of a nanometre). On such a grid sums and differences of depths up
to 65 m are exact, so that a flip undoes itself to the last bit."""

MOVED_BY = 1e-7
"""Change of a bone's vector in mm above which its outer joint has moved: what is less is rounding."""


def posed(state: PoseState) -> tuple[F64, WeakPerspective]:
    """The pose and its camera.

    Raises:
        InputError: The state has none.
    """
    if state.pose is None or state.camera is None:
        raise InputError("This person has no pose yet.", "Lift the joints in the picture, or choose a pose.")
    return state.pose, state.camera


def with_pose(state: PoseState, pose: F64, camera: WeakPerspective | None = None) -> PoseState:
    """The state with a pose made by hand, and the provenance that follows from what has moved.

    Args:
        state: Has a pose.
        pose: (16, 3) mm; its thorax becomes the origin. x and y are taken as they are, depths to DEPTH_STEP.
        camera: The present one by default.

    Raises:
        InputError: The state has no pose, or the new one is not finite.
    """
    before, present = posed(state)
    placed = on_grid(pose)
    moved = np.zeros(len(MPII_16.joints), bool)
    moved[CHILDREN] = (np.abs(bone_vectors(placed) - bone_vectors(before)) > MOVED_BY).any(1)
    return replace(state, pose=placed, camera=camera or present, pose_from=marked(state.pose_from, moved, "edited"))


def in_picture(state: PoseState, thorax: npt.ArrayLike) -> PoseState:
    """The whole person shifted until the thorax falls on a place (2,) px in the picture.

    A weak-perspective camera knows no depth of the whole person: there is none to change.

    Raises:
        InputError: The state has no pose.
    """
    _, camera = posed(state)
    tx, ty = (float(value) for value in np.asarray(thorax, np.float64))
    if (tx, ty) == (camera.tx, camera.ty):
        return state
    whole = np.arange(len(MPII_16.joints)) == ROOT
    return replace(state, camera=replace(camera, tx=tx, ty=ty), pose_from=marked(state.pose_from, whole, "edited"))


def on_grid(pose: F64) -> F64:
    """(16, 3) the pose with its thorax at the origin and depths that are multiples of DEPTH_STEP, without −0."""
    placed = pose - pose[ROOT] if pose[ROOT].any() else pose.copy()
    placed[:, 2] = np.round(placed[:, 2] / DEPTH_STEP) * DEPTH_STEP + 0.0
    placed[ROOT] = 0.0
    return placed


def marked(before: tuple[From3D, ...], joints: Bools, source: From3D) -> tuple[From3D, ...]:
    """Provenance in space with some of the 16 joints said to come from `source`."""
    return tuple(source if new else old for old, new in zip(before, joints, strict=True))


def marked_2d(before: tuple[From2D, ...], joints: Bools) -> tuple[From2D, ...]:
    """Provenance in the picture with some of the 16 joints said to be edited."""
    return tuple("edited" if new else old for old, new in zip(before, joints, strict=True))


def checked_joint(joint: int) -> int:
    """The joint's index.

    Raises:
        InputError: There is no such joint.
    """
    if not 0 <= joint < len(MPII_16.joints):
        raise InputError(f"There is no joint {joint}.", f"Joints are numbered 0 to {len(MPII_16.joints) - 1}.")
    return int(joint)


def checked_bone(bone: int) -> int:
    """The bone's index.

    Raises:
        InputError: There is no such bone.
    """
    if not 0 <= bone < len(MPII_16.bones):
        raise InputError(f"There is no bone {bone}.", f"Bones are numbered 0 to {len(MPII_16.bones) - 1}.")
    return int(bone)


def checked_point(point: npt.ArrayLike, axes: int) -> F64:
    """(axes,) finite.

    Raises:
        InputError: Another shape, or a value that is not finite.
    """
    p = np.asarray(point, np.float64)
    if p.shape != (axes,) or not np.isfinite(p).all():
        raise InputError(f"A place is {axes} finite numbers; got {p.tolist()}.")
    return p


def bones_of(limbs: Iterable[str]) -> list[int]:
    """Bones of limbs by name.

    Raises:
        InputError: There is no such limb.
    """
    return [bone for limb in limbs for bone in named(LIMBS, limb, "limb")]
