"""Bones of a 3D pose: their lengths and directions, and what can be done to them.

Poses are (..., 16, 3) in the layout MPII_16, camera axes x right, y down, z away, any unit of length. All is made of
pure functions that leave their arguments alone and keep the thorax, the root, where it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from engine.errors import InputError
from engine.pose.joints import MPII_16

F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.intp]

ROOT = MPII_16.index("thorax")
PARENTS, CHILDREN = MPII_16.ends[:, 0], MPII_16.ends[:, 1]
"""(15,) joints at the ends of every bone."""

LIMBS: dict[str, tuple[int, ...]] = {
    name: tuple(i for i, (_, child) in enumerate(MPII_16.bones) if child in ends)
    for name, ends in {
        "r_leg": ("r_knee", "r_ankle"),
        "l_leg": ("l_knee", "l_ankle"),
        "r_arm": ("r_elbow", "r_wrist"),
        "l_arm": ("l_elbow", "l_wrist"),
        "head": ("upper_neck", "head_top"),
        "hips": ("r_hip", "l_hip"),
        "shoulders": ("r_shoulder", "l_shoulder"),
        "torso": ("pelvis",),
    }.items()
}
"""Name -> bones of a limb, the inner one first."""


def _moved_by() -> Bools:
    moved = np.zeros((len(MPII_16.bones), len(MPII_16.joints)), bool)
    for bone in MPII_16.outward[::-1]:
        child = CHILDREN[bone]
        moved[bone, child] = True
        moved[bone] |= moved[child == PARENTS].any(0)
    return moved


MOVED: Bools = _moved_by()
"""(15, 16) whether a joint moves with a bone: the bone's child and everything beyond it."""

MIRRORED_BONES: Ints = np.array([np.flatnonzero(MPII_16.mirrored[child] == CHILDREN)[0] for child in CHILDREN], np.intp)
"""(15,) the same bone on the other side of the body."""


def bone_index(parent: str, child: str) -> int:
    """Position of a bone by the names of its ends.

    Raises:
        InputError: There is no such bone.
    """
    try:
        return MPII_16.bones.index((parent, child))
    except ValueError:
        raise InputError(f"{MPII_16.name} has no bone from “{parent}” to “{child}”.") from None


def bone_vectors(pose: npt.ArrayLike) -> F64:
    """(..., 16, D) -> (..., 15, D), from parent to child."""
    p = _checked(pose)
    return p[..., CHILDREN, :] - p[..., PARENTS, :]


def bone_lengths(pose: npt.ArrayLike) -> F64:
    """(..., 16, D) -> (..., 15) in the pose's unit."""
    return np.asarray(np.linalg.norm(bone_vectors(pose), axis=-1), np.float64)


def symmetric(lengths: npt.ArrayLike) -> F64:
    """(..., 15) lengths with left and right replaced by their mean; an unknown (NaN) side takes the other's."""
    values = np.asarray(lengths, np.float64)
    other = values[..., MIRRORED_BONES]
    both = (values + other) / 2
    return np.where(np.isnan(both), np.where(np.isnan(values), other, values), both)


def mean_lengths(poses: npt.ArrayLike) -> F64:
    """(N, 16, 3) -> (15,) the symmetric mean body of many poses."""
    return symmetric(bone_lengths(poses).mean(0))


def from_bones(vectors: npt.ArrayLike, root: npt.ArrayLike = (0.0, 0.0, 0.0)) -> F64:
    """(..., 15, D) bones, parent to child -> (..., 16, D) pose whose thorax is at `root`."""
    v = np.asarray(vectors, np.float64)
    pose = np.einsum("bj,...bd->...jd", MOVED.astype(np.float64), v)
    return np.asarray(pose + np.asarray(root, np.float64)[..., None, : v.shape[-1]], np.float64)


def with_bone_lengths(pose: npt.ArrayLike, lengths: npt.ArrayLike) -> F64:
    """The pose with every bone's direction kept and its length replaced.

    Args:
        pose: (..., 16, 3).
        lengths: (..., 15) from 0. A bone of length zero in `pose` has no direction: it goes on as the bone before it
            does, or down the picture.
    """
    vectors = bone_vectors(pose)
    norm = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit = vectors / np.where(norm > 0, norm, 1.0)
    for bone in MPII_16.outward:
        before = np.flatnonzero(PARENTS[bone] == CHILDREN)
        onward = unit[..., before[0], :] if len(before) else np.broadcast_to((0.0, 1.0, 0.0), unit[..., 0, :].shape)
        unit[..., bone, :] = np.where(norm[..., bone, :] > 0, unit[..., bone, :], onward)
    return from_bones(unit * np.asarray(lengths, np.float64)[..., None], np.asarray(pose, np.float64)[..., ROOT, :])


def flip_depth(pose: npt.ArrayLike, bones: Iterable[int]) -> F64:
    """The pose with these bones reflected about the image plane; what hangs on them moves along, in depth alone.

    x and y stay exactly as they are, so that a weak-perspective camera sees no difference, and lengths are kept.

    Args:
        pose: (..., 16, 3).
        bones: Indices into `MPII_16.bones`.
    """
    result = _checked(pose).copy()
    z = bone_vectors(result)[..., 2]
    for bone in bones:
        result[..., MOVED[bone], 2] -= 2 * z[..., bone, None]
    return result


def rotate_bone(pose: npt.ArrayLike, bone: int, rotation: Rotation) -> F64:
    """The pose with one bone, and all that hangs on it, turned about the bone's parent joint.

    Args:
        pose: (16, 3).
        bone: Index into `MPII_16.bones`.
        rotation: In camera axes.
    """
    result = _checked(pose).copy()
    pivot = result[PARENTS[bone]].copy()
    result[MOVED[bone]] = rotation.apply(result[MOVED[bone]] - pivot) + pivot
    return result


def mirror(pose: npt.ArrayLike) -> F64:
    """The pose as a mirror shows it: x negated about the root, left and right exchanged (people have two sides)."""
    p = _checked(pose)
    root = p[..., ROOT : ROOT + 1, :]
    reflected = (p - root) * np.array([-1.0, 1.0, 1.0])[: p.shape[-1]] + root
    return np.asarray(reflected[..., MPII_16.mirrored, :], np.float64)


def swap_sides(pose: npt.ArrayLike, joints: Sequence[str] | None = None) -> F64:
    """The pose with left and right exchanged: positions stay, names change. Works on 2D joints and visibilities too.

    Args:
        pose: (..., 16, D).
        joints: Names of the joints to exchange with their other side (either side's name will do); all by default.

    Raises:
        InputError: A name is not a joint's.
    """
    p = _checked(pose)
    order = np.arange(len(MPII_16.joints))
    chosen = order if joints is None else np.array([MPII_16.index(name) for name in joints], np.intp)
    both = np.union1d(chosen, MPII_16.mirrored[chosen])
    order[both] = MPII_16.mirrored[both]
    return p[..., order, :]


def _checked(pose: npt.ArrayLike) -> F64:
    p = np.asarray(pose, np.float64)
    if p.ndim < 2 or p.shape[-2] != len(MPII_16.joints):
        raise InputError(f"A pose has {len(MPII_16.joints)} joints; got an array {p.shape}.")
    return p
