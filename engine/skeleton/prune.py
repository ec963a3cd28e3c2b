"""Removing branches from a skeleton, the least significant first.

When a terminal branch goes and only two branches remain at its junction, they become one, and the rest is judged anew:
discrete skeleton evolution (Bai and Latecki 2007). What makes a branch significant is the caller's.
"""

from __future__ import annotations

import heapq
from typing import Protocol

import numpy as np

from engine.skeleton.graph import Branch, SkeletonGraph


class Judge(Protocol):
    """Says what a terminal branch is worth while others come and go."""

    def significance(self, branch: Branch) -> float:
        """Of a branch that starts at a junction and ends free; it goes when this is below 1.

        It may grow when other branches are removed, and must not shrink.
        """

    def removed(self, branch: Branch) -> None:
        """Told of every branch that goes."""

    def merged(self, first: Branch, second: Branch, whole: Branch) -> None:
        """Told that two branches became one."""


class ByLength:
    """Terminal branches shorter than `least` pixels go."""

    def __init__(self, least: float) -> None:
        self._least = least

    def significance(self, branch: Branch) -> float:
        steps = len(branch.points) - 1  # of a pixel at least: most branches need no closer look
        return (steps if steps >= self._least else branch.length) / self._least

    def removed(self, branch: Branch) -> None:
        pass

    def merged(self, first: Branch, second: Branch, whole: Branch) -> None:
        pass


def pruned(graph: SkeletonGraph, judge: Judge) -> SkeletonGraph:
    """The graph without insignificant terminal branches.

    The last branch of a part always stays, and so do loops. Nodes where only two branches meet are dissolved.

    Args:
        graph: Any skeleton.
        judge: Decides; knows the branches of the graph as they are before.
    """
    state = _State(graph, judge)
    for node in range(len(graph.nodes)):
        state.dissolve(node)
    heap = [(judge.significance(b), key) for key in state.branches if (b := state.terminal(key)) is not None]
    heapq.heapify(heap)
    while heap and heap[0][0] < 1:
        _, key = heapq.heappop(heap)
        branch = state.terminal(key)
        if branch is None:
            continue
        now = judge.significance(branch)
        if now >= 1 or (heap and now > heap[0][0]):
            heapq.heappush(heap, (now, key))  # worth more since others went
            continue
        for other in state.remove(key):
            if (b := state.terminal(other)) is not None:
                heapq.heappush(heap, (judge.significance(b), other))
    return state.graph()


class _State:
    """Branches by key, and the keys that end at each node (twice for a loop)."""

    def __init__(self, graph: SkeletonGraph, judge: Judge) -> None:
        self._graph, self._judge = graph, judge
        self.branches: dict[int, Branch] = dict(enumerate(graph.branches))
        self._at: list[list[int]] = [[] for _ in graph.nodes]
        for key, b in self.branches.items():
            self._at[b.start].append(key)
            self._at[b.end].append(key)

    def terminal(self, key: int) -> Branch | None:
        """The branch from its junction to its free end; None when it is no terminal branch or gone."""
        b = self.branches.get(key)
        if b is None or b.start == b.end:
            return None
        free_start, free_end = len(self._at[b.start]) == 1, len(self._at[b.end]) == 1
        if free_start == free_end:
            return None
        return b if free_end else reversed_branch(b)

    def remove(self, key: int) -> list[int]:
        """Take a terminal branch away; the keys of the branches that this changed."""
        gone = self.branches.pop(key)
        self._judge.removed(gone)
        self._at[gone.start].remove(key)
        self._at[gone.end].remove(key)
        node = gone.start if self._at[gone.start] else gone.end
        whole = self.dissolve(node)
        return list(set(self._at[node])) if whole is None else [whole]

    def dissolve(self, node: int) -> int | None:
        """Join the two branches that meet at a node, when it is just two; the key of the whole."""
        rest = self._at[node]
        if len(rest) != 2 or rest[0] == rest[1]:
            return None
        first, second = self.branches.pop(rest[0]), self.branches.pop(rest[1])
        whole = _joined(first, second, node)
        key = max(rest)  # reused: the smaller becomes free, and no key ever stands for two living branches
        self.branches[key] = whole
        for end, old in ((whole.start, rest[0]), (whole.end, rest[1])):
            self._at[end][self._at[end].index(old)] = key
        self._at[node] = []
        self._judge.merged(first, second, whole)
        return key

    def graph(self) -> SkeletonGraph:
        used = sorted({node for b in self.branches.values() for node in (b.start, b.end)})
        number = {node: i for i, node in enumerate(used)}
        kept = tuple(
            Branch(number[b.start], number[b.end], b.points, b.radius, b.confidence, b.kind)
            for b in self.branches.values()
        )
        return SkeletonGraph(self._graph.size, self._graph.nodes[used], kept)


def reversed_branch(b: Branch) -> Branch:
    """The same curve from its end to its start."""
    return Branch(b.end, b.start, b.points[::-1], b.radius[::-1], b.confidence[::-1], b.kind[::-1])


def _joined(first: Branch, second: Branch, node: int) -> Branch:
    """One branch from the far end of `first` to the far end of `second`, which meet at `node`."""
    a = first if first.end == node else reversed_branch(first)
    b = second if second.start == node else reversed_branch(second)
    return Branch(
        a.start,
        b.end,
        np.concatenate([a.points, b.points[1:]]),
        np.concatenate([a.radius, b.radius[1:]]),
        np.concatenate([a.confidence, b.confidence[1:]]),
        np.concatenate([a.kind, b.kind[1:]]),
    )
