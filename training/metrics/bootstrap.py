"""How sure a mean is."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt


def bootstrap_interval(
    values: npt.NDArray[np.float64],
    photos: Sequence[Hashable],
    seed: int = 0,
    resamples: int = 1000,
    level: float = 0.95,
) -> tuple[float, float]:
    """Percentile bootstrap interval of the mean, resampling photos, not objects.

    Objects in one photo share its light, sharpness and clutter; drawing them one by one would make the interval too
    narrow. A drawn photo brings all of its objects, and the mean of a resample is over objects.

    Args:
        values: (N,) figure of each object.
        photos: N photo names.
        seed: Of the resampling.
        resamples: How many.
        level: Share of the resampled means within the interval.

    Returns:
        (low, high); both equal the mean when there is only one photo.
    """
    _, member = np.unique(np.array([str(photo) for photo in photos]), return_inverse=True)
    sums, counts = np.bincount(member, values), np.bincount(member)
    drawn = np.random.default_rng(seed).integers(len(counts), size=(resamples, len(counts)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
