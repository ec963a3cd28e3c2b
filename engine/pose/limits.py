"""How far joints turn: which poses a body can take, with the room that athletes, dancers and climbers need.

Angles are read from joint positions, so that what turns about a bone's own axis stays unknown: a knee's front is where
the pelvis puts it when the thigh swings there the short way, give or take the rotation of the hip.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.pose.joints import MPII_16
from engine.pose.kinematics import LIMBS, bone_vectors, from_bones

F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_AT = MPII_16.index
_THIGHS, _SHANKS = map(list, zip(LIMBS["r_leg"], LIMBS["l_leg"], strict=True))
_UPPER_ARMS, _FOREARMS = map(list, zip(LIMBS["r_arm"], LIMBS["l_arm"], strict=True))


@dataclass(frozen=True, slots=True)
class Limits:
    """Degrees. Ranges of motion of healthy adults (Boone & Azen 1979) with room for trained people and for a
    photo's inexact joints.

    Args:
        knee, elbow: Greatest flexion.
        straight: Flexion below which a hinge may bend to any side: what is nearly straight has no bending plane.
        knee_side: How far a knee's bending plane may turn away from straight behind, by the hip's rotation.
        thigh_back: Extension of the hip behind the trunk.
        thigh_in: Adduction of the hip across the body, of a thigh that hangs down.
        neck, head: Bend of the neck against the trunk, and of the head against the neck.
        twist: Of the shoulders' line against the hips' line, about the trunk.
    """

    knee: float = 165.0
    elbow: float = 165.0
    straight: float = 25.0
    knee_side: float = 90.0
    thigh_back: float = 65.0
    thigh_in: float = 50.0
    neck: float = 85.0
    head: float = 80.0
    twist: float = 100.0


LIMITS = Limits()

NAMES = (
    "r_knee", "l_knee", "r_elbow", "l_elbow", "r_knee_side", "l_knee_side", "r_thigh", "l_thigh", "neck", "head",
    "twist",
)  # fmt: skip
"""What `excess` tells of, in order."""


def excess(pose: npt.ArrayLike, limits: Limits = LIMITS) -> F64:
    """By how many degrees each limit is passed.

    Args:
        pose: (..., 16, 3), camera axes, any unit; finite.
        limits: The limits.

    Returns:
        (..., 11) from 0, in the order of NAMES.

    Raises:
        InputError: Not 16 joints in 3D.
    """
    p = np.asarray(pose, np.float64)
    if p.ndim < 2 or p.shape[-2:] != (len(MPII_16.joints), 3):
        raise InputError(f"A pose is (16, 3); got an array {p.shape}.")
    v = _unit(bone_vectors(p))
    across, down, back = trunk_axes(p)
    # Right and left together, and all angles at once: a drag asks for this sixty times a second.
    thigh, shank, upper, fore = (v[..., bones, :] for bones in (_THIGHS, _SHANKS, _UPPER_ARMS, _FOREARMS))
    neck, head = (v[..., bone, None, :] for bone in LIMBS["head"])
    outward = np.stack([-across, across], -2)
    across, down, back = (axis[..., None, :] for axis in (across, down, back))
    hips, shoulders = (
        _square(p[..., [_AT(f"l_{j}")], :] - p[..., [_AT(f"r_{j}")], :], down) for j in ("hip", "shoulder")
    )
    angles = _angle(
        np.concatenate([thigh, _square(shank, thigh), upper, neck, neck, hips], -2),
        np.concatenate([shank, _swung(back, down, thigh), fore, -down, head, shoulders], -2),
    )
    knees, sides, elbows = angles[..., 0:2], angles[..., 2:4], angles[..., 4:6]
    found = np.concatenate(
        [
            knees - limits.knee,
            elbows - limits.elbow,
            np.where(knees > limits.straight, sides - limits.knee_side, 0),
            np.maximum(*_thigh(thigh, outward, down, back, limits)),
            angles[..., 6:] - (limits.neck, limits.head, limits.twist),
        ],
        -1,
    )
    return np.asarray(np.maximum(found, 0), np.float64)


def within_limits(pose: npt.ArrayLike, tolerance: float = 0.0, limits: Limits = LIMITS) -> Bools:
    """(..., 16, 3) -> (...,) whether no limit is passed by more than `tolerance` degrees."""
    return np.asarray((excess(pose, limits) <= tolerance).all(-1), np.bool_)


def to_limits(pose: npt.ArrayLike, limits: Limits = LIMITS) -> F64:
    """The pose with knees, elbows, neck and head turned back to their limits; lengths and everything else are kept.

    A knee that bends to the wrong side becomes straight enough to have no side. Thighs and the trunk's twist stay: they
    carry the rest of the body along.

    Args:
        pose: (..., 16, 3).
        limits: The limits.
    """
    p = np.asarray(pose, np.float64)
    v = bone_vectors(p)
    _, down, back = trunk_axes(p)
    down, back = down[..., None, :], back[..., None, :]
    v[..., _FOREARMS, :] = _bent_at_most(v[..., _UPPER_ARMS, :], v[..., _FOREARMS, :], limits.elbow)
    thigh = v[..., _THIGHS, :]
    shank = _bent_at_most(thigh, v[..., _SHANKS, :], limits.knee)
    side = _angle(_square(shank, thigh), _swung(back, down, _unit(thigh)))
    wrong = side > limits.knee_side
    if wrong.any():
        straight = _bent_at_most(thigh, shank, limits.straight - 1e-3)  # below it, whatever is rounded
        shank = np.where(wrong[..., None], straight, shank)
    v[..., _SHANKS, :] = shank
    neck, head = LIMBS["head"]
    v[..., neck, :] = _bent_at_most(-down[..., 0, :], v[..., neck, :], limits.neck)
    v[..., head, :] = _bent_at_most(v[..., neck, :], v[..., head, :], limits.head)
    return from_bones(v, p[..., _AT(MPII_16.root), :])


def trunk_axes(pose: F64) -> tuple[F64, F64, F64]:
    """(..., 16, 3) -> unit vectors (..., 3): from the right hip to the left, down the trunk, out of the back."""
    down = _unit(pose[..., _AT("pelvis"), :] - pose[..., _AT("thorax"), :])
    across = _unit(_square(pose[..., _AT("l_hip"), :] - pose[..., _AT("r_hip"), :], down))
    return across, down, _cross(across, down)


def _thigh(thigh: F64, outward: F64, down: F64, back: F64, limits: Limits) -> tuple[F64, F64]:
    """Excess of extension and of adduction. Both are angles in a plane, and fade as the thigh leaves it."""
    behind, out, hanging = (np.asarray((thigh * axis).sum(-1), np.float64) for axis in (back, outward, down))
    extension = np.degrees(np.arcsin(np.clip(behind, -1, 1)))
    adduction = np.where(hanging > 0.5, np.degrees(np.arctan2(-out, np.maximum(hanging, 1e-9))), 0)
    return extension - limits.thigh_back, adduction - limits.thigh_in


def _bent_at_most(base: F64, bone: F64, degrees: float) -> F64:
    """The bone turned towards `base` until the angle between them is at most this; its length is kept."""
    beyond = _angle(base, bone) > degrees
    if not beyond.any():  # as most are, while somebody drags
        return bone
    length = np.linalg.norm(bone, axis=-1, keepdims=True)
    along, square = _unit(base), _square(bone, base)
    # What is folded right back may open to any side: the axis that the base has least of.
    folded = np.linalg.norm(square, axis=-1, keepdims=True) <= 1e-9 * length
    beside = _unit(np.where(folded, _square(np.eye(3)[np.abs(along).argmin(-1)], base), square))
    most = np.radians(degrees)
    turned = length * (np.cos(most) * along + np.sin(most) * beside)
    return np.where(beyond[..., None], turned, bone)


def _swung(direction: F64, start: F64, end: F64) -> F64:
    """`direction` under the shortest rotation that takes the unit vector `start` to the unit vector `end`."""
    axis = _cross(start, end)
    cosine = np.asarray((start * end).sum(-1, keepdims=True), np.float64)
    along = (axis * direction).sum(-1, keepdims=True) * axis / np.maximum(1 + cosine, 1e-6)
    return np.asarray(cosine * direction + _cross(axis, direction) + along, np.float64)


def _square(v: F64, axis: F64) -> F64:
    """The part of v at right angles to an axis."""
    unit = _unit(axis)
    return np.asarray(v - unit * (v * unit).sum(-1, keepdims=True), np.float64)


def _angle(a: F64, b: F64) -> F64:
    """Degrees between vectors; 0 where one has no length."""
    sine = np.linalg.norm(_cross(a, b), axis=-1)
    return np.asarray(np.degrees(np.arctan2(sine, (a * b).sum(-1))), np.float64)


def _cross(a: F64, b: F64) -> F64:
    """As np.cross, at a third of its cost for a few vectors."""
    after, last = [1, 2, 0], [2, 0, 1]
    return np.asarray(a[..., after] * b[..., last] - a[..., last] * b[..., after], np.float64)


def _unit(v: F64) -> F64:
    return np.asarray(v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-12), np.float64)
