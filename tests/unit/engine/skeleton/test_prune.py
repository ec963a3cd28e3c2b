import numpy as np

from engine.skeleton.prune import ByLength, pruned
from engine.skeleton.trace import trace


def graph_of(*rows: str):
    skeleton = np.array([[c == "#" for c in row] for row in rows])
    return trace(skeleton, np.ones(skeleton.shape, np.float32))


SPURRED = (
    "...#.......",
    "...#.......",
    "###########",
    ".......#...",
)


def test_short_branches_go_and_the_line_becomes_one() -> None:
    graph = pruned(graph_of(*SPURRED), ByLength(2.5))
    (branch,) = graph.branches
    assert len(graph.nodes) == 2
    xs = branch.points[:, 0]
    assert (np.diff(xs) > 0).all() or (np.diff(xs) < 0).all()
    assert {xs.min(), xs.max()} == {0.5, 10.5}
    assert np.array_equal(graph.nodes[branch.start], branch.points[0])
    assert np.array_equal(graph.nodes[branch.end], branch.points[-1])


def test_the_shortest_goes_first() -> None:
    graph = pruned(graph_of(*SPURRED), ByLength(1.5))
    assert len(graph.branches) == 3


def test_a_fork_loses_one_prong_only() -> None:
    graph = pruned(graph_of("########..", "........#.", ".......#.#"), ByLength(3))
    assert len(graph.branches) == 1
    assert graph.branches[0].length > 8


def test_a_lone_short_line_and_a_loop_stay() -> None:
    graph = graph_of("##....##.", ".....#..#", "......##.")
    assert len(pruned(graph, ByLength(100)).branches) == 2


def test_a_loop_loses_its_tail() -> None:
    graph = pruned(graph_of(".##....", "#..###.", ".##...."), ByLength(10))
    (loop,) = graph.branches
    assert loop.start == loop.end


def test_two_branches_between_the_same_junctions() -> None:
    graph = pruned(graph_of("...###...", "###...###", "...###..."), ByLength(10))
    assert {b.start == b.end for b in graph.branches} == {True}
    assert len(graph.branches) == 1
    assert graph.branches[0].length > 8


def test_an_empty_graph() -> None:
    assert pruned(graph_of("..."), ByLength(3)).empty
