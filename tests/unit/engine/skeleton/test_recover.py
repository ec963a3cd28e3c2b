import time

import cv2
import numpy as np
import pytest
from skimage.data import horse

from engine.errors import InputError
from engine.skeleton.graph import Branch, SkeletonGraph
from engine.skeleton.medial import medial_graph
from engine.skeleton.recover import recover_confidence, recover_mask, recover_parts
from tests.unit.engine.skeleton.shapes import iou, letter, oval, rectangle, ring, round_disc, star


def graph_of(size: tuple[int, int], *curves: list[tuple[float, float, float]], confidence: float = 1) -> SkeletonGraph:
    """One branch a curve; a curve is a list of x, y, radius."""
    branches, nodes = [], []
    for number, curve in enumerate(curves):
        values = np.array(curve, np.float32)
        n = len(curve)
        end = 2 * number + (n > 1)
        branches.append(
            Branch(
                2 * number, end, values[:, :2], values[:, 2], np.full(n, confidence, np.float32), np.zeros(n, np.uint8)
            )
        )
        nodes += [values[0, :2], values[-1, :2]]
    return SkeletonGraph(size, np.array(nodes, np.float32), tuple(branches))


def centres(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[: size[1], : size[0]]
    return x + 0.5, y + 0.5


@pytest.mark.parametrize("radius", [3.0, 8.5, 20.25, 60.0])
@pytest.mark.parametrize("offset", [(0.0, 0.0), (0.5, 0.25), (0.1, 0.9)])
def test_a_disc(radius: float, offset: tuple[float, float]) -> None:
    x, y = centres((150, 140))
    cx, cy = 75 + offset[0], 70 + offset[1]
    mask = recover_mask(graph_of((150, 140), [(cx, cy, radius)]))
    assert set(np.unique(mask).tolist()) == {0, 255}
    distance = np.hypot(x - cx, y - cy)
    wrong = (mask > 0) != (distance <= radius)
    assert np.abs(distance[wrong] - radius).max(initial=0) < 0.75, "only the edge is in doubt"
    error = abs((mask > 0).sum() / (np.pi * radius**2) - 1)
    assert error < (0.25 if radius < 5 else 0.08 if radius < 10 else 0.03)


def test_one_pixel() -> None:
    mask = recover_mask(graph_of((5, 4), [(2.5, 1.5, 0.5)]))
    assert mask.sum() == 255
    assert mask[1, 2] == 255


def test_the_envelope_leaves_no_beads() -> None:
    size = (220, 120)
    curve = [(40.0, 60.0, 35.0), (180.0, 50.0, 12.0)]
    x, y = centres(size)
    inside = np.zeros(size[::-1], np.bool_)
    for t in np.linspace(0, 1, 300):  # all discs between the two
        cx, cy, r = (np.array(curve[0]) * (1 - t) + np.array(curve[1]) * t).tolist()
        inside |= np.hypot(x - cx, y - cy) <= r
    assert iou(recover_mask(graph_of(size, curve)), inside) > 0.985


def test_a_disc_within_its_neighbour_adds_nothing() -> None:
    alone = recover_mask(graph_of((100, 100), [(50, 50, 30)]))
    both = recover_mask(graph_of((100, 100), [(50, 50, 30), (60, 50, 10), (60, 50, 10)]))
    assert np.array_equal(alone, both)


def test_sparse_points_are_as_good_as_dense_ones() -> None:
    t = np.linspace(0, 1, 121)
    dense = np.stack([20 + 260 * t, 100 + 40 * np.sin(3 * t), 15 + 10 * t], 1)
    sparse = recover_mask(graph_of((320, 200), [tuple(p) for p in dense[::10].tolist()]))
    assert iou(sparse, recover_mask(graph_of((320, 200), [tuple(p) for p in dense.tolist()]))) > 0.985


def test_what_lies_outside_the_picture_is_cut_off() -> None:
    mask = recover_mask(graph_of((60, 40), [(-200.0, 20.0, 100.0), (300.0, 20.0, 10.0), (1e6, 1e6, 3.0)]))
    assert mask.shape == (40, 60)
    assert mask[20].all()


def test_unknown_radii_cover_nothing() -> None:
    assert not recover_mask(graph_of((60, 40), [(10, 20, 0), (50, 20, 0)])).any()
    half = recover_mask(graph_of((60, 40), [(10, 20, 5), (30, 20, 0), (50, 20, 5)]))
    assert not half[:, 20:40].any()


def test_nothing() -> None:
    graph = SkeletonGraph((7, 5))
    assert recover_mask(graph).shape == (5, 7)
    assert not recover_mask(graph).any()
    assert recover_parts(graph) == []
    assert not recover_confidence(graph).any()


SHAPES = {
    "disc": round_disc(), "rectangle": rectangle(), "ellipse": oval(), "star": star(), "ring": ring(),
    "A": letter("A"), "B": letter("B"), "S": letter("S"), "8": letter("8"), "horse": ~horse(),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_from_mask_to_skeleton_and_back(name: str) -> None:
    mask = SHAPES[name]
    recovered = recover_mask(medial_graph(mask))
    assert iou(recovered, mask) > 0.97
    assert ((recovered > 0) & ~mask).sum() < 0.01 * mask.sum(), "inscribed circles stay inside"


@pytest.mark.parametrize("name", ["A", "8", "horse"])
def test_the_published_rule_gives_the_same_but_coarser(name: str) -> None:
    mask = SHAPES[name]
    graph = medial_graph(mask)
    published = np.zeros(mask.shape, np.uint8)
    for (x, y), radius in zip(graph.points.tolist(), graph.radius.tolist(), strict=True):
        cv2.circle(published, (int(x), int(y)), int(2 * radius / 2), 255, cv2.FILLED)
    recovered = recover_mask(graph)
    assert iou(published, recovered) > 0.93
    assert iou(recovered, mask) >= iou(published, mask) - 0.01


def two_parts() -> SkeletonGraph:
    return graph_of((200, 100), [(20, 50, 10), (80, 50, 10)], [(150, 50, 20)])


def test_parts() -> None:
    graph = two_parts()
    parts = recover_parts(graph)
    assert [p.part for p in parts] == [0, 1]
    whole = np.zeros((100, 200), np.uint8)
    for p in parts:
        alone = np.zeros_like(whole)
        height, width = p.mask.shape
        alone[p.y0 : p.y0 + height, p.x0 : p.x0 + width] = p.mask
        assert np.array_equal(alone, recover_mask(graph, part=p.part))
        assert p.mask[0].any()
        assert p.mask[:, -1].any()
        whole |= alone
    assert np.array_equal(whole, recover_mask(graph))
    with pytest.raises(InputError, match="no part 2"):
        recover_mask(graph, part=2)


def test_a_part_outside_the_picture_is_empty() -> None:
    (part,) = recover_parts(graph_of((50, 50), [(200, 20, 10)]))
    assert part.mask.size == 0


def test_confidence_is_that_of_the_nearest_point_weighted_by_the_part() -> None:
    a = graph_of((200, 100), [(20, 50, 15), (50, 50, 15), (80, 50, 15), (110, 50, 15)], confidence=0.8)
    b = graph_of((200, 100), [(150, 50, 20), (170, 50, 20)], confidence=0.6).branches[0]
    graph = SkeletonGraph(
        a.size,
        np.concatenate([a.nodes, b.points]),
        (*a.branches, Branch(2, 3, b.points, b.radius, b.confidence, b.kind)),
    )
    mask, soft = recover_mask(graph), recover_confidence(graph)
    assert np.array_equal(soft > 0, mask > 0)
    assert soft[50, 40] == round(0.8 * 255)
    assert soft[45, 165] == round(0.6 * 255 / 2), "half as many points as the longest part"
    assert np.array_equal(soft, recover_confidence(graph, mask))


def test_six_megapixels() -> None:
    small = medial_graph(~horse())
    graph = small.moved((7.5, 6), (0, 0), (3000, 2000))
    start = time.process_time()
    mask = recover_mask(graph)
    soft = recover_confidence(graph, mask)
    took = time.process_time() - start
    expected = cv2.resize((~horse()).astype(np.uint8), (3000, 2000)) > 0
    assert mask.shape == soft.shape == (2000, 3000)
    assert iou(mask[::8, ::8], expected[::8, ::8]) > 0.5  # circles stay circles in a picture stretched unevenly
    assert np.array_equal(soft > 0, mask > 0)
    assert took < 2
