"""The medial axis of a mask, without the branches that only the roughness of its edge makes.

A terminal branch is judged by what the mask would lose without it: how far its tip reaches beyond the circle of the
junction where it begins, and how much area it alone covers. The least significant branch goes first, its junction is
dissolved when two branches remain, and the rest is judged anew (discrete skeleton evolution, Bai and Latecki 2007).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from engine.skeleton.axis import axis_pixels
from engine.skeleton.graph import Branch, SkeletonGraph
from engine.skeleton.prune import pruned, reversed_branch
from engine.skeleton.recover import bounds, draw_branch
from engine.skeleton.trace import trace

F32 = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

WORKING_SIZE = 1024
"""Longer side in pixels above which the axis is found on a reduced mask; the radii come from the full one."""

_LEAST_SLOPE = 0.5
"""Of the radius across the crest; a direction less steep runs along the axis rather than across it."""


@dataclass(frozen=True, slots=True)
class Pruning:
    """When a terminal branch is kept: it reaches far and covers a little, or it covers much.

    A right angle reaches 0.41 beyond the circle in it. So long rectangles become a line, and squares, which no line
    describes, keep their diagonals.

    Args:
        reach: Its tip sticks out of the junction's circle by more than this share of the circle's radius ...
        pixels: ... and by more than this many pixels ...
        area: ... and it alone covers more than this share of the mask.
        large: Or it alone covers more than this share of the mask.
        twin: An end that runs on into one corner of two, the other being gone, is cut back unless the corner counts by
            this factor more than it must.
        bump: What sticks out so little that the boundary around it is longer than the chord under it by less than this
            share of the mask's longer side (2 pixels at least) makes no branch to begin with.
        speck: Holes and parts smaller than this share of the mask are ignored.
    """

    reach: float = 0.5
    pixels: float = 3.0
    area: float = 0.005
    large: float = 0.02
    twin: float = 1.6
    bump: float = 0.005
    speck: float = 0.002


DEFAULT_PRUNING = Pruning()


def medial_graph(
    mask: npt.NDArray[np.bool_] | npt.NDArray[np.uint8], *, prune: Pruning | None = DEFAULT_PRUNING
) -> SkeletonGraph:
    """The pruned medial axis of a mask.

    Args:
        mask: (H, W), non-zero is the object.
        prune: What is kept; None keeps every branch that is more than the steps of a raster.

    Returns:
        The graph in pixels of the mask: radii are those of the inscribed circles, half a pixel at least; confidence 1.
    """
    full = np.ascontiguousarray(mask != 0)
    height, width = full.shape
    columns, rows = np.flatnonzero(full.any(0)), np.flatnonzero(full.any(1))
    if not len(columns):
        return SkeletonGraph((width, height))
    x0, y0 = int(columns[0]), int(rows[0])
    part = full[y0 : rows[-1] + 1, x0 : columns[-1] + 1]
    if prune:
        part = _without_specks(part, prune.speck)
    distance = inscribed_radius(part)
    scale = min(1.0, WORKING_SIZE / max(part.shape))
    small, small_distance = part, distance
    if scale < 1:
        size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
        small = cv2.resize(part.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA) > 127
        small_distance = inscribed_radius(small)
    graph = trace(axis_pixels(small, prune.bump if prune else 0), small_distance)
    if prune:
        judge = _Coverage(graph, float(small.sum()), prune)
        graph = judge.trimmed(_centred(pruned(graph, judge), small_distance))
    else:
        graph = _centred(graph, small_distance)
    graph = graph.moved((part.shape[1] / small.shape[1], part.shape[0] / small.shape[0]), (x0, y0), (width, height))
    return _with_radii(graph, distance, (x0, y0)) if scale < 1 else graph


def inscribed_radius(mask: Bools) -> F32:
    """(H, W) float32 radius of the largest circle inside the mask around each pixel's centre, 0 outside.

    Outside the picture is outside the mask.
    """
    padded = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    distance = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    # To the centre of the nearest pixel outside; the edge is half a pixel nearer.
    return np.asarray(np.where(mask, distance - 0.5, 0), np.float32)


def _without_specks(mask: Bools, share: float) -> Bools:
    """Fill holes and drop parts below a share of the mask; the largest part always stays."""
    least = share * float(mask.sum())
    out = mask.astype(np.uint8)
    for value in (1, 0):
        count, labels, stats, _ = cv2.connectedComponentsWithStats(
            (out == value).astype(np.uint8), connectivity=8 if value else 4
        )
        areas = stats[:, cv2.CC_STAT_AREA].astype(np.float64)
        areas[0] = math.inf  # the complement
        keep = areas >= least
        if value and count > 1:
            keep[1 + int(np.argmax(areas[1:]))] = True
        if not keep.all():
            out[~keep[labels]] = 1 - value
    return np.asarray(out == 1)


def _centred(graph: SkeletonGraph, radius: F32) -> SkeletonGraph:
    """Points moved from pixel centres to the crest beside them, up to one pixel across the skeleton.

    Where a mask is an even number of pixels wide the crest runs between two, and thinning may take the wrong one of
    three. Across the crest the radius is a tent; its top follows from both sides and their slope. Junctions stay.
    """
    padded = np.pad(radius, 2)
    taken = np.zeros(padded.shape, np.bool_)
    column, row = np.floor(graph.points).astype(np.int64).T + 2
    taken[row, column] = True
    ends = np.bincount([n for b in graph.branches for n in (b.start, b.end)], minlength=len(graph.nodes))
    nodes = graph.nodes.copy()
    branches = []
    for b in graph.branches:
        points, radii = b.points.copy(), b.radius.copy()
        inner = slice(int(ends[b.start] > 1), len(points) - int(ends[b.end] > 1))
        column, row = np.floor(points[inner]).astype(np.int64).T + 2
        here = padded[row, column]
        best = np.zeros(len(here), np.float32)
        move = np.zeros((len(here), 2), np.float32)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            beside = padded[row + dy, column + dx]
            slope = beside - padded[row + 2 * dy, column + 2 * dx]
            free = ~taken[row + dy, column + dx] & (slope > _LEAST_SLOPE)
            top = np.where(free, 0.5 + (beside - here) / (2 * np.where(free, slope, 1)), 0).clip(0, 1)
            rise = np.where(top > 0, (here + beside + slope) / 2 - here, 0)
            better = rise > best
            best[better] = rise[better]
            move[better] = top[better, None] * np.array((dx, dy), np.float32)
        points[inner] += move
        radii[inner] += best
        nodes[b.start], nodes[b.end] = points[0], points[-1]
        branches.append(replace(b, points=points, radius=radii))
    return SkeletonGraph(graph.size, nodes, tuple(branches))


def _with_radii(graph: SkeletonGraph, distance: F32, origin: tuple[int, int]) -> SkeletonGraph:
    """Radii read from a distance map whose first pixel is source pixel `origin`."""
    top = np.array(distance.shape[::-1]) - 1
    branches = []
    for b in graph.branches:
        at = np.clip(np.floor(b.points - origin).astype(np.int64), 0, top)
        radius = np.maximum(distance[at[:, 1], at[:, 0]], np.float32(0.5))
        branches.append(Branch(b.start, b.end, b.points, radius, b.confidence, b.kind))
    return SkeletonGraph(graph.size, graph.nodes, tuple(branches))


class _Coverage:
    """Judges terminal branches by what the recovered mask would lose without them.

    Args:
        graph: Before any branch goes.
        area: Of the mask, pixels.
        settings: What is kept.
    """

    def __init__(self, graph: SkeletonGraph, area: float, settings: Pruning) -> None:
        self._area, self._settings, self._size = area, settings, graph.size
        self._count = np.zeros((graph.size[1], graph.size[0]), np.int16)
        """How many branches cover each pixel."""
        for branch in graph.branches:
            self._add(branch, 1)

    def significance(self, branch: Branch) -> float:
        return self._worth(branch, None)

    def removed(self, branch: Branch) -> None:
        self._add(branch, -1)

    def merged(self, first: Branch, second: Branch, whole: Branch) -> None:
        for branch, change in ((first, -1), (second, -1), (whole, 1)):
            self._add(branch, change)

    def trimmed(self, graph: SkeletonGraph) -> SkeletonGraph:
        """The pruned graph with its free ends cut back to where a branch that goes on from there would be kept.

        The last branch at an end always stays. Where the boundary is a rough arc, it runs on from the arc's centre to
        some bump, and its circles shrink as fast as they can. Within a true end, round or tapering, they do not.
        """
        ends = np.bincount([n for b in graph.branches for n in (b.start, b.end)], minlength=len(graph.nodes))
        nodes = graph.nodes.copy()
        branches = []
        for branch in graph.branches:
            b = branch
            for _ in range(2):
                b = reversed_branch(b)
                if ends[b.end] == 1:
                    b = self._without_steep_end(b, bool(ends[b.start] > 1))
                    nodes[b.end] = b.points[-1]
            branches.append(b)
        return SkeletonGraph(graph.size, nodes, tuple(branches))

    def _without_steep_end(self, branch: Branch, at_junction: bool) -> Branch:
        steps = np.linalg.norm(np.diff(branch.points[::-1], axis=0), axis=1)
        to_tip = np.concatenate([[0.0], np.cumsum(steps)])[::-1]
        # Going inwards: as long as the circle grows faster than what is cut sticks out of it by the allowed share.
        cut = int(np.argmax(branch.radius * (1 + self._settings.reach) - to_tip))
        if cut == len(branch.points) - 1:
            return branch
        rest = _part(branch, 0, cut + 1)
        if self._worth(_part(branch, cut, None), rest) >= self._settings.twin:
            return branch
        # Nothing is left of a side branch that was kept because of its tip: it stays as it is.
        return branch if at_junction and self._worth(rest, None) < 1 else rest

    def _worth(self, branch: Branch, rest: Branch | None) -> float:
        """Significance of a branch that goes on from `rest`, or begins at a junction."""
        settings = self._settings
        at_root, at_tip = float(branch.radius[0]), float(branch.radius[-1])
        # Straight, not along the curve: a noisy edge makes the axis wind.
        straight = float(np.linalg.norm(branch.points[-1] - branch.points[0]))
        reaching = (straight + at_tip - at_root) / max(settings.pixels, settings.reach * at_root)
        box, covered = self._covered(branch)
        alone = covered & (self._count[box] == 1)
        if rest is not None:
            mask = np.zeros(covered.shape, np.uint8)
            draw_branch(mask, _thinned_out(rest), (box[1].start, box[0].start))
            alone &= mask == 0
        share = np.count_nonzero(alone) / self._area
        return max(min(reaching, share / settings.area), share / settings.large)

    def _add(self, branch: Branch, change: int) -> None:
        box, covered = self._covered(branch)
        self._count[box] += np.int16(change) * covered

    def _covered(self, branch: Branch) -> tuple[tuple[slice, slice], Bools]:
        """A box of pixels, and which of them the branch covers."""
        x0, y0, x1, y1 = bounds([branch], self._size)
        mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
        draw_branch(mask, _thinned_out(branch), (x0, y0))
        return np.s_[y0:y1, x0:x1], mask != 0


def _part(b: Branch, first: int, last: int | None) -> Branch:
    along = slice(first, last)
    return Branch(b.start, b.end, b.points[along], b.radius[along], b.confidence[along], b.kind[along])


def _thinned_out(b: Branch) -> Branch:
    """Points an eighth of a radius apart: their envelope is the same to the eye and much faster to draw."""
    steps = np.linalg.norm(np.diff(b.points, axis=0), axis=1)
    eighth = np.floor(np.cumsum(8 * steps / np.maximum(b.radius[1:], 1)))
    chosen = np.concatenate([[True], np.diff(eighth, prepend=0) > 0])
    chosen[-1] = True
    return Branch(b.start, b.end, b.points[chosen], b.radius[chosen], b.confidence[chosen], b.kind[chosen])
