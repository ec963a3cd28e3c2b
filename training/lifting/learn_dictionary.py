"""The pose dictionary from motion capture: poses aligned, thinned and coded sparsely; mean body; examples of limbs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from engine.pose.joints import MPII_16
from engine.pose.kinematics import ROOT, bone_lengths, bone_vectors, mirror, symmetric
from engine.pose.lifting.dictionary import Dictionary
from engine.pose.lifting.limb_prior import KINDS, limb_directions, trunk_frames
from engine.pose.lifting.refine import nearest_rotation
from training.data.mocap import Poses, thorax_rooted, to_camera_axes, to_mpii16
from training.data.pose_bank import PoseBank
from training.data.pose_widening import Widening
from training.lifting.sparse_coding import learn

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


class DictionaryRecipe(BaseModel):
    """How a dictionary is learned.

    `apart` is the least root mean square distance in mm between two poses that are both learned from, so that walking,
    which is most of what is recorded, does not dominate; `limb_apart` the same for directions of limbs. At most
    `recorded` poses are learned from as they were recorded, mirror images among them, and `widened` more with limbs and
    trunk turned within the limits of joints, as photos of sport need them (training.data.pose_widening).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    atoms: int = 128
    sparsity: float = 0.02
    rounds: int = 25
    apart: float = 30.0
    recorded: int = 6000
    widened: int = 3000
    limb_apart: float = 0.2
    seed: int = 0


def learn_dictionary(
    poses: Poses, recipe: DictionaryRecipe, tell: Callable[[int, float], None] = lambda round_, loss: None
) -> Dictionary:
    """Learn from all the given poses and their mirror images.

    Args:
        poses: Of the people to learn from; who is held out must not be among them.
        recipe: How.
        tell: Called with the round of the coding and its objective.
    """
    rng = np.random.default_rng(recipe.seed)
    joints = thorax_rooted(to_camera_axes(to_mpii16(poses.joints))).astype(np.float64)
    lengths, spread = mean_body(joints, poses)
    same_size = joints * (lengths.sum() / bone_lengths(joints).sum(1))[:, None, None]
    both = np.concatenate([same_size, mirror(same_size)])
    aligned, mean = align(both)
    chosen = thin(aligned.reshape(len(aligned), -1), recipe.apart * np.sqrt(len(MPII_16.joints)), rng)
    learned = aligned[chosen[: recipe.recorded]]
    if recipe.widened:
        learned = np.concatenate([learned, align(_widened(poses, recipe, lengths))[0]])
    samples = align(learned)[0].reshape(len(learned), -1)
    unit = np.sqrt((samples**2).sum(1).mean())
    atoms = learn(samples / unit, recipe.atoms, recipe.sparsity, recipe.rounds, recipe.seed, tell)
    atoms = atoms.reshape(recipe.atoms, *mean.shape)
    atoms = atoms - atoms.mean(1, keepdims=True)
    atoms /= np.sqrt((atoms**2).sum(2).mean(1))[:, None, None]
    kinds = {
        kind: limb_examples(same_size, limb, recipe.limb_apart, rng) for limb, kind in KINDS.items() if limb[0] != "l"
    }
    return Dictionary(atoms, mean - mean[ROOT], lengths, spread, kinds["arms"], kinds["legs"], kinds["head"])


def _widened(poses: Poses, recipe: DictionaryRecipe, lengths: F64) -> F64:
    """(N, 16, 3) poses varied within the limits of joints, every second one mirrored, of the mean body's size."""
    bank = PoseBank(poses, widening=Widening())
    drawn = np.stack([bank.view(number, recipe.seed).pose for number in range(recipe.widened)])
    drawn[::2] = mirror(drawn[::2])
    return np.asarray(drawn * (lengths.sum() / bone_lengths(drawn).sum(1))[:, None, None], np.float64)


def mean_body(joints: F64, poses: Poses) -> tuple[F64, F64]:
    """(15,) mm lengths of the mean person and (15,) their spread as a share; everyone counts once."""
    everyone = symmetric(
        np.stack([bone_lengths(joints[poses.subject == who]).mean(0) for who in np.unique(poses.subject)])
    )
    everyone *= (everyone.sum(1).mean() / everyone.sum(1))[:, None]
    mean = everyone.mean(0)
    return mean, everyone.std(0) / mean


def align(poses: F64, rounds: int = 5) -> tuple[F64, F64]:
    """Centre poses and turn them onto their mean (generalised Procrustes analysis without scale).

    Returns:
        (N, 16, 3) and the mean (16, 3), which is turned so that its trunk stands upright and faces the camera.
    """
    centred = poses - poses.mean(1, keepdims=True)
    mean = _upright(centred[0])
    turned = centred
    for _ in range(rounds):
        turned = centred @ nearest_rotation(np.swapaxes(centred, 1, 2) @ mean)
        mean = turned.mean(0)
    frame = trunk_frames(mean[None])[1][0]
    return np.asarray(turned @ frame.T, np.float64), np.asarray(mean @ frame.T, np.float64)


def thin(points: F64, apart: float, rng: np.random.Generator) -> Ints:
    """Indices of (N, D) points, in random order, each taken if it is farther than `apart` from all taken before."""
    order = rng.permutation(len(points))
    p = points[order].astype(np.float32)
    squares = np.einsum("ij,ij->i", p, p)
    free = np.ones(len(p), bool)
    taken = []
    for i in range(len(p)):
        if free[i]:
            taken.append(i)
            ahead = slice(i + 1, None)
            free[ahead] &= squares[ahead] + squares[i] - 2 * (p[ahead] @ p[i]) > apart**2
    return order[np.array(taken, np.intp)]


def limb_examples(poses: F64, limb: str, apart: float, rng: np.random.Generator) -> F64:
    """(M, 6) directions of a limb, of both sides where there are two, that are apart from each other."""
    sides = [limb, "l" + limb[1:]] if limb.startswith("r_") else [limb]
    frames = trunk_frames(poses)
    found = np.concatenate([limb_directions(bone_vectors(poses), frames, side) for side in sides])
    if len(sides) == 1:
        found = np.concatenate([found, found * np.tile((-1.0, 1.0, 1.0), 2)])
    return found[thin(found, apart, rng)]


def _upright(pose: F64) -> F64:
    return np.asarray(pose @ trunk_frames(pose[None])[1][0].T, np.float64)
