"""A pose as directions of bones in the body's own axes, and how far joints turn.

Directions are (15, 3) unit vectors in the order of `MPII_16.bones`, from parent to child, +Y up, a person who faces +Z
has their left at +X. Turning a limb is turning its directions; lengths come later.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from engine.pose.joints import MPII_16
from engine.pose.kinematics import CHILDREN, MIRRORED_BONES, MOVED, PARENTS

F64 = npt.NDArray[np.float64]

BONE = {child: i for i, (_, child) in enumerate(MPII_16.bones)}
"""Index of a bone by the joint at its end."""

SPINE, NECK, HEAD = BONE["pelvis"], BONE["upper_neck"], BONE["head_top"]
HIPS = {"r": BONE["r_hip"], "l": BONE["l_hip"]}
SHOULDERS = {"r": BONE["r_shoulder"], "l": BONE["l_shoulder"]}
LEGS = {"r": [BONE["r_knee"], BONE["r_ankle"]], "l": [BONE["l_knee"], BONE["l_ankle"]]}
ARMS = {"r": [BONE["r_elbow"], BONE["r_wrist"]], "l": [BONE["l_elbow"], BONE["l_wrist"]]}
OUTWARD = {"l": 1.0, "r": -1.0}
"""Sign of the left axis that points away from the body, by side."""

LOWER = [HIPS["r"], HIPS["l"], *LEGS["r"], *LEGS["l"]]
UPPER = [SHOULDERS["r"], SHOULDERS["l"], *ARMS["r"], *ARMS["l"], NECK, HEAD]

_MOVED_T = np.ascontiguousarray(MOVED.T, np.float64)

# Degrees. From the ranges of motion of healthy adults (Boone & Azen 1979; AAOS), a little wider, for athletes.
KNEE_FLEXION, ELBOW_FLEXION = 155.0, 152.0
THIGH_BACK, THIGH_OUT, THIGH_IN = 45.0, 85.0, 35.0
ARM_BACK, ARM_IN = 70.0, 50.0
NECK_BEND, HEAD_BEND = 55.0, 60.0
GIRDLE_TILT = 35.0
TWIST = 65.0


def directions(poses: npt.ArrayLike) -> F64:
    """(..., 16, 3) -> (..., 15, 3) unit vectors; a bone without length points down."""
    p = np.asarray(poses, np.float64)
    vectors = p[..., CHILDREN, :] - p[..., PARENTS, :]
    norm = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.where(norm > 0, vectors / np.where(norm > 0, norm, 1.0), np.array([0.0, -1.0, 0.0]))


def assembled(units: F64, lengths: F64) -> F64:
    """(15, 3) directions and (15,) lengths -> (16, 3) with the thorax at the origin."""
    return np.asarray(_MOVED_T @ (units * lengths[:, None]), np.float64)


def mirrored(units: F64) -> F64:
    """The pose in a mirror: another person's left is at their right."""
    return np.asarray(units[MIRRORED_BONES] * np.array([-1.0, 1.0, 1.0]), np.float64)


def turn(axis: npt.ArrayLike, degrees: float) -> F64:
    """(3, 3) rotation about a unit axis, right-handed (Rodrigues)."""
    x, y, z = np.asarray(axis, np.float64).tolist()
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    k = 1 - c
    return np.array(
        [
            [c + x * x * k, x * y * k - z * s, x * z * k + y * s],
            [y * x * k + z * s, c + y * y * k, y * z * k - x * s],
            [z * x * k - y * s, z * y * k + x * s, c + z * z * k],
        ]
    )


