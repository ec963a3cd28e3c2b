"""One-to-one matching of detected skeleton pixels with true ones.

The papers' tool (`correspondPixels`, Martin, Fowlkes and Malik 2004) lets a detected pixel answer for one true pixel
within a tolerance. Letting it answer for several (dilation) gives higher figures, pairing greedily lower ones. Here it
is a maximum matching: no other pairing has more pairs.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching
from scipy.spatial import cKDTree

Ints = npt.NDArray[np.intp]

TOLERANCE = 0.01
"""Largest distance of a pair as a fraction of the diagonal: the papers' tool."""


def tolerance_of(height: int, width: int) -> float:
    """Largest distance of a pair in a picture of that size, pixels."""
    return TOLERANCE * math.hypot(height, width)


def neighbours(predicted: Ints, truth: Ints, tolerance: float) -> csr_array:
    """Which pixels may be paired.

    Args:
        predicted: (P, 2) integer positions.
        truth: (Q, 2) integer positions.
        tolerance: Largest distance, pixels; a pair at exactly this distance is one.

    Returns:
        (P, Q) sparse int8, 1 for each possible pair.
    """
    shape = len(predicted), len(truth)
    row = column = np.zeros(0, np.intp)
    if all(shape):
        # Squared distances of integers are integers: the slack only undoes the rounding of the tolerance.
        reach = tolerance * (1 + 1e-9)
        near = cKDTree(predicted).sparse_distance_matrix(cKDTree(truth), reach, output_type="coo_matrix")
        row, column = near.row.astype(np.intp), near.col.astype(np.intp)
    return csr_array((np.ones(len(row), np.int8), (row, column)), shape=shape)


def match(pairs: csr_array) -> tuple[Ints, Ints]:
    """A maximum matching.

    Args:
        pairs: (P, Q) sparse, non-zero where row and column may be paired (`neighbours`).

    Returns:
        (M,) rows and (M,) columns that belong together, each row and each column at most once.
    """
    if not pairs.nnz:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    column = maximum_bipartite_matching(pairs, perm_type="column")
    rows = np.flatnonzero(column >= 0)
    return rows, column[rows].astype(np.intp)
