"""A fitted shape as a body: symmetric bones of plausible length, in millimetres of the mean body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.pose.kinematics import CHILDREN, PARENTS, bone_lengths, symmetric
from engine.pose.lifting.dictionary import Dictionary

F64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BodySettings:
    """How much the photo, the dictionary and the body are each believed; standard deviations in mm.

    Args:
        seen: Of a joint's place across the view.
        shape: Of the fitted shape across the view.
        depth: Of the fitted shape along the view.
        bone: Of a bone's length.
        personal: Share of the fitted shape in a bone's length; the rest is the mean body's.
        widest: Longest bone in standard deviations over the mean body's; the shortest is as far below.
        rounds: Gauss-Newton steps.
        fits: How often the camera is fitted to the body and the body to what the camera saw.
    """

    seen: float = 20.0
    shape: float = 100.0
    depth: float = 40.0
    bone: float = 20.0
    personal: float = 0.5
    widest: float = 2.0
    rounds: int = 10
    fits: int = 3


def plausible_lengths(pose: F64, dictionary: Dictionary, settings: BodySettings) -> F64:
    """(N, 16, 3) -> (N, 15) mm: symmetric lengths between the pose's own and the mean body's, with its sum."""
    own = symmetric(bone_lengths(pose))
    total = dictionary.lengths.sum()
    own = own * (total / np.maximum(own.sum(1, keepdims=True), 1e-9))
    room = settings.widest * dictionary.spread
    blend = settings.personal * own + (1 - settings.personal) * dictionary.lengths
    lengths = np.clip(blend, dictionary.lengths * (1 - room), dictionary.lengths * (1 + room))
    return np.asarray(lengths * (total / lengths.sum(1, keepdims=True)), np.float64)


def fit_body(pose: F64, seen: F64, weights: F64, lengths: F64, settings: BodySettings) -> F64:
    """Most probable joints given the fitted shape, the joints seen and the lengths of bones, all Gaussian.

    Args:
        pose: (N, 16, 3) mm, the shape fitted to `seen`.
        seen: (N, 16, 2) mm across the view, in the pose's axes; finite.
        weights: (N, 16) of `seen`.
        lengths: (N, 15) mm.
        settings: How.

    Returns:
        (N, 16, 3) mm; lengths are nearly those wished for.
    """
    n, joints, _ = pose.shape
    bones = np.arange(len(CHILDREN))
    trust = np.empty_like(pose)
    trust[..., :2] = 1 / settings.shape**2 + weights[..., None] / settings.seen**2
    trust[..., 2] = 1 / settings.depth**2
    prior = pose.copy()
    prior[..., :2] = (pose[..., :2] / settings.shape**2 + weights[..., None] * seen / settings.seen**2) / trust[..., :2]
    prior, trust = prior.reshape(n, -1), trust.reshape(n, -1)
    x = prior
    for _ in range(settings.rounds):
        p = x.reshape(n, joints, 3)
        v = p[:, CHILDREN] - p[:, PARENTS]
        unit = v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1.0)
        ends = np.zeros((n, len(bones), joints, 3))
        ends[:, bones, CHILDREN], ends[:, bones, PARENTS] = unit, -unit
        slope = ends.reshape(n, len(bones), -1)
        # Linear in the bones' directions: a Gaussian's mean given 15 lengths (slope · x is the length).
        gram = (slope / trust[:, None]) @ np.swapaxes(slope, 1, 2) + settings.bone**2 * np.eye(len(bones))
        wrong = lengths - (slope @ prior[..., None])[..., 0]
        pull = np.linalg.solve(gram, wrong[..., None])
        x = prior + (np.swapaxes(slope, 1, 2) @ pull)[..., 0] / trust
    return np.asarray(x.reshape(n, joints, 3), np.float64)
