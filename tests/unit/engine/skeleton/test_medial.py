import time

import cv2
import numpy as np
import pytest
from scipy.spatial import cKDTree
from skimage.data import horse

from engine.skeleton.axis import axis_pixels
from engine.skeleton.graph import SkeletonGraph
from engine.skeleton.medial import inscribed_radius, medial_graph
from engine.skeleton.recover import recover_mask
from tests.unit.engine.skeleton.shapes import Bools, empty, iou, letter, oval, rectangle, ring, rough, round_disc, star


def loops(graph: SkeletonGraph) -> int:
    lone = sum(len(b.points) == 1 for b in graph.branches)  # a branch from a node to itself, yet no loop
    return len(graph.branches) - lone - len(graph.nodes) + len(set(graph.part_of.tolist()))


def ends(graph: SkeletonGraph) -> int:
    degree = np.bincount([n for b in graph.branches for n in (b.start, b.end)], minlength=len(graph.nodes))
    return int((degree == 1).sum())


def parts(mask: Bools, connectivity: int) -> int:
    return int(cv2.connectedComponents(mask.astype(np.uint8), connectivity=connectivity)[0]) - 1


@pytest.mark.parametrize(
    ("mask", "branches", "tips", "holes"),
    [
        (rectangle(), 5, 4, 0), (oval(), 1, 2, 0), (star(), 5, 5, 0), (ring(), 1, 0, 1),
        (letter("S"), 1, 2, 0), (letter("O"), 1, 0, 1), (letter("8"), 3, 0, 2), (letter("A"), 4, 2, 1),
    ],
    ids=["rectangle", "ellipse", "star", "ring", "S", "O", "8", "A"],
)  # fmt: skip
def test_plain_shapes(mask: Bools, branches: int, tips: int, holes: int) -> None:
    graph = medial_graph(mask)
    assert (len(graph.branches), ends(graph), loops(graph)) == (branches, tips, holes)
    assert graph.size == mask.shape[::-1]
    assert (graph.confidence == 1).all()
    assert (graph.kind == 0).all()


def test_a_disc_is_a_point_in_its_middle() -> None:
    graph = medial_graph(round_disc())
    assert np.abs(graph.points - (180.5, 150.5)).max() < 3
    assert graph.radius.max() == pytest.approx(90, abs=1.5)


def test_a_bar_of_odd_and_even_width() -> None:
    for height in (11, 12):
        mask = np.zeros((40, 200), np.bool_)
        mask[14 : 14 + height, 10:190] = True
        graph = medial_graph(mask)
        middle = graph.points[np.abs(graph.points[:, 0] - 100) < 60]
        assert np.abs(middle[:, 1] - (14 + height / 2)).max() < 0.01
        assert np.abs(graph.radius[np.abs(graph.points[:, 0] - 100) < 60] - height / 2).max() < 0.01


def test_a_long_bar_has_no_corners_and_a_square_has_four() -> None:
    bar = np.zeros((100, 600), np.bool_)
    bar[30:70, 20:580] = True
    assert len(medial_graph(bar).branches) == 1
    square = np.zeros((200, 200), np.bool_)
    square[40:160, 40:160] = True
    assert ends(medial_graph(square)) == 4


