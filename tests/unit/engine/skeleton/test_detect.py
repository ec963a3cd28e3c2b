import time

import cv2
import numpy as np
import pytest
from skimage.data import horse

from engine.errors import InputError
from engine.skeleton.detect import SPECK, detect, thinned, without_specks
from engine.skeleton.medial import inscribed_radius, medial_graph
from engine.skeleton.nms import suppress
from engine.skeleton.reading import Reading
from engine.skeleton.recover import recover_mask
from engine.skeleton.trace import trace
from tests.unit.engine.skeleton.shapes import iou, letter, star


def reading_of(probability: np.ndarray, diameter: np.ndarray | float = 10.0, *, thin: bool = False) -> Reading:
    shape = probability.shape
    diameters = np.broadcast_to(np.float32(diameter), shape).astype(np.float32)
    return Reading(
        probability.astype(np.float32), diameters, np.full(shape, 2, np.uint8), np.zeros((0, *shape), np.float32), thin
    )


def blurred(mask: np.ndarray, sigma: float = 3.0) -> Reading:
    """What a good network would read: the true skeleton, blurred."""
    lines = np.zeros(mask.shape, np.float32)
    for b in medial_graph(mask).branches:
        cv2.polylines(lines, [np.floor(b.points).astype(np.int32)], False, 1.0)
    return reading_of((cv2.GaussianBlur(lines, (0, 0), sigma) * sigma * 2.5).clip(0, 1), 2 * inscribed_radius(mask))


def found(reading: Reading, threshold: float = 0.3):
    return detect(suppress(reading.probability), reading, threshold)


@pytest.mark.parametrize(
    ("mask", "ends", "junctions", "loops"),
    [(star(), 5, 3, 0), (letter("O"), 0, 0, 1), (letter("S"), 2, 0, 0), (letter("A"), 2, 2, 1), (letter("8"), 0, 2, 2)],
    ids=["star", "O", "S", "A", "8"],
)
def test_blurred_skeletons_come_back_connected_and_clean(mask, ends: int, junctions: int, loops: int) -> None:
    graph = found(blurred(mask))
    degree = np.bincount([n for b in graph.branches for n in (b.start, b.end)], minlength=len(graph.nodes))
    assert len(set(graph.part_of.tolist())) == 1
    assert (degree == 1).sum() == ends
    assert min(junctions, 1) <= (degree > 2).sum() <= junctions, "five arms may meet in three places"
    assert len(graph.branches) - len(graph.nodes) + 1 == loops
    assert iou(recover_mask(graph), mask) > 0.94


def test_a_horse() -> None:
    mask = ~horse()
    graph = found(blurred(mask))
    assert len(set(graph.part_of.tolist())) == 1
    assert iou(recover_mask(graph), mask) > 0.95


def test_values_of_the_points() -> None:
    lines = np.zeros((60, 90), np.float32)
    lines[30, 10:80] = 0.8
    diameter = np.tile(np.arange(90, dtype=np.float32), (60, 1))
    (branch,) = detect(lines, reading_of(lines, diameter), 0.5).branches
    column = np.floor(branch.points[:, 0]).astype(int)
    assert np.allclose(branch.radius, column / 2)
    assert np.allclose(branch.confidence, 0.8)
    assert (branch.kind == 2).all()
    assert (branch.points[:, 1] == 30.5).all()


