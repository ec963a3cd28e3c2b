"""The medial axis of a mask, without the branches that only the roughness of its edge makes.

A terminal branch is judged by what the mask would lose without it: how far its tip reaches beyond the circle of the
junction where it begins, and how much area it alone covers. The least significant branch goes first, its junction is
dissolved when two branches remain, and the rest is judged anew (discrete skeleton evolution, Bai and Latecki 2007, with
these two measures in place of the reconstruction itself).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from skimage.morphology import medial_axis, skeletonize

from engine.skeleton.graph import Branch, SkeletonGraph
from engine.skeleton.trace import trace

F32 = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

WORKING_SIZE = 1024
"""Longer side in pixels above which the axis is found on a reduced mask; the radii come from the full one."""


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
        twin: With a branch goes another of the same junction that counts less than this times as much: of two equal
            corners none is left over.
        speck: Holes and parts smaller than this share of the mask are ignored.
    """

    reach: float = 0.5
    pixels: float = 3.0
    area: float = 0.005
    large: float = 0.02
    twin: float = 1.6
    speck: float = 0.002


DEFAULT_PRUNING = Pruning()


def medial_graph(
    mask: npt.NDArray[np.bool_] | npt.NDArray[np.uint8], *, prune: Pruning | None = DEFAULT_PRUNING
) -> SkeletonGraph:
    """The pruned medial axis of a mask.

    Args:
        mask: (H, W), non-zero is the object.
        prune: What is kept; None keeps every branch.

    Returns:
        The graph in pixels of the mask: radii are those of the inscribed circles, half a pixel at least; confidence 1.
    """
    full = np.ascontiguousarray(mask != 0)
    height, width = full.shape
    columns, rows = np.flatnonzero(full.any(0)), np.flatnonzero(full.any(1))
    if not len(columns):
        return SkeletonGraph((width, height))
    x0, y0 = int(columns[0]), int(rows[0])
    part = np.pad(full[y0 : rows[-1] + 1, x0 : columns[-1] + 1], 1)
    if prune:
        part = _without_specks(part, prune.speck)
    distance = inscribed_radius(part)
    scale = min(1.0, WORKING_SIZE / max(part.shape))
    small, small_radius = part, distance
    if scale < 1:
        size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
        small = cv2.resize(part.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA) > 127
        small_radius = inscribed_radius(small)
    # The order in which equal pixels are removed is random unless told: the same mask must give the same axis.
    axis = np.asarray(medial_axis(small, rng=0), np.bool_)  # type: ignore[no-untyped-call]
    skeleton = skeletonize(_without_false_loops(axis, small))  # type: ignore[no-untyped-call]
    graph = trace(skeleton, small_radius)
    if prune:
        graph = pruned(graph, float(small.sum()), prune)
    sx, sy = part.shape[1] / small.shape[1], part.shape[0] / small.shape[0]
    graph = graph.moved((sx, sy), (x0 - 1.0, y0 - 1.0), (width, height))
    return _with_radii(graph, distance, (x0 - 1, y0 - 1)) if scale < 1 else graph


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


def _without_false_loops(axis: Bools, mask: Bools) -> Bools:
    """Fill the pinholes of an axis that is two pixels wide in places: a true loop goes around a hole of the mask."""
    _, labels = cv2.connectedComponents((~axis).astype(np.uint8), connectivity=4)
    outside = np.zeros(int(labels.max()) + 1, np.bool_)
    outside[labels[~mask]] = True
    return np.asarray(axis | ~outside[labels])


def _with_radii(graph: SkeletonGraph, distance: F32, origin: tuple[int, int]) -> SkeletonGraph:
    """Radii read from a distance map whose first pixel is source pixel `origin`."""
    top = np.array(distance.shape[::-1]) - 1
    branches = []
    for b in graph.branches:
        at = np.clip(np.floor(b.points - origin).astype(np.int64), 0, top)
        radius = np.maximum(distance[at[:, 1], at[:, 0]], np.float32(0.5))
        branches.append(Branch(b.start, b.end, b.points, radius, b.confidence, b.kind))
    return SkeletonGraph(graph.size, graph.nodes, tuple(branches))


