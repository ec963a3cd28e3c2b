"""From pixels to a graph: follow a one-pixel-wide skeleton from node to node."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from engine.skeleton.graph import Branch, SkeletonGraph

F32 = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def trace(
    skeleton: Bools, radius: F32, confidence: F32 | None = None, kind: npt.NDArray[np.uint8] | None = None
) -> SkeletonGraph:
    """Follow a skeleton.

    Two diagonal pixels are neighbours only where no third pixel joins them by its edges (mixed adjacency), so that a
    staircase has no false junctions. Touching pixels with three neighbours or more make one junction at their mean.

    Args:
        skeleton: (H, W) bool, one pixel wide.
        radius: (H, W) float32 radius of the inscribed circle at each pixel.
        confidence: (H, W) float32, or None for 1 everywhere.
        kind: (H, W) uint8 scale types, or None for unknown.

    Returns:
        The graph in the pixels of the picture.
    """
    height, width = skeleton.shape
    rows, columns = np.nonzero(skeleton)
    count = len(rows)
    if count == 0:
        return SkeletonGraph((width, height))
    edges = _adjacency(skeleton, rows, columns)
    degree = np.bincount(edges.ravel(), minlength=count)
    node_of, members = _nodes(edges, degree)
    xy = np.stack([columns + 0.5, rows + 0.5], 1).astype(np.float32)
    values = np.stack([radius[rows, columns], np.ones(count) if confidence is None else confidence[rows, columns]], 1)
    kinds = np.zeros(count, np.uint8) if kind is None else kind[rows, columns]
    neighbours = _neighbour_lists(edges, count)

    nodes = np.stack([xy[m].mean(0) for m in members]) if members else np.zeros((0, 2), np.float32)
    chains, loops = _chains(neighbours, node_of, degree)
    branches = []
    for start, end, pixels in chains:
        # A junction's place and radius are the means of its pixels; every branch that meets there begins with them.
        inner = np.asarray(pixels, np.int64)
        first, last = members[start], members[end]
        lone = start == end and not len(inner)
        points = [xy[first].mean(0)[None], xy[inner], *([] if lone else [xy[last].mean(0)[None]])]
        numbers = [values[first].mean(0)[None], values[inner], *([] if lone else [values[last].mean(0)[None]])]
        types = [kinds[first[:1]], kinds[inner], *([] if lone else [kinds[last[:1]]])]
        both = np.concatenate(numbers).astype(np.float32)
        branches.append(Branch(start, end, np.concatenate(points), both[:, 0], both[:, 1], np.concatenate(types)))
    for pixels in loops:
        ring = np.asarray([*pixels, pixels[0]], np.int64)
        both = values[ring].astype(np.float32)
        branches.append(Branch(len(nodes), len(nodes), xy[ring], both[:, 0], both[:, 1], kinds[ring]))
        nodes = np.concatenate([nodes, xy[ring[:1]]])
    return SkeletonGraph((width, height), nodes.astype(np.float32), tuple(branches))


def _adjacency(skeleton: Bools, rows: Ints, columns: Ints) -> Ints:
    """(E, 2) numbers of adjacent pixels."""
    padded = np.pad(skeleton, 1)
    number = np.full(padded.shape, -1, np.int64)
    number[rows + 1, columns + 1] = np.arange(len(rows))
    r, c = rows + 1, columns + 1
    found = []
    for dr, dc in ((0, 1), (1, 0), (1, 1), (1, -1)):
        there = padded[r + dr, c + dc]
        if dr and dc:
            there = there & ~padded[r, c + dc] & ~padded[r + dr, c]
        found.append(np.stack([number[r, c][there], number[r + dr, c + dc][there]], 1))
    return np.concatenate(found)


def _nodes(edges: Ints, degree: Ints) -> tuple[list[int], list[Ints]]:
    """Number of the node that each pixel belongs to (-1: none), and the pixels of each node."""
    count = len(degree)
    joined = edges[(degree[edges] > 2).all(1)]
    matrix = coo_array((np.ones(len(joined), np.int8), (joined[:, 0], joined[:, 1])), shape=(count, count))
    _, label = connected_components(matrix, directed=False)
    is_node = degree != 2
    _, numbers = np.unique(label[is_node], return_inverse=True)
    node_of = np.full(count, -1, np.int64)
    node_of[is_node] = numbers
    pixels = np.flatnonzero(is_node)
    order = np.argsort(numbers, kind="stable")
    cuts = np.flatnonzero(np.diff(numbers[order])) + 1
    members = np.split(pixels[order], cuts) if len(pixels) else []
    return node_of.tolist(), members


def _neighbour_lists(edges: Ints, count: int) -> list[list[int]]:
    lists: list[list[int]] = [[] for _ in range(count)]
    for a, b in edges.tolist():
        lists[a].append(b)
        lists[b].append(a)
    return lists


def _chains(
    neighbours: list[list[int]], node_of: list[int], degree: Ints
) -> tuple[list[tuple[int, int, list[int]]], list[list[int]]]:
    """(start, end, pixels between) of every branch, and the pixels of every loop without a node."""
    chains: list[tuple[int, int, list[int]]] = []
    visited = bytearray(len(neighbours))
    for pixel, node in enumerate(node_of):
        if node < 0:
            continue
        if degree[pixel] == 0:
            chains.append((node, node, []))
        for step in neighbours[pixel]:
            if node_of[step] >= 0:
                # Two nodes side by side: an end next to a junction, or two ends. Once, from the smaller pixel.
                if node_of[step] != node and pixel < step:
                    chains.append((node, node_of[step], []))
                continue
            if visited[step]:
                continue
            path, previous, here = [], pixel, step
            while node_of[here] < 0:
                visited[here] = 1
                path.append(here)
                a, b = neighbours[here]
                previous, here = here, (b if a == previous else a)
            chains.append((node, node_of[here], path))
    loops: list[list[int]] = []
    for pixel, node in enumerate(node_of):
        if node >= 0 or visited[pixel]:
            continue
        path, previous, here = [], -1, pixel
        while not visited[here]:
            visited[here] = 1
            path.append(here)
            a, b = neighbours[here]
            previous, here = here, (b if a == previous else a)
        loops.append(path)
    return chains, loops
