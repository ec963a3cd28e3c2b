"""Precision and recall of one skeleton picture over thresholds.

Protocol of the skeleton papers (Shen et al. 2016 and 2017; their tool follows the BSDS benchmark): a suppressed map is
cut at each threshold, thinned, freed of isolated pixels, and matched one to one with the thinned truth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.skeleton.matching import match, neighbours, tolerance_of
from engine.skeleton.thinning import thinned, without_isolated

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int64] | npt.NDArray[np.float64]

_STACK = 2**25
"""Most pixels of the maps that are thinned together: bounds the memory."""


@dataclass(frozen=True, eq=False)
class Counts:
    """Pixels at each of T thresholds, of one picture or pooled over several.

    Args:
        matched: (T,) int64 pairs of a detected and a true pixel.
        predicted: (T,) int64 detected pixels that count: all but the unmatched ones in ignored places.
        truth: (T,) int64 true pixels, the same at every threshold.
        relative: (T,) float64 sum over the pairs of |detected - true| / true diameter.
        absolute: (T,) float64 the same in pixels, not divided.
    """

    matched: Ints
    predicted: Ints
    truth: Ints
    relative: F64
    absolute: F64

    @property
    def precision(self) -> F64:
        """(T,) share of the detected pixels that are right; 0 when nothing is detected."""
        return self.matched / np.maximum(self.predicted, 1)

    @property
    def recall(self) -> F64:
        """(T,) share of the true pixels that are found; 0 when there is none."""
        return self.matched / np.maximum(self.truth, 1)

    @property
    def f(self) -> F64:
        """(T,) harmonic mean of precision and recall; 0 when nothing is right."""
        return f_measure(self.matched, self.predicted, self.truth)


def thresholds_of(count: int) -> F64:
    """(count,) evenly spaced thresholds k / (count + 1), as the tool has them."""
    return np.arange(1, count + 1) / (count + 1)


def count_pixels(
    suppressed: F32,
    truth: Bools,
    thresholds: F64,
    *,
    ignored: Bools | None = None,
    diameters: tuple[F32, F32] | None = None,
) -> Counts:
    """Match one picture at every threshold.

    Args:
        suppressed: (H, W) float32 in [0, 1], probability on the crests, 0 elsewhere.
        truth: (H, W) bool true skeleton, thinned here.
        thresholds: (T,) ascending, above 0; a pixel is detected when its value is at least the threshold.
        ignored: (H, W) bool: an unmatched detection there counts neither way, a matched one counts.
        diameters: (H, W) float32 detected and true diameter in pixels, to sum the errors of the matched pixels.
    """
    true = np.argwhere(thinned(truth[None])[0])
    # Of each pixel, how many thresholds it reaches: maps between two neighbouring values are the same.
    level = np.searchsorted(thresholds, suppressed, side="right")
    pixels = np.argwhere(level > 0)
    size = len(thresholds)
    counts = Counts(
        matched=np.zeros(size, np.int64),
        predicted=np.zeros(size, np.int64),
        truth=np.full(size, len(true), np.int64),
        relative=np.zeros(size),
        absolute=np.zeros(size),
    )
    if not len(pixels):
        return counts
    pairs = neighbours(pixels, true, tolerance_of(*suppressed.shape))
    reachable = np.diff(pairs.indptr) > 0
    free = np.ones(len(pixels), np.bool_) if ignored is None else ~ignored[tuple(pixels.T)]
    found, wanted = (
        (d[tuple(at.T)] for d, at in zip(diameters, (pixels, true), strict=True)) if diameters else (None, None)
    )
    distinct, maps = _thin_maps(level, pixels)
    for lowest, highest, rows in zip((0, *distinct[:-1]), distinct, maps, strict=True):
        same = slice(lowest, highest)
        of_pair, column = match(pairs[rows[reachable[rows]]])
        row = rows[reachable[rows]][of_pair]
        counted = free[rows]
        sure = rows[counted & reachable[rows]]
        # A matching of the counted pixels can always be extended to one of all: these are the unmatched among them.
        wrong = int(counted.sum()) - (len(row) if len(sure) == reachable[rows].sum() else len(match(pairs[sure])[0]))
        counts.matched[same] = len(row)
        counts.predicted[same] = len(row) + wrong
        if found is not None and wanted is not None:
            error = np.abs(found[row].astype(np.float64) - wanted[column])
            counts.relative[same] = (error / wanted[column]).sum()
            counts.absolute[same] = error.sum()
    return counts


def f_measure(matched: Numbers, predicted: Numbers, truth: Numbers) -> F64:
    """2 P R / (P + R) with P = matched / predicted and R = matched / truth; 0 when nothing is right."""
    return np.asarray(2 * matched / np.maximum(predicted + truth, 1), np.float64)


def _thin_maps(level: Ints, pixels: Ints) -> tuple[list[int], list[Ints]]:
    """Maps of the pixels whose level is at least L, thinned, for each L that occurs.

    Args:
        level: (H, W) how many thresholds each pixel reaches.
        pixels: (P, 2) row and column of those that reach one, in row-major order.

    Returns:
        The levels that occur, ascending, and for each the numbers (into `pixels`) of what is left of its map.
    """
    (top, left), (bottom, right) = pixels.min(axis=0), pixels.max(axis=0) + 1
    part = level[top:bottom, left:right]
    number = np.full(part.shape, -1, np.int64)
    number[tuple((pixels - (top, left)).T)] = np.arange(len(pixels))
    distinct = np.unique(part[part > 0])
    together = max(1, _STACK // part.size)
    rows: list[Ints] = []
    for begin in range(0, len(distinct), together):
        maps = without_isolated(thinned(part >= distinct[begin : begin + together, None, None]))
        rows += [number[thin] for thin in maps]
    return distinct.tolist(), rows