def pruned(graph: SkeletonGraph, area: float, settings: Pruning) -> SkeletonGraph:
    """The graph without insignificant terminal branches.

    Args:
        graph: Any skeleton.
        area: Pixels of the mask that it belongs to.
        settings: What is kept.
    """
    tree = _Tree(graph, area, settings)
    while (weakest := tree.weakest()) is not None:
        node = tree.root(weakest)
        limit = min(1.0, settings.twin * tree.significance[weakest])
        twins = [k for k in set(tree.at_node[node]) if k != weakest and tree.significance.get(k, 1.0) < limit]
        tree.remove(weakest)
        # The last branch of a junction stays: without it nothing would be left there.
        for twin in twins[: max(0, len(tree.at_node[node]) - 1)]:
            tree.remove(twin)
        tree.settle(node)
    return tree.graph()


class _Tree:
    """A graph that loses branches. `significance` has the branches with one free end and one at a junction."""

    def __init__(self, graph: SkeletonGraph, area: float, settings: Pruning) -> None:
        self._source, self._area, self._settings = graph, area, settings
        self.branches = dict(enumerate(graph.branches))
        self.at_node: dict[int, list[int]] = {}
        for key, b in self.branches.items():
            for node in (b.start, b.end):
                self.at_node.setdefault(node, []).append(key)
        self.significance: dict[int, float] = {}
        self._next = len(self.branches)
        for key in self.branches:
            self._judge(key)

    def weakest(self) -> int | None:
        """The least significant branch, None when all that are left count."""
        key = min(self.significance, key=lambda k: self.significance[k], default=None)
        return key if key is not None and self.significance[key] < 1 else None

    def root(self, key: int) -> int:
        """The junction where a terminal branch begins."""
        b = self.branches[key]
        return b.start if len(self.at_node[b.end]) == 1 else b.end

    def remove(self, key: int) -> None:
        gone = self.branches.pop(key)
        self.significance.pop(key, None)
        for node in (gone.start, gone.end):
            self.at_node[node].remove(key)

    def settle(self, node: int) -> None:
        """Dissolve a junction of two branches; judge anew what ends there."""
        rest = self.at_node[node]
        if len(rest) == 2 and rest[0] != rest[1]:
            first, second = (self.branches[key] for key in rest)
            merged, old = _merged(first, second, node), tuple(rest)
            for key in old:
                self.remove(key)
            self.branches[self._next] = merged
            for end in (merged.start, merged.end):
                self.at_node[end].append(self._next)
            rest = [self._next]
            self._next += 1
        for key in set(rest):
            self._judge(key)

    def graph(self) -> SkeletonGraph:
        used = sorted({node for b in self.branches.values() for node in (b.start, b.end)})
        number = {node: i for i, node in enumerate(used)}
        kept = tuple(
            Branch(number[b.start], number[b.end], b.points, b.radius, b.confidence, b.kind)
            for b in self.branches.values()
        )
        return SkeletonGraph(self._source.size, self._source.nodes[used], kept)

    def _judge(self, key: int) -> None:
        b = self.branches[key]
        free = [len(self.at_node[b.start]) == 1, len(self.at_node[b.end]) == 1]
        if b.start != b.end and sum(free) == 1:
            self.significance[key] = _significance(b if free[1] else _reversed(b), self._area, self._settings)
        else:
            self.significance.pop(key, None)


def _significance(branch: Branch, area: float, settings: Pruning) -> float:
    """Below 1 when the branch, which starts at a junction and ends free, does not count."""
    steps = np.linalg.norm(np.diff(branch.points, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    at_junction, at_tip = float(branch.radius[0]), float(branch.radius[-1])
    # Straight, not along the curve: a noisy edge makes the axis wind.
    straight = float(np.linalg.norm(branch.points[-1] - branch.points[0]))
    beyond = straight + at_tip - at_junction
    outside = along > at_junction
    covered = float((2 * branch.radius[1:] * steps)[outside[1:]].sum()) + 0.5 * math.pi * at_tip**2
    share = covered / area
    reaching = min(beyond / max(settings.pixels, settings.reach * at_junction), share / settings.area)
    return max(reaching, share / settings.large)


def _reversed(b: Branch) -> Branch:
    return Branch(b.end, b.start, b.points[::-1], b.radius[::-1], b.confidence[::-1], b.kind[::-1])


def _merged(first: Branch, second: Branch, node: int) -> Branch:
    """One branch from the far end of `first` to the far end of `second`, which meet at `node`."""
    a = first if first.end == node else _reversed(first)
    b = second if second.start == node else _reversed(second)
    return Branch(
        a.start, b.end, np.concatenate([a.points, b.points[1:]]), np.concatenate([a.radius, b.radius[1:]]),
        np.concatenate([a.confidence, b.confidence[1:]]), np.concatenate([a.kind, b.kind[1:]]),
    )  # fmt: skip
