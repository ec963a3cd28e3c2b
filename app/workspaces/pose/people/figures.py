"""Everything that the statistics show, computed in one go in the worker's thread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.pose.project import statistics
from engine.pose.project.filtering import Measure
from engine.pose.project.statistics import ByHand, Histogram, Outlier, Progress
from engine.pose.project.summary import Summary

QUANTILES = (0.01, 0.25, 0.5, 0.75, 0.99)


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """What is known of a set.

    Args:
        progress: Counts and times.
        errors: Histogram by measure.
        bones: (5, 15) quantiles (`QUANTILES`) of a bone over the mean body's; NaN while there is no pose.
        outliers: The most unusual first.
        odd: How many people have an outlier.
        by_hand: Joints that were placed by hand.
    """

    progress: Progress
    errors: dict[Measure, Histogram]
    bones: npt.NDArray[np.float64]
    outliers: list[Outlier]
    odd: int
    by_hand: ByHand


def figures(summary: Summary) -> Figures:
    """Compute everything: tenths of a second for 25,000 people."""
    body = statistics.mean_body(summary)
    posed = body.ratio[np.isfinite(body.ratio).all(1)]
    found = statistics.outliers(body)
    return Figures(
        progress=statistics.progress(summary),
        errors={
            "relative": statistics.histogram(summary.relative),
            "pixels": statistics.histogram(summary.error),
        },
        bones=np.quantile(posed, QUANTILES, axis=0) if len(posed) else np.full((len(QUANTILES), 15), np.nan),
        outliers=found,
        odd=len({each.index for each in found}),
        by_hand=statistics.by_hand(summary),
    )
