"""A skeleton gets a body: points of the surface around a pose, for a build and its clothes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from training.data.synthetic_people import limbs, trunk
from training.data.synthetic_people.body import Body, Rings
from training.data.synthetic_people.build import Build
from training.data.synthetic_people.head import hair, head
from training.data.synthetic_people.topology import AFTER, ANGLES, AROUND, BEFORE, COUNT, RINGS

F64 = npt.NDArray[np.float64]
Rng = np.random.Generator

BACK = AROUND // 2


def surface(joints: F64, build: Build, covered: frozenset[str], rng: Rng) -> F64:
    """Points of a figure's surface.

    Args:
        joints: (16, 3) mm, x right, y down, z away.
        build: The body's form.
        covered: Zones under cloth: they stand off as `build.loose` says.
        rng: Source of what a pose leaves open: hands, feet, where the head looks, folds.

    Returns:
        (COUNT, AROUND, 3) mm in the same axes.
    """
    body, rings = Body.of(joints, build, covered), Rings()
    trunk.torso(rings, body)
    trunk.skirt(rings, body)
    hair(rings, body, head(rings, body, rng))
    for side in "rl":
        limbs.leg(rings, body, side, rng)
        limbs.arm(rings, body, side, rng)
    shape = _SHAPE.copy()
    torso = RINGS["torso"].start
    shape[torso + 7 : torso + 10, [1, AROUND - 1]] += build.chest
    shape[torso + 7 : torso + 10, [2, AROUND - 2]] += 0.7 * build.chest
    shape[torso + 4 : torso + 8, [0, 1, AROUND - 1]] += build.belly * 0.5
    shape += _folds(rng)
    cos, sin = np.cos(ANGLES) * shape, np.sin(ANGLES) * shape
    return rings.centre[:, None] + cos[..., None] * rings.front[:, None] + sin[..., None] * rings.left[:, None]


def normals(points: F64) -> F64:
    """(COUNT, AROUND, 3) points -> unit normals, outward."""
    around = np.roll(points, -1, 1) - np.roll(points, 1, 1)
    along = points[AFTER] - points[BEFORE]
    ax, ay, az = around[..., 0], around[..., 1], around[..., 2]
    bx, by, bz = along[..., 0], along[..., 1], along[..., 2]
    n = np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], -1)
    n /= np.maximum(np.sqrt(np.einsum("rkd,rkd->rk", n, n)), 1e-9)[..., None]
    outward = points - points.mean(1, keepdims=True)
    # Tubes may run either way: what matters is that a normal leaves its ring.
    inward = np.einsum("rkd,rkd->rk", n, outward) < 0
    n[inward] *= -1
    return np.asarray(n, np.float64)


def _folds(rng: Rng) -> F64:
    """(COUNT, AROUND) by how much cloth and flesh leave the ideal surface."""
    coarse = rng.normal(0, 0.03, (COUNT // 2 + 1, AROUND))
    folds = np.repeat(coarse, 2, 0)[:COUNT]
    folds[RINGS["head"]] *= 0.3
    return folds


def _shapes() -> F64:
    """(COUNT, AROUND) radius of a ring by angle, against the ellipse: noses, ears, buttocks, flat chests."""
    shape = np.ones((COUNT, AROUND))
    torso, head = RINGS["torso"].start, RINGS["head"].start
    shape[torso + 1 : torso + 4, [BACK - 1, BACK + 1]] += 0.16
    shape[torso + 1 : torso + 4, BACK] += 0.02
    shape[torso + 1 : torso + 4, [11, 0, 1]] -= 0.1
    diagonal = [1, 2, AROUND - 1, AROUND - 2, BACK - 1, BACK - 2, BACK + 1, BACK + 2]
    shape[torso + 5 : torso + 10][:, diagonal] += 0.06  # trunks are boxes rather than ellipses
    shape[torso + 7 : torso + 11, BACK] -= 0.06  # the furrow of the spine
    shape[head + 3, 0] += 0.24  # the nose
    shape[head + 4, 0] += 0.12
    shape[head + 2, [0, 1, AROUND - 1]] += 0.05
    shape[head + 4, [BACK // 2, AROUND - BACK // 2]] += 0.14  # ears
    shape[head + 1 : head + 3, BACK - 2 : BACK + 3] -= 0.25  # the nape
    return shape


_SHAPE = _shapes()
