"""True maps read by regressors that know the answer, or part of it."""

from __future__ import annotations

import numpy as np
import pytest
from torch import Tensor

from engine.pose.maps import CROPS, SINGLE, WIDTHS
from engine.pose.metrics import mpjpe
from engine.pose.network import Regressed
from tests.unit.training.evaluation.small_pose import standing
from training.evaluation.pose_true_maps import CUTS, Scenes, mean_pose, measure_true_maps, scenes_of

COUNT = 3
OFF = {width: 10.0 * abs(width - SINGLE[0]) for width in WIDTHS}
"""Millimetres that the knowing regressor is off, by stick width."""


class Knowing:
    """Recognises every map; is off by `OFF`, in depth, at all joints but the root, and twice as much at crop 0.8."""

    def __init__(self, scenes: Scenes) -> None:
        self.poses = {}
        for width in WIDTHS:
            for crop in {*CROPS, *CUTS}:
                maps, _ = scenes.maps(0, COUNT, width, crop)
                for view, one in zip(scenes.views, maps, strict=True):
                    off = np.zeros((16, 3))
                    off[np.arange(16) != 7, 2] = OFF[width] * (2 if crop == CROPS[0] else 1)
                    self.poses[one.numpy().tobytes()] = view.pose + off

    def __call__(self, maps: Tensor) -> Regressed:
        found = np.stack([self.poses[one.numpy().tobytes()] for one in maps])
        return Regressed(found, np.full(found.shape[:2], 50.0))


@pytest.fixture(scope="module")
def scenes() -> Scenes:
    return scenes_of(standing(12).split("dev"), COUNT, 0)


def test_scenes_are_always_the_same(scenes: Scenes) -> None:
    poses = standing(12).split("dev")
    again, other = scenes_of(poses, COUNT, 0), scenes_of(poses, COUNT, 1)
    assert np.array_equal(again.truth, scenes.truth)
    assert not np.array_equal(other.truth, scenes.truth)
    assert {person.split("/")[0] for person in scenes.people} == {"cmu005"}
    assert np.allclose(scenes.truth[:, 7], 0)


def test_figures_of_a_regressor_whose_errors_are_known(scenes: Scenes) -> None:
    told = []
    mean = np.zeros((16, 3))
    figures = measure_true_maps(Knowing(scenes), scenes, mean, 0, lambda *done: told.append(done))
    assert figures["mpjpe"] == figures["oracle"]["mpjpe"] == 0
    assert figures["widths"] == {f"{w:g}": pytest.approx(OFF[w] * 15 / 16, abs=1e-3) for w in WIDTHS}
    assert figures["crops"] == {"0.8": 0, "0.9": 0, "1": 0}
    assert figures["joints"]["l_knee"] == 0
    assert figures["sets"] == {"small": {"views": COUNT, "mpjpe": 0}}
    average = np.mean([OFF[w] * (2 if c == CROPS[0] else 1) for w in WIDTHS for c in CROPS])
    assert figures["average"]["mpjpe"] == pytest.approx(average * 15 / 16, abs=1e-3)
    expected = mpjpe(np.zeros_like(scenes.truth), scenes.truth).mean()
    assert figures["mean_pose"]["mpjpe"] == pytest.approx(expected, abs=1e-3)
    assert sum(part["views"] for part in figures["outside"].values()) == COUNT * len(CUTS)
    assert told[-1] == ("true maps", 18, 18)


def test_joints_are_counted_where_the_map_cuts_them_off(scenes: Scenes) -> None:
    _, whole = scenes.maps(0, COUNT, 8.0, 1.0)
    _, part = scenes.maps(0, COUNT, 8.0, 0.5)
    assert whole.tolist() == [0] * COUNT
    assert (part >= 3).all()


def test_the_mean_pose_looks_at_nothing() -> None:
    mean = mean_pose(standing(12).split("train"), 0)
    assert mean.shape == (16, 3)
    assert np.allclose(mean[7], 0)
    assert mean[0, 1] > 800  # feet are below the thorax, and y points down
    assert np.abs(mean[:, 0]).max() < 60  # people face every way
