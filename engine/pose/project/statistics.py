"""How far a project is, how well its poses fit, and which bones are of an unusual length."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.pose.kinematics import MIRRORED_BONES, symmetric
from engine.pose.project.filtering import Ints
from engine.pose.project.summary import F64, Summary

FEWEST = 3
"""Reviewed people whose time is known, before anything is said of the time that is left."""
UNUSUAL = 5.0
"""z-score from which a bone counts as an outlier: 82 of MPII's 2,958 validation people, lifted, have one (163 at 4)."""
LEAST_SPREAD = 0.03
"""Of a bone's log length: bones that differ by less are not told apart, however alike all the others are."""
SAME = 1e-3
"""Sides whose lengths differ by less than this share are equally long."""
_SIGMA = 1.4826  # standard deviation over median absolute deviation, of normal values


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work is.

    Args:
        people: All of them.
        reviewed: Somebody has said that they are right.
        changed: Edited, and not reviewed.
        to_do: Neither.
        flagged: Whatever else they are.
        posed: Those with a pose.
        seconds: Time spent, all together.
        median: Seconds spent on the median reviewed person; NaN while the time of fewer than `FEWEST` is known.
        left: Seconds until all are reviewed at that pace; NaN with `median`.
    """

    people: int
    reviewed: int
    changed: int
    to_do: int
    flagged: int
    posed: int
    seconds: float
    median: float
    left: float

    @property
    def share(self) -> float:
        """Reviewed people over all, 0 when there is nobody."""
        return self.reviewed / self.people if self.people else 0.0


def progress(summary: Summary) -> Progress:
    """Counts and times."""
    people, reviewed = len(summary), int(summary.reviewed.sum())
    times = summary.seconds[summary.reviewed & (summary.seconds > 0)]
    median = float(np.median(times)) if len(times) >= FEWEST else math.nan
    return Progress(
        people=people,
        reviewed=reviewed,
        changed=int((summary.changed & ~summary.reviewed).sum()),
        to_do=int(summary.to_do.sum()),
        flagged=int(summary.flagged.sum()),
        posed=int(np.isfinite(summary.bones).any(1).sum()),
        seconds=float(summary.seconds.sum()),
        median=median,
        left=median * (people - reviewed),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Numbers of values between edges.

    Args:
        edges: (B + 1,) ascending; the last is infinite, because the last bin takes all that is larger.
        counts: (B,) values from an edge up to but without the next.
        unknown: How many values are NaN.
        median: Of the others; NaN when there is none.
    """

    edges: F64
    counts: Ints
    unknown: int
    median: float


def histogram(values: npt.ArrayLike, bins: int = 20) -> Histogram:
    """Count errors in bins of a round width.

    Args:
        values: (N,) from 0, NaN where unknown.
        bins: About how many; the last but one ends near the 99th percentile.
    """
    v = np.asarray(values, np.float64)
    known = v[np.isfinite(v)]
    if not len(known):
        return Histogram(np.array([0.0, math.inf]), np.zeros(1, np.intp), len(v), math.nan)
    reach = float(np.percentile(known, 99))
    step = _round_step(reach / max(bins - 1, 1)) if reach > 0 else 1.0
    inner = step * np.arange(max(math.ceil(reach / step), 1) + 1)
    at = np.minimum(np.searchsorted(inner, known, "right") - 1, len(inner) - 1)
    counts = np.bincount(at, minlength=len(inner)).astype(np.intp)
    return Histogram(np.append(inner, math.inf), counts, len(v) - len(known), float(np.median(known)))


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """The project's mean body, robust against wrong ones, and how far everybody's bones are from it.

    Lengths are compared without scale: a person's size is the median of their bones over the body's.

    Args:
        lengths: (15,) mm, left and right the same; NaN when nobody has a pose.
        spread: (15,) robust standard deviation of the bones' log length.
        ratio: (N, 15) a person's bone over what the body, at the person's size, has; NaN without a pose.
        z: (N, 15) log of that over the spread.
        sides: (N, 15) a bone over the same bone on the other side; 1 for bones without one.
        sides_z: (N, 15) log of that over its own robust standard deviation.
    """

    lengths: F64
    spread: F64
    ratio: F64
    z: F64
    sides: F64
    sides_z: F64


