"""Every metric against cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import InputError
from training.metrics.bootstrap import bootstrap_interval
from training.metrics.clicks import failed, miou_at, noc
from training.metrics.iou import iou, recall_at
from training.metrics.ranking import average_precision, precision_recall, score_error


def test_iou() -> None:
    target = np.zeros((4, 4), np.uint8)
    target[:2, :2] = 1
    prediction = np.zeros((4, 4), np.bool_)
    prediction[:2, 1:3] = True
    assert iou(prediction, target) == 2 / 6
    assert iou(target == 1, target) == 1
    assert iou(prediction & False, target) == 0


def test_iou_ignores_void() -> None:
    target = np.array([[1, 1, 0, 0, 255, 255]], np.uint8)
    prediction = np.array([[0, 1, 1, 0, 1, 0]], np.bool_)
    assert iou(prediction, target) == 1 / 3
    assert iou(np.array([[1, 1, 0, 0, 1, 1]], np.bool_), target) == 1


def test_iou_of_nothing_and_of_unequal_shapes() -> None:
    assert iou(np.ones((2, 2), np.bool_), np.full((2, 2), 255, np.uint8)) == 1
    assert iou(np.zeros((2, 2), np.bool_), np.zeros((2, 2), np.uint8)) == 1
    assert iou(np.ones((2, 2), np.bool_), np.zeros((2, 2), np.uint8)) == 0
    with pytest.raises(InputError):
        iou(np.zeros((2, 3), np.bool_), np.zeros((3, 2), np.uint8))


def test_recall() -> None:
    assert recall_at([0.7, 0.69, 0.9, 0.1], 0.7) == 0.5
    assert np.isnan(recall_at([], 0.7))


def test_number_of_clicks() -> None:
    curves = np.array(
        [
            [0.90, 0.50, 0.95],  # reached at once, though lost again
            [0.50, 0.85, 0.92],  # 0.85 itself is reached
            [0.10, 0.20, 0.30],  # never
        ]
    )
    assert noc(curves, 0.85).tolist() == [1, 2, 3]
    assert noc(curves, 0.90).tolist() == [1, 3, 3]
    assert failed(curves, 0.85).tolist() == [False, False, True]
    assert miou_at(curves, 1) == pytest.approx(0.5)
    assert miou_at(curves, 3) == pytest.approx((0.95 + 0.92 + 0.30) / 3)


def test_precision_recall_by_hand() -> None:
    scores = np.array([0.2, 0.9, 0.8, 0.8, 0.1])
    ious = np.array([0.9, 0.8, 0.1, 0.7, 0.0])
    precision, recall = precision_recall(scores, ious, 0.7)
    assert precision.tolist() == [1, 2 / 3, 3 / 4, 3 / 5]
    assert recall.tolist() == [1 / 5, 2 / 5, 3 / 5, 3 / 5]
    assert average_precision(precision, recall) == pytest.approx((1 + 2 / 3 + 3 / 4) / 5)
    assert score_error(scores, ious) == pytest.approx((0.7 + 0.1 + 0.7 + 0.1 + 0.1) / 5)
    empty = np.zeros(0)
    assert [len(part) for part in precision_recall(empty, empty)] == [0, 0]


def test_bootstrap_of_independent_photos_agrees_with_the_normal_interval() -> None:
    values = np.random.default_rng(0).normal(0.5, 0.2, 400)
    low, high = bootstrap_interval(values, [f"{n}.jpg" for n in range(400)], resamples=4000)
    half = 1.96 * values.std() / 20
    assert low == pytest.approx(values.mean() - half, abs=0.002)
    assert high == pytest.approx(values.mean() + half, abs=0.002)


def test_bootstrap_resamples_photos() -> None:
    """Ten copies of every object in its photo add no information: the interval must not shrink."""
    values = np.random.default_rng(1).uniform(0, 1, 50)
    photos = [str(n) for n in range(50)]
    once = bootstrap_interval(values, photos)
    tenfold = bootstrap_interval(np.repeat(values, 10), list(np.repeat(photos, 10)))
    assert tenfold == pytest.approx(once)
    assert bootstrap_interval(values, ["same"] * 50) == pytest.approx((values.mean(), values.mean()))


def test_bootstrap_is_repeatable_and_weighs_objects_equally() -> None:
    values, photos = np.array([0.0, 1.0, 1.0, 1.0]), ["a", "b", "b", "b"]
    assert bootstrap_interval(values, photos, seed=3) == bootstrap_interval(values, photos, seed=3)
    assert bootstrap_interval(values, photos, level=0.0) == pytest.approx((0.75, 0.75))
