import numpy as np
import pytest

from engine.skeleton.graph import Branch, SkeletonGraph


def branch(start: int, end: int, *points: tuple[float, float], radius: float = 2, kind: int = 1) -> Branch:
    n = len(points)
    xy = np.array(points, np.float32)
    return Branch(
        start, end, xy, np.full(n, radius, np.float32), np.full(n, 0.5, np.float32), np.full(n, kind, np.uint8)
    )


def two_parts() -> SkeletonGraph:
    nodes = np.array([[0, 0], [3, 4], [6, 8], [20, 20]], np.float32)
    return SkeletonGraph(
        (40, 30),
        nodes,
        (
            branch(3, 3, (20, 20), radius=5, kind=3),
            branch(0, 1, (0, 0), (3, 4)),
            branch(2, 1, (6, 8), (3, 4), radius=1, kind=2),
        ),
    )


def test_points_of_all_branches_in_order() -> None:
    graph = two_parts()
    assert graph.points.tolist() == [[20, 20], [0, 0], [3, 4], [6, 8], [3, 4]]
    assert graph.radius.tolist() == [5, 2, 2, 1, 1]
    assert graph.kind.tolist() == [3, 1, 1, 2, 2]
    assert graph.branch_of.tolist() == [0, 1, 1, 2, 2]
    assert graph.part_of.tolist() == [0, 1, 1]
    assert graph.branches[1].length == 5
    assert graph.branches[0].length == 0


def test_an_empty_graph() -> None:
    graph = SkeletonGraph((4, 3))
    assert graph.empty
    assert graph.points.shape == (0, 2)
    for values in (graph.radius, graph.confidence, graph.kind, graph.branch_of, graph.part_of):
        assert values.shape == (0,)
    assert graph.moved((2, 2), (1, 1), (8, 6)).empty


def test_moved() -> None:
    graph = two_parts().moved((2, 8), (10, -1), (90, 300))
    assert graph.size == (90, 300)
    assert graph.nodes[1].tolist() == [16, 31]
    assert graph.branches[1].points.tolist() == [[10, -1], [16, 31]]
    assert graph.radius.tolist() == pytest.approx([20, 8, 8, 4, 4])
    assert graph.part_of.tolist() == [0, 1, 1]


def test_moved_there_and_back() -> None:
    graph = two_parts()
    back = graph.moved((3, 3), (5, 7), (120, 90)).moved((1 / 3, 1 / 3), (-5 / 3, -7 / 3), (40, 30))
    assert np.allclose(back.points, graph.points, atol=1e-4)
    assert np.allclose(back.radius, graph.radius)