def axes(units: F64, girdle: int) -> F64:
    """(3, 3) rows left, up, front of the pelvis or the chest.

    Args:
        units: (15, 3).
        girdle: Bone to the left hip or the left shoulder.
    """
    ux, uy, uz = -units[SPINE]
    lx, ly, lz = units[girdle]
    dot = lx * ux + ly * uy + lz * uz
    lx, ly, lz = lx - dot * ux, ly - dot * uy, lz - dot * uz
    norm = math.sqrt(lx * lx + ly * ly + lz * lz)
    if norm < 1e-6:  # the girdle lies along the spine: no person; any left will do
        lx, ly, lz, norm = uy, -ux, 0.0, max(math.hypot(ux, uy), 1e-6)
    lx, ly, lz = lx / norm, ly / norm, lz / norm
    return np.array([[lx, ly, lz], [ux, uy, uz], [ly * uz - lz * uy, lz * ux - lx * uz, lx * uy - ly * ux]])


def within_limits(units: F64) -> bool:
    """Whether a person's joints turn like that (limits in degrees at the head of this module)."""
    pelvis, chest = axes(units, HIPS["l"]), axes(units, SHOULDERS["l"])
    if not (_girdle(units, pelvis) and _neck(units)):
        return False
    if float(pelvis[0] @ chest[0]) < _cos(TWIST):
        return False
    return all(_leg(units, pelvis, side) and _arm(units, chest, side) for side in "lr")


def _cos(degrees: float) -> float:
    return math.cos(math.radians(degrees))


def _sin(degrees: float) -> float:
    return math.sin(math.radians(degrees))


def _girdle(units: F64, pelvis: F64) -> bool:
    up = pelvis[1]
    return all(abs(float(units[bone] @ up)) < _sin(GIRDLE_TILT) for bone in (HIPS["l"], SHOULDERS["l"]))


def _neck(units: F64) -> bool:
    bend = -float(units[NECK] @ units[SPINE])
    return bend > _cos(NECK_BEND) and float(units[HEAD] @ units[NECK]) > _cos(HEAD_BEND)


def _leg(units: F64, pelvis: F64, side: str) -> bool:
    left, up, front = pelvis @ units[LEGS[side][0]]
    outward = left * OUTWARD[side]
    if front < -_sin(THIGH_BACK) or not -_sin(THIGH_IN) < outward < _sin(THIGH_OUT) or up > 0.8:
        return False
    shin = pelvis @ units[LEGS[side][1]]
    return _hinge(np.array([left, up, front]), shin, KNEE_FLEXION, forward=False)


def _arm(units: F64, chest: F64, side: str) -> bool:
    left, up, front = chest @ units[ARMS[side][0]]
    outward = left * OUTWARD[side]
    if front < -_sin(ARM_BACK) or outward < -_sin(ARM_IN) or (front < 0 and outward < -0.2):
        return False
    upper, fore = np.array([left, up, front]), chest @ units[ARMS[side][1]]
    elbow = (OUTWARD[side] * 186.0, 0.0, 0.0) + 285.0 * upper
    if any(_in_torso(*point.tolist()) for point in (elbow, elbow + 120.0 * fore, elbow + 225.0 * fore)):
        return False
    return _hinge(upper, fore, ELBOW_FLEXION, forward=True)


def _in_torso(left: float, up: float, front: float) -> bool:
    """Whether a point in mm from the thorax is within an adult's trunk."""
    return -480 < up < 40 and (left / 130) ** 2 + (front / 85) ** 2 < 1


def _hinge(upper: F64, lower: F64, flexion: float, *, forward: bool) -> bool:
    """Whether a knee (bends backward) or an elbow (forward) bends so, in axes left, up, front."""
    cosine = float(upper @ lower)
    if cosine < _cos(flexion):
        return False
    if cosine > _cos(20.0) or upper[1] > 0.5:  # straight, or lifted so far that the hinge may face anywhere
        return True
    bend = lower - cosine * upper
    bend /= np.linalg.norm(bend)
    # The front of the limb: the body's front, carried along by the shortest turn from hanging down to `upper`.
    x, y, z = upper
    limb_front = np.array([-x * z / (1 - y), z, 1 - z * z / (1 - y)])
    facing = float(bend @ limb_front)
    # Turning about the limb's own axis adds freedom: much at the shoulder, less at the hip.
    return facing > -0.6 if forward else facing < 0.5
