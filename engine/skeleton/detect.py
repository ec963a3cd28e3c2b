"""From a suppressed probability map to a skeleton graph, at once: a threshold slider waits for it."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
from skimage.morphology import skeletonize

from engine.errors import InputError
from engine.skeleton.graph import SkeletonGraph
from engine.skeleton.prune import ByLength, pruned
from engine.skeleton.reading import Reading
from engine.skeleton.trace import trace

F32 = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

GAP = 4
"""Longest gap in a crest that is bridged, pixels: what suppression leaves where ridges meet and no direction holds."""
HOLE = 30
"""Holes up to this area are filled before thinning, pixels: the meshes that crests make around a junction. A real loop
this small would go around a hole six pixels wide."""
SPECK = 0.01
"""Connected parts shorter than this share of the diagonal are dropped: the tolerance of the papers' matching, below
which two points count as one ..."""
SPECK_PIXELS = 5.0
"""... but never less than this many pixels, the papers' own rule."""
SPUR_PIXELS = 6.0
"""Side branches up to this length are thinning's answer to a crest two pixels wide."""

_OFFSETS = np.array(
    [(x, y) for x in range(-GAP - 1, GAP + 2) for y in range(-GAP - 1, GAP + 2) if max(abs(x), abs(y)) > 1]
)
_REACH = _OFFSETS[np.argsort(np.hypot(*_OFFSETS.T), kind="stable")]
"""(N, 2) xy to every pixel that a bridge may lead to, nearest first."""
_STEPS = np.abs(_REACH).max(1)
"""(N,) steps to there: one more than the pixels between."""
_PATHS = np.rint(_REACH[:, None] * np.arange(1, GAP + 1)[:, None] / _STEPS[:, None, None]).astype(np.int64)
"""(N, GAP, 2) xy to the pixels between; those past the goal are not used."""


def detect(suppressed: F32, reading: Reading, threshold: float) -> SkeletonGraph:
    """Threshold, thin, clean and trace.

    Crests are bridged where they are interrupted by `GAP` pixels at most and the probability itself is above the
    threshold; the published code instead removes crowded pixels, which cuts every junction. Of a reading that is thin
    already only the corners of its lines are thinned, and nothing is dropped.

    Args:
        suppressed: (H, W) float32, `suppress(reading.probability)`; the probability itself of a thin reading.
        reading: What was read; gives probability, diameter and scale type of the points.
        threshold: Pixels above it belong to the skeleton.

    Returns:
        The graph in pixels of the reading: radius is half the diameter, 0 where the method knows no scale.

    Raises:
        InputError: The two do not have the same size.
    """
    if suppressed.shape != reading.probability.shape:
        raise InputError(f"The suppressed map is {suppressed.shape}, the reading {reading.probability.shape}.")
    skeleton = suppressed > threshold
    if reading.thin:
        return _traced(skeletonize(skeleton), reading)  # type: ignore[no-untyped-call]
    graph = pruned(_traced(thinned(skeleton, reading.probability > threshold), reading), ByLength(SPUR_PIXELS))
    return without_specks(graph, max(SPECK_PIXELS, SPECK * math.hypot(*skeleton.shape)))


def thinned(crests: Bools, allowed: Bools) -> Bools:
    """A one-pixel-wide skeleton of crests, their gaps bridged and their meshes filled.

    Args:
        crests: (H, W) bool, lines one or two pixels wide.
        allowed: (H, W) bool, where a bridge may go.

    Returns:
        (H, W) bool.
    """
    result = np.zeros_like(crests)
    rows, columns = np.flatnonzero(crests.any(1)), np.flatnonzero(crests.any(0))
    if not len(rows):
        return result
    margin = GAP + 2  # no step reaches further than that from a crest
    top, left = max(0, rows[0] - margin), max(0, columns[0] - margin)
    box = np.s_[top : rows[-1] + margin + 1, left : columns[-1] + margin + 1]
    filled = _without_meshes(crests[box])
    thin = np.asarray(skeletonize(filled), np.bool_)  # type: ignore[no-untyped-call]
    if _bridge(thin, allowed[box]):
        thin = np.asarray(skeletonize(_without_meshes(thin)), np.bool_)  # type: ignore[no-untyped-call]
    result[box] = thin
    return result


