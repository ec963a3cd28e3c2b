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
HOLE = 12
"""Holes up to this area are filled before thinning, pixels: the meshes that crests make around a junction. A real loop
this small would have a skeleton of a few pixels."""
SPECK = 0.01
"""Connected parts shorter than this share of the diagonal are dropped: the tolerance of the papers' matching, below
which two points count as one ..."""
SPECK_PIXELS = 5.0
"""... but never less than this many pixels, the papers' own rule."""
SPUR_PIXELS = 4.0
"""Side branches up to this length are thinning's answer to a crest two pixels wide."""


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
    margin = GAP + 1  # no step reaches further than that from a crest
    top, left = max(0, rows[0] - margin), max(0, columns[0] - margin)
    box = np.s_[top : rows[-1] + margin + 1, left : columns[-1] + margin + 1]
    lines = crests[box].astype(np.uint8)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (GAP + 1, GAP + 1))
    closed = cv2.morphologyEx(lines, cv2.MORPH_CLOSE, disc, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    joined = crests[box] | ((closed != 0) & allowed[box])
    _, label, stats, _ = cv2.connectedComponentsWithStats((~joined).astype(np.uint8), connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] <= HOLE
    small[0] = False  # the crests themselves
    joined |= small[label]
    result[box] = skeletonize(joined)  # type: ignore[no-untyped-call]
    return result


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
