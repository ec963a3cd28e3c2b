import math

import numpy as np
import pytest
from skimage.morphology import skeletonize

from engine.skeleton.trace import trace


def picture(*rows: str) -> np.ndarray:
    return np.array([[c == "#" for c in row] for row in rows])


def traced(*rows: str):
    skeleton = picture(*rows)
    radius = np.arange(1, skeleton.size + 1, dtype=np.float32).reshape(skeleton.shape)
    return trace(skeleton, radius)


def test_nothing() -> None:
    graph = traced("....", "....")
    assert graph.empty
    assert graph.size == (4, 2)
    assert graph.points.shape == (0, 2)


def test_a_lone_pixel_is_a_branch_of_one_point() -> None:
    graph = traced("....", "..#.")
    (branch,) = graph.branches
    assert branch.start == branch.end == 0
    assert branch.points.tolist() == [[2.5, 1.5]]
    assert branch.radius.tolist() == [7]
    assert graph.nodes.tolist() == [[2.5, 1.5]]


def test_two_pixels() -> None:
    (branch,) = traced("##").branches
    assert sorted(branch.points.tolist()) == [[0.5, 0.5], [1.5, 0.5]]
    assert branch.start != branch.end


def test_a_line_with_values() -> None:
    skeleton = picture("#...", ".#..", "..##")
    radius = np.arange(12, dtype=np.float32).reshape(3, 4)
    confidence = (radius / 20).astype(np.float32)
    kind = np.arange(12, dtype=np.uint8).reshape(3, 4)
    (branch,) = trace(skeleton, radius, confidence, kind).branches
    if branch.points[0, 0] > 1:
        branch_points = branch.points[::-1]
        order = slice(None, None, -1)
    else:
        branch_points, order = branch.points, slice(None)
    assert branch_points.tolist() == [[0.5, 0.5], [1.5, 1.5], [2.5, 2.5], [3.5, 2.5]]
    assert branch.radius[order].tolist() == [0, 5, 10, 11]
    assert np.allclose(branch.confidence[order], np.array([0, 5, 10, 11]) / 20)
    assert branch.kind[order].tolist() == [0, 5, 10, 11]
    assert branch.length == pytest.approx(1 + 2 * math.sqrt(2))


def test_a_staircase_has_no_junction() -> None:
    graph = traced("##...", ".##..", "..##.", "...##")
    assert len(graph.branches) == 1
    assert len(graph.points) == 8
    assert graph.branches[0].length == 7


def test_a_cross_and_its_node() -> None:
    graph = traced("..#..", "..#..", "#####", "..#..", "..#..")
    assert len(graph.branches) == 4
    assert len(graph.nodes) == 5
    degree = np.bincount([n for b in graph.branches for n in (b.start, b.end)])
    assert sorted(degree.tolist()) == [1, 1, 1, 1, 4]
    assert graph.nodes[degree.argmax()].tolist() == [2.5, 2.5]


def test_touching_junction_pixels_are_one_node_at_their_mean() -> None:
    graph = traced("#...#", ".#.#.", "..#..", "..#..", ".#.#.", "#...#")
    assert len(graph.branches) == 4
    node = np.bincount([n for b in graph.branches for n in (b.start, b.end)]).argmax()
    assert graph.nodes[node].tolist() == [2.5, 3]
    for branch in graph.branches:
        end = 0 if branch.start == node else -1
        assert branch.points[end].tolist() == [2.5, 3]
        assert branch.radius[end] == (2 * 5 + 3 + 3 * 5 + 3) / 2


def test_a_loop_without_a_node_gets_one() -> None:
    graph = traced(".##.", "#..#", ".##.")
    (branch,) = graph.branches
    assert branch.start == branch.end == 0
    assert np.array_equal(branch.points[0], branch.points[-1])
    assert len(branch.points) == 7
    assert np.array_equal(graph.nodes[0], branch.points[0])


def test_a_loop_with_a_tail() -> None:
    graph = traced(".##....", "#..####", ".##....")
    assert len(graph.branches) == 2
    loop, tail = sorted(graph.branches, key=lambda b: b.start != b.end)
    assert loop.start == loop.end
    assert loop.start in (tail.start, tail.end)


def test_parts() -> None:
    graph = traced("##.#", "...#", "#...")
    assert len(set(graph.part_of.tolist())) == 3


@pytest.mark.parametrize("seed", range(30))
def test_every_pixel_once_and_every_neighbour_joined(seed: int) -> None:
    generator = np.random.default_rng(seed)
    skeleton = generator.random((24, 31)) < generator.choice([0.15, 0.4, 0.6])
    if seed % 2:
        skeleton = np.asarray(skeletonize(skeleton))
    graph = trace(skeleton, np.ones(skeleton.shape, np.float32))
    inner = np.concatenate([b.points[1:-1] for b in graph.branches])
    assert len(np.unique(inner, axis=0)) == len(inner), "no pixel lies on two branches"
    seen = np.zeros_like(skeleton)
    for b in graph.branches:
        assert np.array_equal(graph.nodes[b.start], b.points[0])
        assert np.array_equal(graph.nodes[b.end], b.points[-1])
        steps = np.linalg.norm(np.diff(b.points[1:-1], axis=0), axis=1)
        assert (steps < 1.5).all(), "inside a branch pixels touch"
        column, row = np.floor(b.points[1:-1]).astype(int).T
        seen[row, column] = True
    assert not (seen & ~skeleton).any()
    from cv2 import connectedComponents

    parts = connectedComponents(skeleton.astype(np.uint8), connectivity=8)[0] - 1
    assert len(set(graph.part_of.tolist())) == parts
