"""Thinning of many maps at once: a precision-recall curve thins every photo at a hundred thresholds.

Source: Guo and Hall 1989, "Parallel thinning with two-subiteration algorithms", in the variant that the papers'
evaluation tool calls, `bwmorph(…, 'thin', Inf)`. `skimage.morphology.thin` gives the same, map by map and many times
slower.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.intp]

_AROUND = ((0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1))
"""(row, column) steps to the neighbours x1 … x8 of the paper: counter-clockwise from the east."""


def thinned(maps: Bools) -> Bools:
    """Thin each map until nothing changes.

    Args:
        maps: (N, H, W) bool; what lies outside is background.

    Returns:
        (N, H, W) bool, a subset of `maps`.
    """
    flat, shape, steps = _padded(maps)
    here = np.flatnonzero(flat)
    changed = True
    while changed:
        changed = False
        for removable in _REMOVABLE:
            gone = removable[_code(flat, here, steps)]
            if gone.any():
                flat[here[gone]] = 0
                here = here[~gone]
                changed = True
    return _unpadded(flat, shape)


def without_isolated(maps: Bools) -> Bools:
    """(N, H, W) bool without the pixels that none of their eight neighbours joins (`bwmorph(…, 'clean')`)."""
    flat, shape, steps = _padded(maps)
    here = np.flatnonzero(flat)
    flat[here[_code(flat, here, steps) == 0]] = 0
    return _unpadded(flat, shape)


def _padded(maps: Bools) -> tuple[npt.NDArray[np.uint8], tuple[int, int, int], list[int]]:
    """Maps with a rim of background as one flat array, their shape with the rim, steps to the neighbours."""
    padded = np.pad(maps.astype(np.uint8), ((0, 0), (1, 1), (1, 1)))
    count, height, width = padded.shape
    return padded.ravel(), (count, height, width), [row * width + column for row, column in _AROUND]


def _unpadded(flat: npt.NDArray[np.uint8], shape: tuple[int, int, int]) -> Bools:
    return np.asarray(flat.reshape(shape)[:, 1:-1, 1:-1] > 0)


def _code(flat: npt.NDArray[np.uint8], here: Ints, steps: list[int]) -> npt.NDArray[np.uint8]:
    """Neighbourhood of each pixel as a byte: bit i - 1 is x_i."""
    code = np.zeros(len(here), np.uint8)
    for bit, step in enumerate(steps):
        code |= flat[here + step] << np.uint8(bit)
    return code


def _removable() -> tuple[Bools, Bools]:
    """For each of the 256 neighbourhoods, whether the pixel goes in the first and in the second subiteration."""
    x = np.array([(np.arange(256) >> bit) & 1 for bit in range(8)], np.bool_)
    following = np.roll(x, -1, axis=0)
    edges, corners = x[0::2], x[1::2]
    crossings = (~edges & (corners | following[1::2])).sum(axis=0)
    n1, n2 = (edges | corners).sum(axis=0), (corners | following[1::2]).sum(axis=0)
    fewest = np.minimum(n1, n2)
    common = (crossings == 1) & (fewest >= 2) & (fewest <= 3)
    first = ~((x[1] | x[2] | ~x[7]) & x[0])
    second = ~((x[5] | x[6] | ~x[3]) & x[4])
    return common & first, common & second


_REMOVABLE = _removable()
