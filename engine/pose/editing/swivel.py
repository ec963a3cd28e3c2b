"""A leg between a hip and an ankle that both stay: its knee swivels about the line between them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from engine.pose.kinematics import CHILDREN, LIMBS, PARENTS
from engine.pose.limits import LIMITS, NAMES, Limits, excess

F64 = npt.NDArray[np.float64]

STEP = 5.0
"""Degrees between the swivels that are tried first."""

FINER, TIMES = 64, 2
"""Into how many parts the last step is divided, and how often: to a thousandth of a degree."""


def swivelled(pose: F64, leg: str, limits: Limits = LIMITS) -> F64:
    """The pose with the knee swivelled by as little as brings thigh and knee within their limits.

    Hip, ankle and lengths stay. Where no swivel helps, the pose is as it was.

    Args:
        pose: (16, 3) mm.
        leg: “r_leg” or “l_leg”.
        limits: The limits.
    """
    inner, outer = LIMBS[leg]
    hip, knee, ankle = PARENTS[inner], CHILDREN[inner], CHILDREN[outer]
    of_leg = [NAMES.index(f"{leg[0]}_{name}") for name in ("knee", "knee_side", "thigh")]
    axis = pose[ankle] - pose[hip]
    length = float(np.linalg.norm(axis))

    def turned(degrees: F64) -> F64:
        poses = np.repeat(pose[None], len(degrees), 0)
        turns = Rotation.from_rotvec(np.radians(degrees)[:, None] * (axis / length))
        poses[:, knee] = pose[hip] + turns.apply(pose[knee] - pose[hip])
        return poses

    def first_good(degrees: F64) -> int | None:
        good = np.flatnonzero((excess(turned(degrees), limits)[:, of_leg] <= 0).all(1))
        return int(good[0]) if len(good) else None

    if length == 0 or not excess(pose, limits)[of_leg].any():
        return pose
    steps = np.arange(STEP, 180 + STEP / 2, STEP)
    degrees = np.stack([steps, -steps], 1).ravel()  # the smallest first, to either side
    found = first_good(degrees)
    if found is None:
        return pose
    best = float(degrees[found])
    step = np.copysign(STEP, best)
    for _ in range(TIMES):
        finer = best - step + step * np.arange(1, FINER + 1) / FINER
        finer[-1] = best
        nearest = first_good(finer)
        best, step = float(finer[-1 if nearest is None else nearest]), step / FINER
    return np.asarray(turned(np.array([best]))[0], np.float64)
