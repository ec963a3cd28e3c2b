import numpy as np
import pytest
from skimage.data import horse

from engine.errors import InputError
from engine.skeleton.circles import inscribed_circles
from engine.skeleton.graph import Branch, SkeletonGraph
from engine.skeleton.medial import medial_graph
from tests.unit.engine.skeleton.shapes import letter, ring, star


def line(radius: np.ndarray) -> SkeletonGraph:
    n = len(radius)
    points = np.stack([np.arange(n), np.zeros(n)], 1).astype(np.float32)
    branch = Branch(0, 1, points, radius.astype(np.float32), np.ones(n, np.float32), np.ones(n, np.uint8))
    return SkeletonGraph((n, 1), points[[0, -1]], (branch,))


@pytest.mark.parametrize("mask", [star(), ring(), letter("A"), ~horse()], ids=["star", "ring", "A", "horse"])
def test_a_lower_density_is_part_of_a_higher_one(mask: np.ndarray) -> None:
    graph = medial_graph(mask)
    before: set[int] = set()
    for density in (0.001, 0.01, 0.03, 0.1, 0.35, 0.8, 1.0):
        shown = inscribed_circles(graph, density)
        assert shown.dtype == np.intp
        assert (np.diff(shown) > 0).all()
        assert before <= set(shown.tolist())
        before = set(shown.tolist())
        assert np.array_equal(shown, inscribed_circles(graph, density))
    points = graph.points
    assert {tuple(p) for p in points[sorted(before)].tolist()} == {tuple(p) for p in points.tolist()}
    inner = sum(max(0, len(b.points) - 2) for b in graph.branches)
    assert len(before) == inner + len(graph.nodes), "a node is shown once"


def test_nodes_and_the_largest_are_always_shown() -> None:
    graph = medial_graph(~horse())
    shown = inscribed_circles(graph, 1e-6)
    places = {tuple(p) for p in graph.points[shown].tolist()}
    assert {tuple(n) for n in graph.nodes.tolist()} <= places
    assert graph.radius[shown].max() == graph.radius.max()
    assert len(shown) == len(graph.nodes) + 1 or graph.radius[shown].argmax() >= 0


def test_circles_are_spread_evenly() -> None:
    shown = inscribed_circles(line(np.full(129, 5.0)), 17 / 129)
    assert len(shown) == 17
    assert set(np.diff(shown).tolist()) <= {7, 8, 9}


def test_the_spacing_follows_the_radius() -> None:
    radius = np.concatenate([np.full(200, 4.0), np.full(200, 16.0)])
    shown = inscribed_circles(line(radius), 0.1)
    small, large = np.diff(shown[shown < 198]), np.diff(shown[shown > 202])
    assert 2 <= np.median(large) / np.median(small) <= 8
    assert len(shown) == 40


def test_points_without_a_radius_have_no_circle() -> None:
    radius = np.full(50, 3.0)
    radius[20:30] = 0
    assert set(inscribed_circles(line(radius), 1).tolist()) == set(range(50)) - set(range(20, 30))


def test_a_lone_point_and_nothing() -> None:
    assert inscribed_circles(line(np.array([2.0])), 0.1).tolist() == [0]
    assert inscribed_circles(SkeletonGraph((5, 5)), 0.5).tolist() == []


@pytest.mark.parametrize("density", [0, -0.1, 1.01, float("nan")])
def test_impossible_densities(density: float) -> None:
    with pytest.raises(InputError, match="density"):
        inscribed_circles(line(np.ones(3)), density)
