"""One evaluation run of 2D joints: the same people in the same windows for every detector."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from engine.imaging.window import Pyramid
from engine.pose.hypotheses import Look
from engine.pose.metrics import COUNTED, PCK_GROUPS, PCKH_GROUPS, pck, pckh, rates
from training.data.people import PersonRecord
from training.evaluation.pose_detectors import Detector
from training.evaluation.pose_photos import window_of
from training.evaluation.sample import read_photo
from training.metrics.bootstrap import bootstrap_interval

F64 = npt.NDArray[np.float64]
Figures = dict[str, Any]
Advance = Callable[[str, int, int], None]

BATCH = 16


@dataclass(frozen=True, eq=False)
class Found:
    """What a detector found.

    Args:
        xy: (N, 16, 2) px of each person's photo.
        seconds: A person, the network alone.
    """

    xy: F64
    seconds: float


def detect_joints(
    detectors: Mapping[str, Detector],
    people: Sequence[PersonRecord],
    *,
    jitter: float = 0.0,
    seed: int = 0,
    advance: Advance = lambda what, done, total: None,
) -> dict[str, Found]:
    """Run every detector on every person.

    Args:
        detectors: By name.
        people: At least one.
        jitter, seed: See `window_of`.
        advance: Told (what is measured, how much of it is done, how much there is).

    Raises:
        PhotoError: A photo cannot be read.
    """
    found: dict[str, list[F64]] = {name: [] for name in detectors}
    seconds = dict.fromkeys(detectors, 0.0)
    for first in range(0, len(people), BATCH):
        some = people[first : first + BATCH]
        looks = [Look(Pyramid(read_photo(r.image).rgb8), window_of(r, jitter, seed)) for r in some]
        for name, detector in detectors.items():
            start = perf_counter()
            found[name].append(detector(looks).xy)
            seconds[name] += perf_counter() - start
        advance("joints", first + len(some), len(people))
    return {name: Found(np.concatenate(xy), seconds[name] / len(people)) for name, xy in found.items()}


def summarise_joints(found: Mapping[str, Found], people: Sequence[PersonRecord], seed: int) -> Figures:
    """`{NAME: figures of all people, "sets": {SET: figures}}`.

    Args:
        found: Of `detect_joints`.
        people: The same people.
        seed: Of the bootstrap.
    """
    models: Figures = {}
    for name, one in found.items():
        models[name] = joint_figures(one.xy, people, seed) | {"seconds": round(one.seconds, 6), "sets": {}}
        for part in sorted({record.set for record in people}):
            of_set = [i for i, record in enumerate(people) if record.set == part]
            models[name]["sets"][part] = joint_figures(one.xy[of_set], [people[i] for i in of_set], seed)
    return models


class Annotated(Protocol):
    """A person whose joints are known: in a photo of the data or a made one."""

    @property
    def joints(self) -> F64:
        """(16, 2) px, NaN where unknown."""

    @property
    def visibility(self) -> npt.NDArray[np.intp]:
        """(16,) 0 where unknown."""

    @property
    def person(self) -> str:
        """Who it is: intervals resample these."""

    @property
    def head(self) -> float | None:
        """Length that PCKh measures by, px."""


def joint_figures(xy: F64, people: Sequence[Annotated], seed: int) -> Figures:
    """PCK@0.2 and PCKh@0.5 of some people, by group of joints.

    Args:
        xy: (N, 16, 2) px of the photos.
        people: N people.
        seed: Of the intervals.

    Returns:
        `people`; `pck` and `pckh`, each a table of `rates`; `pck_interval` and `pckh_interval` of their means, 95 %
        bootstrap over people.
    """
    truth = np.stack([record.joints for record in people])
    visibility = np.stack([record.visibility for record in people])
    head = np.array([np.nan if record.head is None else record.head for record in people])
    own = [record.person for record in people]
    figures: Figures = {"people": len(people)}
    for key, interval, groups, correct in (
        ("pck", "pck_interval", PCK_GROUPS, pck(xy, truth, visibility)),
        ("pckh", "pckh_interval", PCKH_GROUPS, pckh(xy, truth, visibility, head)),
    ):
        figures[key] = {column: round(rate, 6) for column, rate in rates(correct, groups).items()}
        if "mean" in figures[key]:
            figures[interval] = [round(end, 6) for end in rate_interval(correct, own, seed)]
    return figures


def rate_interval(correct: F64, people: Sequence[str], seed: int) -> tuple[float, float]:
    """95 % bootstrap interval of the pooled rate of (N, 16) joints, resampling people.

    Args:
        correct: Of `pck` or `pckh`.
        people: N names.
        seed: Of the resampling.
    """
    counted = np.isfinite(correct) & COUNTED
    of = [person for person, row in zip(people, counted, strict=True) for _ in range(row.sum())]
    return bootstrap_interval(correct[counted], of, seed)
