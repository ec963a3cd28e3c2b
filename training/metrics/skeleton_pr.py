"""Precision and recall of skeletons pooled over pictures: the F-measures ODS and OIS.

Protocol of the skeleton papers (Shen et al. 2016 and 2017; their tool follows the BSDS benchmark): counts are pooled.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

from engine.skeleton.precision_recall import Counts, f_measure

Ints = npt.NDArray[np.int64]


def pooled(counts: Sequence[Counts]) -> Counts:
    """The sum over pictures; at least one."""
    names = ("matched", "predicted", "truth", "relative", "absolute")
    return Counts(*(np.sum([getattr(c, name) for c in counts], axis=0) for name in names))


def ods(counts: Sequence[Counts]) -> tuple[float, int]:
    """Best F of the pooled counts with one threshold for all pictures, and the index of that threshold."""
    f = pooled(counts).f
    best = int(f.argmax())
    return float(f[best]), best


def ois(counts: Sequence[Counts]) -> float:
    """F of the counts pooled with each picture at its own best threshold (the lowest of equals), as in the tool."""
    at = [int(c.f.argmax()) for c in counts]
    sums = [sum(int(values[best]) for values, best in zip(column, at, strict=True)) for column in _columns(counts)]
    return float(f_measure(*(np.array(value) for value in sums)))


def ods_interval(
    counts: Sequence[Counts], photos: Sequence[Hashable], seed: int = 0, resamples: int = 1000, level: float = 0.95
) -> tuple[float, float]:
    """Percentile bootstrap interval of ODS, resampling photos; each resample has its own best threshold.

    Args:
        counts: Of N pictures.
        photos: N names; a drawn photo brings all pictures cut from it.
        seed: Of the resampling.
        resamples: How many.
        level: Share of the resampled figures within the interval.
    """
    _, member = np.unique(np.array([str(photo) for photo in photos]), return_inverse=True)
    size = int(member.max()) + 1
    sums = []
    for column in _columns(counts):
        of_photo = np.zeros((size, len(column[0])))
        np.add.at(of_photo, member, np.array(column))
        sums.append(of_photo)
    drawn = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), resamples).astype(np.float64)
    best = f_measure(*(drawn @ part for part in sums)).max(axis=1)
    low, high = np.quantile(best, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _columns(counts: Sequence[Counts]) -> tuple[list[Ints], list[Ints], list[Ints]]:
    return [c.matched for c in counts], [c.predicted for c in counts], [c.truth for c in counts]
