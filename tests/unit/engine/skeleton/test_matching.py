"""Maximum matching: hand-worked cases, and every small case against an exhaustive search."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.skeleton.matching import match, neighbours, tolerance_of

Points = list[tuple[int, int]]


def pairs(predicted: Points, truth: Points, tolerance: float) -> int:
    rows, columns = match(neighbours(array(predicted), array(truth), tolerance))
    for row, column in zip(rows, columns, strict=True):
        assert math.dist(predicted[row], truth[column]) <= tolerance + 1e-6
    assert len(set(rows)) == len(set(columns)) == len(rows)
    return len(rows)


def array(points: Points) -> np.ndarray:
    return np.array(points, np.intp).reshape(-1, 2)


def most(predicted: Points, truth: Points, tolerance: float) -> int:
    """Largest number of pairs, by trying everything."""
    if not predicted:
        return 0
    first, *rest = predicted
    best = most(rest, truth, tolerance)
    for index, point in enumerate(truth):
        if math.dist(first, point) <= tolerance:
            best = max(best, 1 + most(rest, truth[:index] + truth[index + 1 :], tolerance))
    return best


def greedy(predicted: Points, truth: Points, tolerance: float) -> int:
    """Nearest pairs first."""
    free, found = set(range(len(predicted))), 0
    left = set(range(len(truth)))
    for _, i, j in sorted((math.dist(p, t), i, j) for i, p in enumerate(predicted) for j, t in enumerate(truth)):
        if i in free and j in left and math.dist(predicted[i], truth[j]) <= tolerance:
            free.remove(i)
            left.remove(j)
            found += 1
    return found


@pytest.mark.parametrize(
    ("predicted", "truth", "tolerance", "expected", "greedily"),
    [
        # A chain: the inner two are nearest, yet pairing them leaves both ends alone.
        ([(0, 2), (0, 5)], [(0, 0), (0, 3)], 2, 2, 1),
        # Two such chains that cross at right angles.
        ([(0, 2), (0, 5), (20, 5), (23, 5)], [(0, 0), (0, 3), (22, 5), (25, 5)], 2, 4, 2),
        # One detected pixel near three true ones answers for one.
        ([(5, 5)], [(5, 4), (5, 5), (5, 6)], 3, 1, 1),
        # Three detected pixels, one true.
        ([(5, 4), (5, 5), (5, 6)], [(5, 5)], 3, 1, 1),
        # Augmenting twice along a path.
        ([(0, 2), (0, 5), (0, 8)], [(0, 0), (0, 3), (0, 6)], 2, 3, 1),
        # Out of reach.
        ([(0, 0)], [(0, 4)], 3.9, 0, 0),
    ],
)
def test_hand_worked(predicted: Points, truth: Points, tolerance: float, expected: int, greedily: int) -> None:
    assert pairs(predicted, truth, tolerance) == expected
    assert pairs(truth, predicted, tolerance) == expected
    assert greedy(predicted, truth, tolerance) <= expected
    if greedily < expected:
        assert greedy(predicted, truth, tolerance) < expected


def test_a_pair_at_exactly_the_tolerance() -> None:
    assert tolerance_of(300, 400) == pytest.approx(5)
    assert pairs([(0, 0)], [(3, 4)], tolerance_of(300, 400)) == 1
    assert pairs([(0, 0)], [(3, 5)], tolerance_of(300, 400)) == 0
    for square in range(1, 200):  # whatever the rounding of the root
        points = [(a, b) for a in range(15) for b in range(15) if a * a + b * b == square]
        for point in points:
            assert pairs([(0, 0)], [point], math.sqrt(square)) == 1
            assert pairs([(0, 0)], [point], math.sqrt(square - 1)) == 0


def test_coinciding_pixels_and_nothing() -> None:
    line = [(3, column) for column in range(9)]
    assert pairs(line, line, 0.5) == 9
    assert pairs([], line, 3) == pairs(line, [], 3) == pairs([], [], 3) == 0


spots = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=6, unique=True)


@given(spots, spots, st.sampled_from([0.0, 1.0, 1.5, 2.0, math.sqrt(5), 3.0]))
def test_as_many_as_an_exhaustive_search_finds(predicted: Points, truth: Points, tolerance: float) -> None:
    assert pairs(predicted, truth, tolerance) == most(predicted, truth, tolerance)