def mean_body(summary: Summary, rounds: int = 4) -> Body:
    """The median body by median polish of log lengths: what is common to a person, and what is common to a bone.

    Args:
        summary: Of the project.
        rounds: Turns of the polish.
    """
    everybody = summary.bones
    logs = everybody[np.isfinite(everybody).any(1)]
    if not len(logs):
        nothing, nobody = np.full(15, np.nan), np.full(everybody.shape, np.nan)
        return Body(nothing, nothing, nobody, nobody, nobody, nobody)
    body = symmetric(_median(logs, 0))
    for _ in range(rounds):
        size = _median(logs - body, 1)
        body = symmetric(_median(logs - size[:, None], 0))
    away = everybody - body
    away -= _median(away, 1)[:, None]
    spread = _spread(away)
    apart = everybody - everybody[:, MIRRORED_BONES]
    sides_spread = _spread(apart)
    return Body(
        np.exp(body + np.median(size)), spread, np.exp(away), away / spread, np.exp(apart), apart / sides_spread
    )


@dataclass(frozen=True, slots=True)
class Outlier:
    """A bone of an unusual length.

    Args:
        index: Of the person in the project.
        bone: Index into `MPII_16.bones`.
        z: Robust z-score of the bone's log length; positive is too long.
        ratio: The bone's length over the expected one.
        against: What it was compared with: the mean "body", or the "other side".
        both: The same bone of the other side is as unusual, and as long; it is not told again.
    """

    index: int
    bone: int
    z: float
    ratio: float
    against: Literal["body", "other side"] = "body"
    both: bool = False


def outliers(body: Body, *, unusual: float = UNUSUAL) -> list[Outlier]:
    """Bones that are too long or too short, the most unusual first.

    Of two sides that differ the one is told that is further from the mean body, and only when it does not count as an
    outlier by that already. Sides that are equally long are told once: lifting makes them so.

    Args:
        body: Of the project.
        unusual: Least |z|.
    """
    far = np.abs(np.nan_to_num(body.z))
    other = far[:, MIRRORED_BONES]
    first = np.arange(15) < MIRRORED_BONES  # when both sides are as far, which of them is told does not matter
    alone = far >= unusual
    both = alone & alone[:, MIRRORED_BONES] & (np.abs(body.sides - 1) < SAME) & (np.arange(15) != MIRRORED_BONES)
    told = (far > other) | ((far == other) & first)
    apart = (np.abs(np.nan_to_num(body.sides_z)) >= unusual) & told & ~alone & (other < unusual)
    alone &= ~both | first
    found = [
        Outlier(int(i), int(b), float(body.z[i, b]), float(body.ratio[i, b]), both=bool(both[i, b]))
        for i, b in zip(*np.nonzero(alone), strict=True)
    ] + [
        Outlier(int(i), int(b), float(body.sides_z[i, b]), float(body.sides[i, b]), "other side")
        for i, b in zip(*np.nonzero(apart), strict=True)
    ]
    return sorted(found, key=lambda each: -abs(each.z))


@dataclass(frozen=True, slots=True, eq=False)
class ByHand:
    """What was done by hand.

    Args:
        people: (17,) people by how many joints were placed in space: 0, 1, … 16.
        pose: (16,) how often each joint was placed in space.
        picture: (16,) how often each joint was placed in the picture.
        joints: (N,) joints of each person that were placed in space or in the picture.
    """

    people: Ints
    pose: Ints
    picture: Ints
    joints: Ints


def by_hand(summary: Summary) -> ByHand:
    """Count the joints that were placed by hand."""
    return ByHand(
        np.bincount(summary.pose_edits.sum(1), minlength=17).astype(np.intp),
        summary.pose_edits.sum(0).astype(np.intp),
        summary.picture_edits.sum(0).astype(np.intp),
        (summary.pose_edits | summary.picture_edits).sum(1).astype(np.intp),
    )


def _median(values: F64, axis: int) -> F64:
    """The median of what is known (NaN where nothing is); many times faster than numpy's for a short axis."""
    ordered = np.sort(values, axis)  # NaN goes last
    count = np.isfinite(ordered).sum(axis, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis)
    high = np.take_along_axis(ordered, np.minimum(count // 2, values.shape[axis] - 1), axis)
    return np.asarray(np.where(count > 0, (low + high) / 2, np.nan).squeeze(axis), np.float64)


def _spread(away: F64) -> F64:
    """(15,) robust standard deviation of (N, 15) about zero."""
    return np.maximum(_SIGMA * np.nan_to_num(_median(np.abs(away), 0)), LEAST_SPREAD)


def _round_step(step: float) -> float:
    """1, 2, 2.5 or 5 times a power of ten, the nearest above."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * f for f in (1.0, 2.0, 2.5, 5.0, 10.0) if power * f >= step * (1 - 1e-9))