@pytest.mark.parametrize(
    "mask", [star(), oval(), letter("S"), letter("A"), ~horse()], ids=["star", "oval", "S", "A", "horse"]
)
@pytest.mark.parametrize("seed", range(3))
def test_small_noise_on_the_edge_changes_little(mask: Bools, seed: int) -> None:
    clean, noisy = medial_graph(mask), medial_graph(rough(mask, seed, 1.0))
    assert abs(len(clean.branches) - len(noisy.branches)) <= max(2, len(clean.branches) // 3)
    assert abs(ends(clean) - ends(noisy)) <= max(1, ends(clean) // 4)
    there, back = cKDTree(clean.points).query(noisy.points)[0], cKDTree(noisy.points).query(clean.points)[0]
    diagonal = float(np.hypot(*mask.shape))
    assert np.quantile(there, 0.9) < 0.012 * diagonal
    assert np.quantile(back, 0.9) < 0.012 * diagonal


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_mask_has_the_turned_axis(turns: int) -> None:
    mask = ~horse()
    graph, turned = medial_graph(mask), medial_graph(np.rot90(mask, turns))
    points = graph.points
    width, height = graph.size
    for _ in range(turns):
        points = np.stack([points[:, 1], width - points[:, 0]], 1)
        width, height = height, width
    assert len(turned.branches) == len(graph.branches)
    assert np.quantile(cKDTree(points).query(turned.points)[0], 0.95) < 3


def test_the_same_mask_has_the_same_axis() -> None:
    first, second = medial_graph(~horse()), medial_graph(~horse())
    assert np.array_equal(first.points, second.points)
    assert np.array_equal(first.radius, second.radius)


def test_nothing_and_next_to_nothing() -> None:
    assert medial_graph(empty()).empty
    assert medial_graph(np.zeros((0, 0), np.bool_)).empty
    pixel = np.zeros((5, 7), np.uint8)
    pixel[3, 2] = 255
    graph = medial_graph(pixel)
    assert graph.points.tolist() == [[2.5, 3.5]]
    assert graph.radius.tolist() == [0.5]
    assert np.array_equal(recover_mask(graph), pixel)


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (2, 2), (40, 1), (3, 3), (30, 50)])
def test_a_full_picture(shape: tuple[int, int]) -> None:
    graph = medial_graph(np.ones(shape, np.bool_))
    assert not graph.empty
    least = 0.2 if shape in ((2, 2), (3, 3)) else 0.8
    assert iou(recover_mask(graph), np.ones(shape)) > least


def test_thin_lines_stay_whole() -> None:
    mask = np.zeros((60, 80), np.bool_)
    mask[10, 5:75] = mask[10:50, 40] = True
    graph = medial_graph(mask)
    assert len(set(graph.part_of.tolist())) == 1
    assert len(graph.branches) == 3
    assert len(graph.points) > 100


def test_several_parts_and_specks() -> None:
    mask = np.zeros((200, 300), np.bool_)
    mask[20:60, 20:120] = mask[100:180, 150:280] = True
    mask[5, 5] = True
    mask[140, 200] = False
    graph = medial_graph(mask)
    assert len(set(graph.part_of.tolist())) == 2
    assert loops(graph) == 0
    assert loops(medial_graph(mask, prune=None)) == 1
    assert len(set(medial_graph(mask, prune=None).part_of.tolist())) == 3


def test_the_place_in_the_picture_does_not_matter() -> None:
    mask = ~horse()
    moved = np.zeros((500, 600), np.bool_)
    moved[100 : 100 + mask.shape[0], 150 : 150 + mask.shape[1]] = mask
    assert np.allclose(medial_graph(moved).points, medial_graph(mask).points + np.array([150, 100]), atol=1e-3)


@pytest.mark.parametrize("seed", range(25))
def test_the_axis_is_as_connected_as_the_mask(seed: int) -> None:
    generator = np.random.default_rng(seed)
    noise = cv2.GaussianBlur(generator.random((110, 140)).astype(np.float32), (0, 0), generator.uniform(3, 8))
    mask = np.asarray(noise > np.quantile(noise, generator.uniform(0.3, 0.8)))
    axis = axis_pixels(mask)
    assert not (axis & ~mask).any()
    assert parts(axis, 8) == parts(mask, 8)
    assert parts(np.pad(~axis, 1, constant_values=True), 4) == parts(np.pad(~mask, 1, constant_values=True), 4)


def test_the_radius_of_inscribed_circles() -> None:
    mask = np.zeros((20, 30), np.bool_)
    mask[5:12, 10:25] = True
    radius = inscribed_radius(mask)
    assert radius[8, 17] == pytest.approx(3.5)
    assert radius[5, 17] == pytest.approx(0.5)
    assert radius[4, 17] == 0
    assert inscribed_radius(np.ones((7, 9), np.bool_))[3, 4] == pytest.approx(3.5), "outside the picture is outside"


def test_a_large_mask_is_worked_reduced() -> None:
    small = ~horse()
    mask = cv2.resize(small.astype(np.uint8), (3000, 2000), interpolation=cv2.INTER_NEAREST)
    start = time.process_time()
    graph = medial_graph(mask)
    took = time.process_time() - start
    assert took < 4
    assert graph.size == (3000, 2000)
    assert iou(recover_mask(graph)[::4, ::4], mask[::4, ::4]) > 0.95
    inside = inscribed_radius(mask != 0)
    column, row = np.floor(graph.points).astype(int).T
    same = np.isclose(graph.radius, np.maximum(inside[row, column], 0.5), atol=1)
    assert same.mean() > 0.97, "those of the full mask"
