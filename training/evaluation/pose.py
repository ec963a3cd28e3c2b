"""One evaluation run of whole poses: the same people for every method, as the session would read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from engine.nets.map_net import MAP_SIZE
from engine.pose.hypotheses import Detection, Look, Origin, PoseReading
from engine.pose.maps import CROPS, WIDTHS
from engine.pose.reading import PoseMethod
from training.evaluation.portions import portions
from training.evaluation.pose_people import Person, true_maps
from training.evaluation.pose_true_maps import Regressor

Advance = Callable[[str, int, int], None]

BATCH = 8

TRUE_MAP = "true_map"
"""Name of the reading of maps that were drawn from the truth."""


@dataclass(frozen=True, eq=False)
class Measured:
    """What was read of some people.

    Args:
        people: N people.
        readings: Method -> N people, its hypotheses about each.
        seconds: Method -> wall-clock time a person.
    """

    people: tuple[Person, ...]
    readings: dict[str, PoseReading]
    seconds: dict[str, float]


def read_people(
    methods: Mapping[str, PoseMethod],
    regressor: Regressor | None,
    subjects: Iterable[tuple[Look, Person]],
    what: str,
    total: int,
    advance: Advance = lambda what, done, total: None,
) -> Measured:
    """Read people by every method.

    Args:
        methods: By name.
        regressor: Reads true maps too, under the name TRUE_MAP; None leaves them out.
        subjects: All made, or all in photos; at least one.
        what: Name for `advance`.
        total: How many people there are.
        advance: Told (what is measured, how much of it is done, how much there is).

    Raises:
        PhotoError: A photo cannot be read.
        WeightsError: A network answered with something that is not a number.
    """
    people: list[Person] = []
    parts: dict[str, list[PoseReading]] = {name: [] for name in methods}
    true_parts: list[PoseReading] = []
    seconds = dict.fromkeys(methods, 0.0)
    for some in portions(subjects, BATCH):
        for name, method in methods.items():
            start = perf_counter()
            parts[name].append(method.read_people([look for look, _ in some]))
            seconds[name] += perf_counter() - start
        known = [person for _, person in some]
        if regressor is not None:
            true_parts.append(read_true_maps(regressor, known))
        people += known
        advance(what, len(people), total)
    if true_parts:
        parts[TRUE_MAP] = true_parts
    return Measured(
        tuple(people),
        {name: PoseReading.joined(some) for name, some in parts.items()},
        {name: took / len(people) for name, took in seconds.items()},
    )


def read_true_maps(regressor: Regressor, people: list[Person]) -> PoseReading:
    """What a regressor makes of maps drawn from the truth; the joints in the picture are the true ones."""
    grid = [(width, crop) for crop in CROPS for width in WIDTHS]
    told = [regressor(true_maps(people, width, crop, MAP_SIZE)) for width, crop in grid]
    joints = np.stack([person.joints for person in people])
    seen = Detection(joints, np.stack([person.visibility > 0 for person in people]).astype(np.float64))
    origins = tuple(Origin(*place) for place in grid)
    return PoseReading(seen, np.stack([t.pose for t in told], 1), np.stack([t.sigma for t in told], 1), origins)
