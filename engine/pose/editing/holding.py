"""A pose brought back within the body's limits by turning bones the shortest way; lengths are kept."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from engine.pose.joints import MPII_16
from engine.pose.kinematics import LIMBS, ROOT, bone_vectors, from_bones
from engine.pose.limits import LIMITS, NAMES, Limits, excess, to_limits, trunk_axes

F64 = npt.NDArray[np.float64]

CONCERNS: dict[str, tuple[str, ...]] = {
    "r_leg": ("r_knee", "r_knee_side", "r_thigh"), "l_leg": ("l_knee", "l_knee_side", "l_thigh"),
    "r_arm": ("r_elbow",), "l_arm": ("l_elbow",), "head": ("neck", "head"), "hips": ("twist",),
}  # fmt: skip
"""Limb -> the limits that are held by turning it."""

INSIDE = 1e-6
"""Degrees that a bone is turned further than its limit, so that rounding does not pass it again."""

_AT = MPII_16.index


def held(before: F64, after: F64, limits: Limits = LIMITS, *, passed: F64 | None = None) -> F64:
    """The edited pose with every limb turned back that the edit took past a limit.

    A limb that passed a limit before and was not touched stays as it is: holding limits while an arm is moved must not
    move a leg.

    Args:
        before: (16, 3) mm.
        after: (16, 3) mm, edited.
        limits: The limits.
        passed: `excess(before, limits)`, of who knows it already.
    """
    if not excess(after, limits).any():
        return after
    was = np.asarray((excess(before, limits) if passed is None else passed) > INSIDE, np.bool_)
    touched = np.abs(bone_vectors(after) - bone_vectors(before)).max(1) > INSIDE
    limbs = {
        limb
        for limb, names in CONCERNS.items()
        if touched[list(LIMBS[limb])].any() or not any(was[NAMES.index(name)] for name in names)
    }
    return within(after, limbs, limits)


def within(pose: F64, limbs: set[str] | None = None, limits: Limits = LIMITS) -> F64:
    """The pose with these limbs (all by default) turned back to their limits.

    Hips turn about the trunk; thighs, which `to_limits` leaves, swing back; the rest is as `to_limits` does it.

    Args:
        pose: (16, 3) mm.
        limbs: Keys of CONCERNS.
        limits: The limits.
    """
    chosen = set(CONCERNS) if limbs is None else limbs
    v = bone_vectors(pose)
    if "hips" in chosen:
        v = _untwisted(pose, v, limits)
    across, down, back = trunk_axes(from_bones(v))
    for side, outward in (("r", -across), ("l", across)):
        if f"{side}_leg" in chosen:
            thigh = LIMBS[f"{side}_leg"][0]
            v[thigh] = _swung_back(v[thigh], outward, down, back, limits)
    bent = bone_vectors(to_limits(from_bones(v), limits))
    for limb in chosen & {"r_leg", "l_leg", "r_arm", "l_arm", "head"}:
        v[list(LIMBS[limb])] = bent[list(LIMBS[limb])]
    return from_bones(v, pose[ROOT])


def _untwisted(pose: F64, vectors: F64, limits: Limits) -> F64:
    """(15, 3) bones with the hips turned about the trunk until the shoulders' line is near enough."""
    _, down, _ = trunk_axes(pose)
    lines = (pose[_AT(f"l_{name}")] - pose[_AT(f"r_{name}")] for name in ("hip", "shoulder"))
    hips, shoulders = (line - (line @ down) * down for line in lines)
    angle = float(np.degrees(np.arctan2(np.cross(hips, shoulders) @ down, hips @ shoulders)))
    if abs(angle) <= limits.twist:
        return vectors
    turned = vectors.copy()
    bones = list(LIMBS["hips"])
    turn = np.radians(angle - np.copysign(limits.twist - INSIDE, angle))
    turned[bones] = Rotation.from_rotvec(turn * down).apply(vectors[bones])
    return turned


def _swung_back(thigh: F64, outward: F64, down: F64, back: F64, limits: Limits) -> F64:
    """(3,) the thigh's vector within extension, then within adduction; the second leaves the first as it is."""
    length = float(np.linalg.norm(thigh))
    if length == 0:
        return thigh
    behind, out, hanging = (float(thigh @ axis) / length for axis in (back, outward, down))
    most = np.sin(np.radians(limits.thigh_back - INSIDE))
    if np.degrees(np.arcsin(min(max(behind, -1.0), 1.0))) > limits.thigh_back:
        rest = np.hypot(out, hanging)
        # A thigh that points straight behind hangs down when it comes back.
        out, hanging = (out / rest, hanging / rest) if rest > 1e-9 else (0.0, 1.0)
        room = np.sqrt(1 - most**2)
        behind, out, hanging = float(most), out * room, hanging * room
    radius = np.hypot(out, hanging)
    if hanging > 0.5 and np.degrees(np.arctan2(-out, hanging)) > limits.thigh_in:
        angle = np.radians(limits.thigh_in - INSIDE)
        out, hanging = -radius * np.sin(angle), radius * np.cos(angle)
    return np.asarray(length * (behind * back + out * outward + hanging * down), np.float64)
