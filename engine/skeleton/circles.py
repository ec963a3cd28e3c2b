"""Which inscribed circles are drawn."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.skeleton.graph import SkeletonGraph

Indices = npt.NDArray[np.intp]

_SMALLEST = 0.5
"""Radius that unknown and tiny ones count as in spacing, pixels: half a pixel is the smallest circle of a mask."""


def inscribed_circles(graph: SkeletonGraph, density: float) -> Indices:
    """Points whose circles are shown.

    The nodes and the largest circle of every connected part always are. The others follow in a fixed order, each where
    the gap between shown circles is widest at that moment, measured along the branch in radii: so big circles stand
    further apart than small ones, and what a lower density shows a higher one shows as well.

    Args:
        graph: Any skeleton. A node where several branches meet counts once; points without a radius have no circle.
        density: Share of the points to show, in (0, 1]; 1 shows all.

    Returns:
        Indices into `graph.points`, ascending.

    Raises:
        InputError: `density` outside (0, 1].
    """
    if not 0 < density <= 1:
        raise InputError(f"The density of the circles is {density:g}.", "It must be above 0 and at most 1.")
    always, others = _order(graph)
    count = round(density * (len(always) + len(others))) - len(always)
    return np.sort(np.concatenate([always, others[: max(0, count)]]))


def _order(graph: SkeletonGraph) -> tuple[Indices, Indices]:
    """Points that are always shown, and the others, most wanted first."""
    radius = graph.radius
    along = _in_radii(graph)
    known = radius > 0
    parts = graph.part_of[graph.branch_of]
    by_size = np.lexsort((np.arange(len(radius)), -radius, parts))
    largest = by_size[np.unique(parts[by_size], return_index=True)[1]].tolist()
    always: list[int] = []
    gaps: list[tuple[float, int, int]] = []
    seen: set[int] = set()
    last = -1
    for branch in graph.branches:
        first, last = last + 1, last + len(branch.points)
        for point, node in {first: branch.start, last: branch.end}.items():
            if node not in seen:
                seen.add(node)
                always.append(point)
        anchors = [first, *(p for p in largest if first < p < last), last]
        always.extend(anchors[1:-1])
        gaps.extend((along[a] - along[b], a, b) for a, b in pairwise(anchors) if b - a > 1)
    heapq.heapify(gaps)
    others: list[int] = []
    while gaps:
        _, a, b = heapq.heappop(gaps)
        middle = bisect_left(along, (along[a] + along[b]) / 2, a + 1, b - 1)
        others.append(middle)
        for c, d in ((a, middle), (middle, b)):
            if d - c > 1:
                heapq.heappush(gaps, (along[c] - along[d], c, d))
    return _with_circle(always, known), _with_circle(others, known)


def _in_radii(graph: SkeletonGraph) -> list[float]:
    """Where each point lies along all branches one after another, every step divided by the mean radius there."""
    if len(graph.points) == 0:
        return []
    step = np.linalg.norm(np.diff(graph.points.astype(np.float64), axis=0), axis=1)
    radius = np.maximum(graph.radius.astype(np.float64), _SMALLEST)
    along = np.cumsum(2 * step / (radius[1:] + radius[:-1]))
    return [0.0, *along.tolist()]


def _with_circle(points: list[int], known: npt.NDArray[np.bool_]) -> Indices:
    chosen = np.asarray(points, np.intp)
    return chosen[known[chosen]]
