"""Which hypothesis to believe.

The paper takes the one whose projection is closest to the joints that the detector sees, and finds that the best of its
hypotheses is far better than the one it takes. Beside its way stand others; `evaluate pose` measures them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.pose.hypotheses import NO_MAP, Detection, PoseReading
from engine.pose.joints import MPII_16
from engine.pose.matching import Match, match, sure
from engine.registry import named

F64 = npt.NDArray[np.float64]

ROOT = MPII_16.index(MPII_16.root)
_OTHERS = [i for i in range(len(MPII_16.joints)) if i != ROOT]

DETECTOR = 30.0
"""Millimetres that the detector is expected to be off at a joint it is wholly sure of; chosen on training people."""

FARTHEST = 1.5
"""Expected errors by which a joint moves at most: a detection farther off is more likely wrong than the pose."""


class Ranked(NamedTuple):
    """Hypotheses with what is thought of them.

    Attributes:
        reading: As it was, or with one more hypothesis that comes from the others.
        match: Of all its hypotheses.
        score: (N, K), higher is better; minus infinity without a camera.
    """

    reading: PoseReading
    match: Match
    score: F64

    def best(self) -> npt.NDArray[np.intp]:
        """(N,) the hypothesis to believe; the first if none has a camera."""
        return np.asarray(self.score.argmax(1), np.intp)


def _by_matching(reading: PoseReading) -> Ranked:
    """The paper's: the smallest reprojection error."""
    found = match(reading.pose, reading.seen)
    return Ranked(reading, found, -found.error)


def _by_likelihood(reading: PoseReading) -> Ranked:
    """How likely it is that the detector sees what it sees, if a hypothesis were true, in nats.

    Each joint is off by a distance of Laplace spread, which the regressor's and the detector's expectations make
    together: far off is unlikely, and so is much doubt.
    """
    found = match(reading.pose, reading.seen)
    has_camera = np.isfinite(found.scale)
    beside = np.nan_to_num(found.distance / np.where(has_camera, found.scale, 1.0)[..., None])
    expected = np.hypot(reading.sigma, DETECTOR)
    nats = reading.seen.confidence[:, None] * beside / expected + np.log(expected)
    return Ranked(reading, found, np.where(has_camera, -nats[..., _OTHERS].sum(-1), -np.inf))


def _by_consensus(reading: PoseReading) -> Ranked:
    """Every hypothesis by its likelihood, and their mean; that one is believed, whatever the detector sees."""
    return _believing_the_last(_with_one_more(reading, *weighted_mean(reading)))


def _by_fusion(reading: PoseReading) -> Ranked:
    """Every hypothesis by its likelihood, and what all of them and the detector say together; that one is believed."""
    return _believing_the_last(with_fused(reading))


def _believing_the_last(reading: PoseReading) -> Ranked:
    ranked = _by_likelihood(reading)
    ranked.score[:, -1] = np.where(np.isfinite(ranked.match.scale[:, -1]), ranked.score.max(1) + 1.0, -np.inf)
    return ranked


_RANKINGS: dict[str, Callable[[PoseReading], Ranked]] = {
    "matching": _by_matching,
    "likelihood": _by_likelihood,
    "consensus": _by_consensus,
    "fusion": _by_fusion,
}

RANKINGS = tuple(_RANKINGS)
"""Names that `rank` knows."""

DEFAULT = "fusion"


def rank(reading: PoseReading, how: str = DEFAULT) -> Ranked:
    """Match the hypotheses about every person and rank them.

    Args:
        reading: Of a PoseMethod.
        how: One of RANKINGS.

    Raises:
        InputError: The name is unknown.
    """
    return named(_RANKINGS, how, "ranking")(reading)


def weighted_mean(reading: PoseReading) -> tuple[F64, F64]:
    """What the hypotheses say together.

    Returns:
        (N, 16, 3) mm, their mean, weighted by how likely each is and at each joint by its precision, and (N, 16) mm
        expected error. The hypotheses see the same picture and err together, so that many are no surer than one.
    """
    score = _by_likelihood(reading).score
    # Without any camera all are as likely.
    relative = np.where(np.isfinite(score.max(1, keepdims=True)), score, 0.0)
    likely = np.exp(relative - relative.max(1, keepdims=True))
    weight = likely[..., None] / np.maximum(reading.sigma, 1e-3) ** 2
    total = weight.sum(1)
    mean = (weight[..., None] * reading.pose).sum(1) / total[..., None]
    return mean - mean[:, ROOT : ROOT + 1], np.sqrt(likely.sum(1)[:, None] / total)


def with_fused(reading: PoseReading) -> PoseReading:
    """The reading with one more hypothesis: the mean of all, its joints moved towards where the detector sees them.

    Across the view that is the posterior of two Gaussian measurements, as far as a joint may move; depth stays.
    """
    mean, sigma = weighted_mean(reading)
    return _with_one_more(reading, _towards(mean, sigma, reading.seen), sigma)


def _with_one_more(reading: PoseReading, pose: F64, sigma: F64) -> PoseReading:
    return replace(
        reading,
        pose=np.concatenate([reading.pose, pose[:, None]], 1),
        sigma=np.concatenate([reading.sigma, sigma[:, None]], 1),
        origins=(*reading.origins, NO_MAP),
    )


def _towards(pose: F64, sigma: F64, seen: Detection) -> F64:
    found = match(pose[:, None], seen)
    scale, shift = found.scale, found.shift
    known = sure(seen) & np.isfinite(scale)
    there = (seen.xy - shift) / np.where(np.isfinite(scale), scale, 1.0)[..., None]
    trust = np.where(known, (seen.confidence / DETECTOR) ** 2, 0.0)
    own = 1 / np.maximum(sigma, 1e-3) ** 2
    share = (trust / (trust + own))[..., None]
    step = np.where(known[..., None], share * (there - pose[..., :2]), 0.0)
    length = np.linalg.norm(step, axis=-1, keepdims=True)
    step *= np.minimum(1.0, FARTHEST * sigma[..., None] / np.maximum(length, 1e-9))
    moved = pose.copy()
    moved[..., :2] += step
    return np.asarray(moved - moved[:, ROOT : ROOT + 1])