def _without_meshes(lines: Bools) -> Bools:
    """Small holes filled."""
    _, label, stats, _ = cv2.connectedComponentsWithStats((~lines).astype(np.uint8), connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] <= HOLE
    small[0] = False  # the lines themselves
    return np.asarray(lines | small[label])


def _bridge(thin: Bools, allowed: Bools) -> bool:
    """Join every end to the nearest pixel ahead of it, in place; whether there was any to join.

    Args:
        thin: (H, W) bool, one-pixel-wide lines.
        allowed: (H, W) bool, where all pixels between must lie.
    """
    pad = GAP + 1
    lines, free = np.pad(thin, pad), np.pad(allowed, pad)
    around = cv2.filter2D(lines.astype(np.uint8), -1, np.ones((3, 3)), borderType=cv2.BORDER_CONSTANT)
    row, column = np.nonzero(lines & (around <= 2))
    if not len(row):
        return False
    # Away from the one neighbour; a lone pixel looks everywhere.
    beside = {(i, j): lines[row + j, column + i].astype(np.int64) for i in (-1, 0, 1) for j in (-1, 0, 1)}
    ahead_x = -sum((i * there for (i, _), there in beside.items()), np.zeros(len(row), np.int64))
    ahead_y = -sum((j * there for (_, j), there in beside.items()), np.zeros(len(row), np.int64))
    lone = (ahead_x == 0) & (ahead_y == 0)
    dx, dy = _REACH.T
    reached = lines[row[:, None] + dy, column[:, None] + dx]
    reached &= lone[:, None] | (ahead_x[:, None] * dx + ahead_y[:, None] * dy > 0)
    end, number = np.nonzero(reached)
    for step in range(1, GAP + 1):
        # Every offset has its own steps to go; a short one stands on its first again.
        path = _PATHS[number, np.minimum(step, _STEPS[number] - 1) - 1]
        open_ = free[row[end] + path[:, 1], column[end] + path[:, 0]]
        end, number = end[open_], number[open_]
    end, first = np.unique(end, return_index=True)  # offsets are in order of distance
    number = number[first]
    for step in range(GAP):
        path = _PATHS[number, np.minimum(step, _STEPS[number] - 2)]
        lines[row[end] + path[:, 1], column[end] + path[:, 0]] = True
    thin |= lines[pad:-pad, pad:-pad]
    return len(end) > 0


def without_specks(graph: SkeletonGraph, least: float) -> SkeletonGraph:
    """The graph without connected parts whose branches together are shorter than `least` pixels."""
    if graph.empty:
        return graph
    # A pixel has a length as well: the papers count pixels, one more than the steps between them.
    step = np.linalg.norm(np.diff(graph.points, axis=0), axis=1)
    branch = graph.branch_of
    inside = branch[1:] == branch[:-1]
    length = 1 + np.bincount(graph.part_of[branch[1:][inside]], step[inside], int(graph.part_of.max()) + 1)
    if length.min() >= least:
        return graph
    kept = [b for b, part in zip(graph.branches, graph.part_of.tolist(), strict=True) if length[part] >= least]
    used = sorted({node for b in kept for node in (b.start, b.end)})
    number = {node: i for i, node in enumerate(used)}
    branches = tuple(replace(b, start=number[b.start], end=number[b.end]) for b in kept)
    return SkeletonGraph(graph.size, graph.nodes[used], branches)


def _traced(skeleton: Bools, reading: Reading) -> SkeletonGraph:
    return trace(skeleton, reading.diameter / np.float32(2), reading.probability, reading.kind)
