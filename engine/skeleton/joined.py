"""Several readings of one picture made one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.skeleton.reading import Reading


def likeliest(readings: Sequence[Reading]) -> Reading:
    """Readings of different objects: at every pixel what the one says that is surest of a skeleton there."""
    if len(readings) == 1:
        return readings[0]
    diameter, kind = _of_the_surest(readings)
    return Reading(
        np.max([r.probability for r in readings], axis=0), diameter, kind, np.max([r.sides for r in readings], axis=0)
    )


def agreed(readings: Sequence[Reading]) -> Reading:
    """Readings of the same object: the mean of the probabilities, diameter and type of the surest at every pixel."""
    diameter, kind = _of_the_surest(readings)
    probability, sides = (
        np.asarray(np.mean(maps, axis=0), np.float32)
        for maps in ([r.probability for r in readings], [r.sides for r in readings])
    )
    return Reading(probability, diameter, kind, sides)


def _of_the_surest(readings: Sequence[Reading]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    best = np.stack([r.probability for r in readings]).argmax(0)[None]

    def chosen(maps: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
        return np.asarray(np.take_along_axis(np.stack(maps), best, 0)[0])

    return chosen([r.diameter for r in readings]), chosen([r.kind for r in readings])
