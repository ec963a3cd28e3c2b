"""Which limbs may as well be reflected about the image plane: 2D joints do not tell which way a limb points in depth.

A weak-perspective camera sees no difference, so limits of joints and the density of limbs in motion capture choose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.pose.joints import MPII_16
from engine.pose.kinematics import LIMBS, bone_vectors, from_bones
from engine.pose.lifting.dictionary import Dictionary
from engine.pose.lifting.limb_prior import KINDS, SIGNS, flip_scores
from engine.pose.limits import excess

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Int8s = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class FlipSettings:
    """How flips are weighed.

    Args:
        stay: Log odds that the fitted depth of a bone is right, before the limb is looked at.
        limit: Log odds lost for each degree beyond a limit of a joint.
        flat: Depth of a bone, as a share of its length, under which its flip is the same pose.
    """

    stay: float = 0.25
    limit: float = 0.1
    flat: float = 0.15


@dataclass(frozen=True, slots=True)
class Flips:
    """Poses that explain the 2D joints equally well, most probable first.

    Args:
        signs: (N, H, 15) +1 where a bone is as in the pose that was given, −1 where its depth is reflected.
        probability: (N, H) among all flips of limbs, as the prior has it; 0 marks a place that holds no pose.
        sure: (N, 15) probability of the most probable pose's sign of each bone.
    """

    signs: Int8s
    probability: F64
    sure: F64

    def poses(self, pose: F64, rank: int) -> F64:
        """(N, 16, 3) given -> (N, 16, 3), the poses of this rank. x and y are kept exactly."""
        return with_signs(pose, self.signs[:, rank])


def with_signs(pose: F64, signs: Int8s | Ints) -> F64:
    """(N, 16, 3), (N, 15) -> the poses with the depth of every bone multiplied by its sign."""
    v = bone_vectors(pose)
    v[..., 2] *= signs
    flipped = pose.copy()
    flipped[..., 2] = from_bones(v[..., 2:], pose[:, MPII_16.index(MPII_16.root), 2:])[..., 0]
    return flipped


def rank_flips(pose: F64, dictionary: Dictionary, count: int, settings: FlipSettings) -> Flips:
    """Rank the flips of every limb's bones; those of different limbs are independent given the trunk.

    Args:
        pose: (N, 16, 3) mm.
        dictionary: Has the examples of limbs.
        count: H, how many poses to tell.
        settings: How.
    """
    vectors = bone_vectors(pose)
    n, flips = len(pose), len(SIGNS)
    logs = {limb: _limb_scores(vectors, pose, limb, dictionary, settings) for limb in KINDS}
    chance = {limb: _softmax(score) for limb, score in logs.items()}
    signs = np.ones((n, count, len(MPII_16.bones)), np.int8)
    probability = np.zeros((n, count))
    # The best few of a product of independent choices: extend the best few of the limbs so far.
    best, chosen = np.ones((n, 1)), np.zeros((n, 1, 0), np.intp)
    for limb in KINDS:
        grown = (best[:, :, None] * chance[limb][:, None]).reshape(n, best.shape[1] * flips)
        order = np.argsort(-grown, 1, kind="stable")[:, :count]
        best = np.take_along_axis(grown, order, 1)
        before = np.take_along_axis(chosen, (order // flips)[..., None], 1)
        chosen = np.concatenate([before, (order % flips)[..., None]], 2)
    for i, limb in enumerate(KINDS):
        signs[:, : best.shape[1], list(LIMBS[limb])] = SIGNS[chosen[..., i]]
    probability[:, : best.shape[1]] = best
    sure = np.ones((n, len(MPII_16.bones)))
    for limb in KINDS:
        for place, bone in enumerate(LIMBS[limb]):
            same = SIGNS[None, :, place] == signs[:, 0, bone, None]
            sure[:, bone] = (chance[limb] * same).sum(1)
    flat = np.abs(vectors[..., 2]) < settings.flat * np.linalg.norm(vectors, axis=-1)
    return Flips(signs, probability, np.where(flat, 1.0, sure))


def _limb_scores(vectors: F64, pose: F64, limb: str, dictionary: Dictionary, settings: FlipSettings) -> F64:
    """(N, 4) log of how probable each flip of a limb is; −∞ for one that is the same pose as another."""
    bones = list(LIMBS[limb])
    score = flip_scores(vectors, pose, limb, dictionary) + settings.stay * (SIGNS > 0).sum(1)
    for i, signs in enumerate(SIGNS):
        all_signs = np.ones((len(pose), len(MPII_16.bones)), np.intp)
        all_signs[:, bones] = signs
        score[:, i] -= settings.limit * excess(with_signs(pose, all_signs)).sum(1)
    flat = np.abs(vectors[:, bones, 2]) < settings.flat * np.linalg.norm(vectors[:, bones], axis=-1)
    same = (flat[:, None] & (SIGNS < 0)).any(-1)
    return np.where(same, -np.inf, score)


def _softmax(score: F64) -> F64:
    weight = np.exp(score - score.max(1, keepdims=True))
    return np.asarray(weight / weight.sum(1, keepdims=True), np.float64)
