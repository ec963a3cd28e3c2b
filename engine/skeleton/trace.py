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
    node_of, nodes = _nodes(edges, count)
    chains = _chains(edges, node_of)

    # Behind the pixels come the nodes: a junction's place and values are the means of its pixels, its type the first's.
    values = np.stack(
        [
            columns + 0.5,
            rows + 0.5,
            radius[rows, columns],
            np.ones(count) if confidence is None else confidence[rows, columns],
        ],
        1,
    )
    types = np.zeros(count, np.uint8) if kind is None else kind[rows, columns]
    inside = node_of >= 0
    share = np.bincount(node_of[inside], minlength=nodes)
    means = np.stack([np.bincount(node_of[inside], v, nodes) for v in values[inside].T], 1) / share[:, None]
    _, first = np.unique(node_of[inside], return_index=True)
    values = np.concatenate([values, means]).astype(np.float32)
    types = np.concatenate([types, types[inside][first]])

    order = np.asarray([element for chain in chains for element in chain], np.int64)
    values_along, types_along = values[order], types[order]
    node_points = list(values[count:, :2])
    branches, begin = [], 0
    for chain in chains:
        along = slice(begin, begin + len(chain))
        begin = along.stop
        if chain[0] < count:  # a loop without a node gets one
            start = end = len(node_points)
            node_points.append(values[chain[0], :2])
        else:
            start, end = chain[0] - count, chain[-1] - count
        v = values_along[along]
        branches.append(Branch(start, end, v[:, :2], v[:, 2], v[:, 3], types_along[along]))
    return SkeletonGraph((width, height), np.stack(node_points).astype(np.float32), tuple(branches))


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


def _nodes(edges: Ints, count: int) -> tuple[Ints, int]:
    """(count,) number of the node that each pixel belongs to, -1 for none; how many nodes there are."""
    degree = np.bincount(edges.ravel(), minlength=count)
    joined = edges[(degree[edges] > 2).all(1)]
    matrix = coo_array((np.ones(len(joined), np.int8), (joined[:, 0], joined[:, 1])), shape=(count, count))
    _, label = connected_components(matrix, directed=False)
    node_of = np.full(count, -1, np.int64)
    found, node_of[degree != 2] = np.unique(label[degree != 2], return_inverse=True)
    return node_of, len(found)


def _chains(edges: Ints, node_of: Ints) -> list[list[int]]:
    """Every branch as numbers of its pixels between those of its two nodes, nodes counted on from the last pixel.

    A lone pixel is its node alone; a loop without a node repeats its first pixel at its end.
    """
    count = len(node_of)
    both = np.concatenate([edges, edges[:, ::-1]])
    # A pixel inside a branch has two neighbours: their sum minus the one we came from is where to go.
    onward = np.bincount(both[:, 0], both[:, 1], count).astype(np.int64).tolist()
    leaving = both[node_of[both[:, 0]] >= 0]
    leaving = leaving[np.lexsort(leaving.T[::-1])]
    lone = np.flatnonzero((node_of >= 0) & (np.bincount(both[:, 0], minlength=count) == 0))
    chains = [[count + node] for node in node_of[lone].tolist()]
    node, visited = node_of.tolist(), bytearray(count)
    for pixel, step in leaving.tolist():
        if node[step] >= 0:
            # Two nodes side by side: an end next to a junction, or two ends. Once, from the smaller pixel.
            if node[step] != node[pixel] and pixel < step:
                chains.append([count + node[pixel], count + node[step]])
        elif not visited[step]:
            chain, previous, here = [count + node[pixel]], pixel, step
            while node[here] < 0:
                visited[here] = 1
                chain.append(here)
                previous, here = here, onward[here] - previous
            chain.append(count + node[here])
            chains.append(chain)
    for pixel in np.flatnonzero((node_of < 0) & (np.frombuffer(visited, np.uint8) == 0)).tolist():
        if visited[pixel]:
            continue
        neighbours = both[both[:, 0] == pixel, 1]
        chain, previous, here = [], int(neighbours[0]), pixel
        while not visited[here]:
            visited[here] = 1
            chain.append(here)
            previous, here = here, onward[here] - previous
        chains.append([*chain, pixel])
    return chains