def test_the_threshold_is_exclusive_and_rising_it_shortens() -> None:
    ramp = np.zeros((60, 121), np.float32)
    ramp[30] = np.linspace(0, 1, 121)
    lengths = [len(detect(ramp, reading_of(ramp), t).points) for t in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert lengths == [120, 90, 60, 30, 0]


@pytest.mark.parametrize("gap", [1, 2, 3, 4])
@pytest.mark.parametrize("slant", [0, 1])
def test_gaps_that_suppression_leaves_are_bridged(gap: int, slant: int) -> None:
    crest = np.zeros((80, 80), np.float32)
    probability = np.zeros((80, 80), np.float32)
    for i in range(10, 70):
        row = 40 + slant * (i - 40) // 2
        crest[row, i] = 0.9
        probability[row - 3 : row + 4, i] = 0.9
    crest[:, 38 : 38 + gap] = 0
    assert len(detect(crest, reading_of(probability), 0.5).branches) == 1
    probability[:, 38 : 38 + gap] = 0.1
    assert len(detect(crest, reading_of(probability), 0.5).branches) == 2, "no bridge where there is nothing"


def test_long_gaps_stay() -> None:
    crest = np.zeros((40, 80), np.float32)
    crest[20, 10:70] = 0.9
    crest[20, 36:44] = 0
    assert len(detect(crest, reading_of(np.full((40, 80), 0.9)), 0.5).branches) == 2


def test_specks_go_by_the_length_of_the_whole_part() -> None:
    size = 600
    least = SPECK * size * np.sqrt(2)
    crest = np.zeros((size, size), np.float32)
    crest[100, 100 : 100 + int(least) + 2] = 1
    crest[200, 100 : 100 + int(least) - 2] = 1
    graph = detect(crest, reading_of(crest), 0.5)
    assert [b.points[0, 1] for b in graph.branches] == [100.5]
    small = np.zeros((50, 50), np.float32)
    small[10, 10:15] = small[20, 10:14] = 1
    assert [b.points[0, 1] for b in detect(small, reading_of(small), 0.5).branches] == [10.5], "five pixels at least"
    cross = np.zeros((50, 50), np.bool_)
    cross[10, 8:13] = cross[8:13, 10] = True
    graph = trace(cross, np.ones(cross.shape, np.float32))
    assert len(without_specks(graph, 8.5).branches) == 4, "its arms count together"


def test_spurs_go() -> None:
    crest = np.zeros((50, 90), np.float32)
    crest[25, 10:80] = 1
    crest[22:25, 40] = 1
    assert len(detect(crest, reading_of(crest), 0.5).branches) == 1
    crest[12:25, 40] = 1
    assert len(detect(crest, reading_of(crest), 0.5).branches) == 3


def test_a_thin_reading_keeps_everything() -> None:
    lines = np.zeros((300, 300), np.float32)
    lines[10, 10] = 1
    lines[50, 10:13] = 1
    lines[100:200, 100] = 1
    lines[150:153, 101:103] = 0
    graph = detect(lines, reading_of(lines, thin=True), 0.5)
    assert len(graph.branches) == 3
    assert len(graph.points) == 104


def test_no_scale_gives_radius_zero() -> None:
    lines = np.zeros((30, 60), np.float32)
    lines[15, 5:55] = 1
    graph = detect(lines, reading_of(lines, 0.0), 0.5)
    assert (graph.radius == 0).all()
    assert not recover_mask(graph).any()


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (64, 64)])
def test_nothing_above_the_threshold(shape: tuple[int, int]) -> None:
    graph = found(reading_of(np.zeros(shape)))
    assert graph.empty
    assert graph.size == shape[::-1]


def test_lines_along_the_border() -> None:
    crests = np.zeros((40, 40), np.bool_)
    crests[0, :] = crests[:, 39] = True
    thin = thinned(crests, np.ones_like(crests))
    assert thin[0, 5:30].all()
    assert thin[10:35, 39].all()
    assert not thin[2:, :37].any()


def test_sizes_must_agree() -> None:
    with pytest.raises(InputError, match="suppressed map"):
        detect(np.zeros((4, 5), np.float32), reading_of(np.zeros((5, 4))), 0.5)


def test_a_slider_can_wait_for_it() -> None:
    noise = cv2.GaussianBlur(np.random.default_rng(0).random((512, 512)).astype(np.float32), (0, 0), 8)
    probability = (noise - noise.min()) / (noise.max() - noise.min())
    reading, suppressed = reading_of(probability), suppress(probability)
    took = []
    for _ in range(3):
        start = time.process_time()
        graph = detect(suppressed, reading, 0.5)
        took.append(time.process_time() - start)
    assert len(graph.points) > 5000, "ten times as much as a photo has"
    assert min(took) < 0.15, "50 ms on an idle machine"
