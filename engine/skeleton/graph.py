"""A skeleton as a graph: what is drawn, measured, exported, and turned back into a mask."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Branch:
    """A curve between two nodes, or a closed one (`start == end`).

    Args:
        start, end: Numbers of the nodes at its ends.
        points: (N, 2) float32, xy, from `start` to `end`, both included; N >= 1.
        radius: (N,) float32 radius of the inscribed circle at each point, pixels.
        confidence: (N,) float32 in [0, 1], the probability of the skeleton there; 1 for a skeleton of a mask.
        kind: (N,) uint8 scale type 1, 2, ... of each point; 0 where none is known.
    """

    start: int
    end: int
    points: F32
    radius: F32
    confidence: F32
    kind: npt.NDArray[np.uint8]

    @cached_property
    def length(self) -> float:
        """Length of the curve in pixels."""
        return float(np.linalg.norm(np.diff(self.points, axis=0), axis=1).sum())


@dataclass(frozen=True, eq=False)
class SkeletonGraph:
    """Nodes (ends, junctions, one of every loop) joined by branches.

    Args:
        size: (width, height) in pixels of the picture that the coordinates belong to.
        nodes: (M, 2) float32, xy. A pixel (column i, row j) lies at (i + 0.5, j + 0.5).
        branches: The curves. A lone pixel is a branch of one point whose two ends are the same node.
    """

    size: tuple[int, int]
    nodes: F32 = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    branches: tuple[Branch, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.branches

    @cached_property
    def points(self) -> F32:
        """(P, 2) xy of all branches one after another; a shared node appears once for each branch that meets there."""
        return _joined([b.points for b in self.branches], (0, 2))

    @cached_property
    def radius(self) -> F32:
        """(P,) radius of the inscribed circle at each of `points`, pixels."""
        return _joined([b.radius for b in self.branches], (0,))

    @cached_property
    def confidence(self) -> F32:
        """(P,) in [0, 1]."""
        return _joined([b.confidence for b in self.branches], (0,))

    @cached_property
    def kind(self) -> npt.NDArray[np.uint8]:
        """(P,) scale type."""
        return np.concatenate([b.kind for b in self.branches]) if self.branches else np.zeros(0, np.uint8)

    @cached_property
    def branch_of(self) -> npt.NDArray[np.int32]:
        """(P,) number of the branch that each of `points` belongs to."""
        return np.repeat(np.arange(len(self.branches), dtype=np.int32), [len(b.points) for b in self.branches])

    @cached_property
    def part_of(self) -> npt.NDArray[np.int32]:
        """(B,) number of the connected part that each branch belongs to, 0, 1, ... in order of appearance."""
        leader = list(range(len(self.nodes)))

        def find(node: int) -> int:
            while leader[node] != node:
                leader[node] = leader[leader[node]]
                node = leader[node]
            return node

        for branch in self.branches:
            leader[find(branch.end)] = find(branch.start)
        numbers: dict[int, int] = {}
        parts = [numbers.setdefault(find(branch.start), len(numbers)) for branch in self.branches]
        return np.asarray(parts, np.int32)

    def moved(self, scale: tuple[float, float], offset: tuple[float, float], size: tuple[int, int]) -> SkeletonGraph:
        """The same graph in another picture: xy' = xy * scale + offset; radii by the geometric mean of the scales."""
        s, o = np.asarray(scale, np.float32), np.asarray(offset, np.float32)
        factor = np.float32(np.sqrt(scale[0] * scale[1]))
        branches = tuple(
            Branch(b.start, b.end, b.points * s + o, b.radius * factor, b.confidence, b.kind) for b in self.branches
        )
        return SkeletonGraph(size, self.nodes * s + o, branches)


def _joined(arrays: list[F32], empty: tuple[int, ...]) -> F32:
    return np.concatenate(arrays) if arrays else np.zeros(empty, np.float32)
