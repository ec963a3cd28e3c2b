"""Counts, ODS and OIS on pictures small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest

from engine.skeleton.precision_recall import Counts, count_pixels, thresholds_of
from training.metrics.skeleton_pr import ods, ods_interval, ois, pooled

F32 = np.float32
THRESHOLDS = thresholds_of(9)  # 0.1 ... 0.9
SHAPE = (60, 80)  # diagonal 100: pixels up to 1 apart are paired


def line(row: int, begin: int, end: int, value: float = 1.0) -> np.ndarray:
    picture = np.zeros(SHAPE, F32)
    picture[row, begin:end] = value
    return picture


def table(counts: Counts) -> list[tuple[int, int, int]]:
    return list(zip(counts.matched.tolist(), counts.predicted.tolist(), counts.truth.tolist(), strict=True))


def test_thresholds() -> None:
    assert thresholds_of(3).tolist() == [0.25, 0.5, 0.75]
    assert thresholds_of(100)[[0, -1]] == pytest.approx([1 / 101, 100 / 101])


def test_perfect() -> None:
    truth = line(20, 10, 70) + line(40, 5, 30)
    counts = count_pixels(truth, truth > 0, THRESHOLDS)
    assert table(counts) == [(85, 85, 85)] * 9
    assert ods([counts]) == (1.0, 0)
    assert ois([counts]) == 1.0
    assert ods_interval([counts], ["a"]) == (1.0, 1.0)


@pytest.mark.parametrize("empty", ["prediction", "truth", "both"])
def test_empty(empty: str) -> None:
    found = np.zeros(SHAPE, F32) if empty != "truth" else line(20, 10, 30)
    truth = line(20, 10, 30) > 0 if empty == "prediction" else np.zeros(SHAPE, np.bool_)
    counts = count_pixels(found, truth, THRESHOLDS)
    assert ods([counts])[0] == ois([counts]) == 0
    assert counts.precision.max() == counts.recall.max() == counts.f.max() == 0
    assert ods_interval([counts, counts], ["a", "b"]) == (0, 0)


def test_thresholds_cut_where_a_value_reaches_them() -> None:
    found = line(20, 10, 20, 0.5) + line(20, 20, 24, 0.95) + line(30, 10, 16, 0.31)
    counts = count_pixels(found, line(20, 10, 30) > 0, THRESHOLDS)
    # The second line has no partner. 0.31 reaches 0.1, 0.2 and 0.3; 0.5 in float32 reaches 0.5; 0.95 reaches all.
    # At its end each line answers for one pixel more than it covers only if it had one to spare: it has not.
    assert table(counts) == [(14, 20, 20)] * 3 + [(14, 14, 20)] * 2 + [(4, 4, 20)] * 4
    best, at = ods([counts])
    assert (best, at) == (pytest.approx(2 * 14 / 34), 3)


def test_one_pixel_is_near_two_are_not() -> None:
    truth = line(20, 10, 40) > 0
    assert table(count_pixels(line(21, 10, 40), truth, THRESHOLDS))[0] == (30, 30, 30)
    assert table(count_pixels(line(22, 10, 40), truth, THRESHOLDS))[0] == (0, 30, 30)
    assert table(count_pixels(line(20, 11, 41), truth, THRESHOLDS))[0] == (30, 30, 30)
    assert table(count_pixels(line(20, 12, 42), truth, THRESHOLDS))[0] == (29, 30, 30)


def test_swapping_prediction_and_truth_swaps_precision_and_recall() -> None:
    one, other = line(20, 10, 40) + line(50, 3, 9), line(21, 20, 60)
    there, back = count_pixels(one, other > 0, THRESHOLDS), count_pixels(other, one > 0, THRESHOLDS)
    assert there.precision.tolist() == back.recall.tolist()
    assert there.recall.tolist() == back.precision.tolist()
    assert 0 < there.precision[0] != there.recall[0] > 0


def test_both_are_thinned_and_lone_detections_removed() -> None:
    band = np.zeros(SHAPE, F32)
    band[20:23, 10:40] = 1  # thins to one row of 28
    lone = line(50, 50, 51)
    counts = count_pixels(band + lone, band > 0, THRESHOLDS)
    assert table(counts)[0] == (28, 28, 28)


def test_ignored_places_count_neither_way_unless_right() -> None:
    truth = line(20, 10, 40) > 0
    found = line(20, 10, 30) + line(40, 10, 30) + line(50, 10, 20)
    ignored = np.zeros(SHAPE, np.bool_)
    ignored[38:45] = True
    assert table(count_pixels(found, truth, THRESHOLDS, ignored=ignored))[0] == (20, 30, 30)
    assert table(count_pixels(found, truth, THRESHOLDS, ignored=~ignored))[0] == (20, 40, 30)  # only the second counts
    everywhere = np.ones(SHAPE, np.bool_)
    assert table(count_pixels(found, truth, THRESHOLDS, ignored=everywhere))[0] == (20, 20, 30)
    assert table(count_pixels(found * (truth == 0), truth, THRESHOLDS, ignored=everywhere))[0] == (0, 0, 30)


def test_a_pixel_in_an_ignored_place_never_makes_a_counted_one_wrong() -> None:
    # Two detections, one of them ignored, compete for each true pixel: the counted ones are not wrong.
    truth = line(20, 10, 20) > 0
    found = line(19, 10, 20) + line(21, 10, 20)
    for row in (19, 21):
        ignored = line(row, 0, 80) > 0
        assert table(count_pixels(found, truth, THRESHOLDS, ignored=ignored))[0] == (10, 10, 10)
    assert table(count_pixels(found, truth, THRESHOLDS))[0] == (10, 20, 10)


def test_scale_error_is_that_of_the_matched_pixels() -> None:
    truth, found = line(20, 10, 30), line(20, 10, 20, 0.5) + line(20, 20, 40, 0.95)
    detected, true = np.where(found > 0.9, F32(12), F32(5)), np.full(SHAPE, 10, F32)
    counts = count_pixels(found, truth > 0, THRESHOLDS, diameters=(detected, true))
    assert counts.matched[0] == 20
    # A column more to the right can be paired, so one or two of the pairs may be of the other kind.
    assert counts.absolute[0] == pytest.approx(10 * 5 + 10 * 2, abs=6)
    assert counts.relative.tolist() == pytest.approx((counts.absolute / 10).tolist())
    assert counts.absolute[-1] == pytest.approx(2 * counts.matched[-1])


def test_ods_shares_a_threshold_and_ois_does_not() -> None:
    # One picture is best at a low threshold, the other at a high one.
    truth = line(20, 10, 30) > 0
    faint = count_pixels(line(20, 10, 30, 0.35), truth, THRESHOLDS)
    noisy = count_pixels(line(20, 10, 30, 0.95) + line(40, 0, 40, 0.75), truth, THRESHOLDS)
    assert ois([faint, noisy]) == 1.0
    # At 0.1 to 0.3: 40 of 80 and 40; at 0.8: 20 of 20 and 40.
    assert ods([faint, noisy]) == (pytest.approx(2 * 40 / (80 + 40)), 0)
    assert table(pooled([faint, noisy]))[7] == (20, 20, 40)
    low, high = ods_interval([faint, noisy], ["a", "b"])
    assert low == pytest.approx(2 / 3)  # of both
    assert high == 1.0  # of one alone
    alone = ods_interval([faint, noisy], ["a", "a"])
    assert alone == pytest.approx((2 / 3, 2 / 3))


def test_every_map_is_counted_as_if_it_were_alone() -> None:
    rng = np.random.default_rng(3)
    found = (rng.random((40, 50)) ** 3).astype(F32)
    found[rng.random((40, 50)) < 0.5] = 0
    truth = rng.random((40, 50)) < 0.1
    ignored = rng.random((40, 50)) < 0.2
    thresholds = thresholds_of(30)
    together = count_pixels(found, truth, thresholds, ignored=ignored)
    for index, threshold in enumerate(thresholds):
        binary = (found >= threshold).astype(F32)
        alone = count_pixels(binary, truth, np.array([0.5]), ignored=ignored)
        assert table(together)[index] == table(alone)[0]
    assert len(set(table(together))) > 20
