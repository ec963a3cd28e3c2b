"""How limbs are usually held: the density of their bones' directions in motion capture, in the frame of the trunk."""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt

from engine.pose.joints import MPII_16
from engine.pose.kinematics import LIMBS
from engine.pose.lifting.dictionary import Dictionary

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

KINDS: dict[str, str] = {"r_arm": "arms", "l_arm": "arms", "r_leg": "legs", "l_leg": "legs", "head": "head"}
"""Limb -> which examples of the dictionary it is compared with."""

SIGNS: Ints = np.array(list(product((1, -1), (1, -1))), np.intp)
"""(4, 2) a limb's depth flips: inner bone, outer bone. The first leaves it as it is."""

BANDWIDTH = 0.25
"""Standard deviation of the kernel, in the units of two unit vectors side by side."""

_AT = MPII_16.index


def trunk_frames(pose: F64) -> tuple[F64, F64]:
    """(N, 16, 3) -> chest and pelvis, (N, 3, 3) each, rows: right to left, down, out of the back."""
    down = _unit(pose[:, _AT("pelvis")] - pose[:, _AT("thorax")])

    def frame(right: str, left: str) -> F64:
        across = pose[:, _AT(left)] - pose[:, _AT(right)]
        across = _unit(across - down * (across * down).sum(-1, keepdims=True))
        return np.stack([across, down, np.cross(across, down)], 1)

    return frame("r_shoulder", "l_shoulder"), frame("r_hip", "l_hip")


def limb_directions(vectors: F64, frames: tuple[F64, F64], limb: str) -> F64:
    """Directions of a limb's bones in the frame it hangs on; those of left limbs as the mirrored right.

    Args:
        vectors: (N, 15, 3) bones.
        frames: As `trunk_frames` gives.
        limb: A key of KINDS.

    Returns:
        (N, 6).
    """
    frame = frames[1] if limb.endswith("leg") else frames[0]
    own = np.einsum("nij,nbj->nbi", frame, _unit(vectors[:, list(LIMBS[limb])]))
    return np.asarray(own * (-1 if limb.startswith("l_") else 1, 1, 1), np.float64).reshape(-1, 6)


def log_density(directions: F64, examples: F64) -> F64:
    """(N, 6), (M, 6) -> (N,) log of the kernel density, up to a constant."""
    distance = (directions**2).sum(1)[:, None] + (examples**2).sum(1) - 2 * directions @ examples.T
    nearest = distance.min(1)
    rest = np.exp(-(distance - nearest[:, None]) / (2 * BANDWIDTH**2)).sum(1)
    return np.asarray(-nearest / (2 * BANDWIDTH**2) + np.log(rest), np.float64)


def flip_scores(vectors: F64, pose: F64, limb: str, dictionary: Dictionary) -> F64:
    """(N, 4) log density of a limb under each of `SIGNS`.

    Args:
        vectors: (N, 15, 3) bones of `pose`.
        pose: (N, 16, 3).
        limb: A key of KINDS.
        dictionary: Has the examples.
    """
    frames = trunk_frames(pose)
    examples = getattr(dictionary, KINDS[limb])
    scores = []
    for signs in SIGNS:
        flipped = vectors.copy()
        flipped[:, list(LIMBS[limb]), 2] *= signs
        scores.append(log_density(limb_directions(flipped, frames, limb), examples))
    return np.stack(scores, 1)


def _unit(v: F64) -> F64:
    return np.asarray(v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9), np.float64)
