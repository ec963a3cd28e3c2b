"""The rows of the paper's tables: of every method's hypotheses about people the one that a row stands for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.pose.hypotheses import Origin, PoseReading
from engine.pose.maps import CROPS, SINGLE, WIDTHS
from engine.pose.metrics import mpjpe
from engine.pose.ranking import DEFAULT, RANKINGS, Ranked, rank
from training.evaluation.pose import TRUE_MAP

F64 = npt.NDArray[np.float64]

MATCHING = "matching"
"""The paper's way to choose."""


class Row(NamedTuple):
    """A pose for each of N people: (N, 16, 3) mm, and (N, 16, 2) px, that pose in the picture, NaN without a camera."""

    pose: F64
    xy: F64


def rows_of(readings: dict[str, PoseReading], truth: F64 | None) -> dict[str, Row]:
    """Rows by name, as far as the methods were read.

    Args:
        readings: Of `read_people`.
        truth: (N, 16, 3) mm, true poses; None when they are not known, and no oracle is.

    Returns:
        `pose_rgb`; `pose_single`, one map; `pose`, what the session believes; `pose_RANKING` of every ranking;
        `pose_oracle`, the hypothesis closest to the truth; `pose_ensemble` and `pose_ensemble_oracle`; `true_map`, one
        true map, and `true_map_matching`, the best match of them all.
    """
    rows: dict[str, Row] = {}
    for name, reading in readings.items():
        if name == "pose":
            rows["pose_single"] = chosen(rank(single(reading), MATCHING))
            rows |= {f"pose_{how}": chosen(rank(reading, how)) for how in RANKINGS}
            rows["pose"] = rows[f"pose_{DEFAULT}"]
        elif name == TRUE_MAP:
            rows[TRUE_MAP] = chosen(rank(single(reading), MATCHING))
            rows[f"{TRUE_MAP}_{MATCHING}"] = chosen(rank(reading, MATCHING))
        else:
            rows[name] = chosen(rank(reading, MATCHING))
        if truth is not None and reading.pose.shape[1] > 1 and name != TRUE_MAP:
            rows[f"{name}_oracle"] = oracle(reading, truth)
    return rows


def chosen(ranked: Ranked) -> Row:
    """What is believed."""
    n, best = np.arange(len(ranked.reading)), ranked.best()
    return Row(ranked.reading.pose[n, best], ranked.match.xy[n, best])


def oracle(reading: PoseReading, truth: F64) -> Row:
    """The hypotheses closest to the truth, thorax as root."""
    errors = mpjpe(reading.pose, np.broadcast_to(truth[:, None], reading.pose.shape))
    n, best = np.arange(len(reading)), errors.argmin(1)
    return Row(reading.pose[n, best], rank(reading, MATCHING).match.xy[n, best])


def single(reading: PoseReading) -> PoseReading:
    """The hypothesis of the single map alone."""
    return reading.only([reading.origins.index(Origin(*SINGLE))])


def subsets(reading: PoseReading) -> Iterator[tuple[str, PoseReading]]:
    """Fewer hypotheses: ("WxC", those of W stick widths and C crops), from one map to all.

    Widths join by how close they are to the single one, crops as listed.
    """
    widths = sorted(WIDTHS, key=lambda width: (abs(width - SINGLE[0]), -width))
    crops = sorted(CROPS, key=lambda crop: (abs(crop - SINGLE[1]), crop))
    sizes = [(w, 1) for w in range(1, len(widths) + 1)] + [(1, c) for c in range(2, len(crops) + 1)]
    sizes += [(len(widths), c) for c in range(2, len(crops) + 1)]
    for w, c in sizes:
        kept = [i for i, o in enumerate(reading.origins) if o.width in widths[:w] and o.crop in crops[:c]]
        yield f"{w}x{c}", reading.only(kept)
