"""Rows and figures of readings that are made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.imaging.photo import Photo
from engine.imaging.window import Pyramid, Window
from engine.pose.hypotheses import NO_MAP, Detection, Look, Origin, PoseReading
from engine.pose.maps import CROPS, SINGLE, WIDTHS
from engine.pose.metrics import mpjpe
from engine.pose.ranking import RANKINGS
from engine.pose.session import PoseSession
from training.evaluation.pose import TRUE_MAP, Measured, read_people
from training.evaluation.pose_people import Person
from training.evaluation.pose_rows import rows_of, subsets
from training.evaluation.pose_summary import summarise_made, summarise_photos

N, THORAX = 4, 7
GRID = tuple(Origin(width, crop) for crop in CROPS for width in WIDTHS)
ONE = GRID.index(Origin(*SINGLE))
RIGHT, FLAT = 5, 9
"""The hypothesis that is right, and the one that looks right from where the camera is but is flat."""


@pytest.fixture
def truth() -> np.ndarray:
    poses = np.random.default_rng(2).normal(0, 300, (N, 16, 3))
    return poses - poses[:, THORAX : THORAX + 1]


@pytest.fixture
def people(truth: np.ndarray) -> tuple[Person, ...]:
    visible = np.full(16, 2)
    return tuple(
        Person("made", f"{n}", pose[:, :2] * 0.1 + 50, visible, pose, pose[:, 2] + 4000, made=True)
        for n, pose in enumerate(truth)
    )


@pytest.fixture
def reading(truth: np.ndarray, people: tuple[Person, ...]) -> PoseReading:
    """Hypotheses that are all off but RIGHT."""
    rng = np.random.default_rng(3)
    pose = truth[:, None] + rng.normal(0, 80, (N, len(GRID), 16, 3))
    pose[:, RIGHT] = truth
    pose[:, FLAT, :, :2] = truth[..., :2]
    pose[:, FLAT, :, 2] = 0
    pose -= pose[:, :, THORAX : THORAX + 1]
    seen = Detection(np.stack([p.joints for p in people]), np.ones((N, 16)))
    return PoseReading(seen, pose, np.full((N, len(GRID), 16), 80.0), GRID)


def test_rows(reading: PoseReading, truth: np.ndarray) -> None:
    rgb = replace(reading.only([2]), origins=(NO_MAP,))
    rows = rows_of({"pose": reading, "pose_rgb": rgb, TRUE_MAP: reading}, truth)
    assert list(rows) == [
        "pose_single", *(f"pose_{how}" for how in RANKINGS), "pose", "pose_oracle", "pose_rgb", "true_map",
        "true_map_matching",
    ]  # fmt: skip
    assert np.array_equal(rows["pose_oracle"].pose, reading.pose[:, RIGHT])
    assert np.array_equal(rows["pose_single"].pose, reading.pose[:, ONE])
    assert np.array_equal(rows["true_map"].pose, reading.pose[:, ONE])
    assert np.array_equal(rows["pose_rgb"].pose, reading.pose[:, 2])
    # The right one and the flat one project to the very same place.
    matched = rows["pose_matching"].pose
    assert all(any(np.array_equal(m, reading.pose[n, k]) for k in (RIGHT, FLAT)) for n, m in enumerate(matched))
    assert rows["pose_oracle"].xy == pytest.approx(reading.seen.xy)
    assert "pose_oracle" not in rows_of({"pose": reading}, None)


def test_fewer_hypotheses(reading: PoseReading) -> None:
    found = dict(subsets(reading))
    assert list(found) == ["1x1", "2x1", "3x1", "4x1", "5x1", "6x1", "1x2", "1x3", "6x2", "6x3"]
    assert found["1x1"].origins == (Origin(*SINGLE),)
    assert {o.width for o in found["3x1"].origins} == {6, 8, 10}
    assert {o.crop for o in found["1x2"].origins} == {0.9, 1.0}
    for size, some in found.items():
        widths, crops = map(int, size.split("x"))
        assert some.pose.shape[1] == widths * crops
    assert np.array_equal(found["6x3"].pose, reading.pose)


def test_figures_of_made_people(reading: PoseReading, truth: np.ndarray, people: tuple[Person, ...]) -> None:
    flat = replace(reading.only([FLAT]), origins=(NO_MAP,))
    measured = Measured(people, {"pose": reading, "pose_rgb": flat}, {"pose": 0.5, "pose_rgb": 0.1})
    mean = np.zeros((16, 3))
    found = summarise_made(measured, mean, 0)
    assert found["mean_pose"]["mpjpe"] == pytest.approx(mpjpe(np.zeros_like(truth), truth).mean(), abs=1e-3)
    rgb = found["pose_rgb"]
    assert rgb["true_depth"] == 0
    assert rgb["true_2d"] == rgb["mpjpe"] == pytest.approx(np.abs(truth[..., 2]).mean(), abs=1e-3)
    assert rgb["joints"]["r_ankle"] == pytest.approx(np.abs(truth[:, 0, 2]).mean(), abs=1e-3)
    assert rgb["pck"]["mean"] == 1
    assert rgb["seconds"] == 0.1
    assert found["pose_oracle"]["mpjpe"] == found["pose"]["grid"]["6x3"]["oracle"] == 0
    assert found["pose"]["grid"]["1x1"]["oracle"] == found["pose_single"]["mpjpe"]
    assert found["detector"]["pck"]["mean"] == 1
    assert found["pose"] == found["pose_fusion"] | {"seconds": 0.5, "grid": found["pose"]["grid"]}


def test_figures_of_photos(reading: PoseReading, truth: np.ndarray, people: tuple[Person, ...]) -> None:
    unknown = np.full((16, 3), np.nan)
    lifted = truth * 1.5  # of another size: neither figure minds
    mixed = tuple(
        replace(p, made=False, set="a" if n else "b", pose=lifted[n] if n else unknown) for n, p in enumerate(people)
    )
    right = replace(reading.only([RIGHT]), origins=(NO_MAP,))
    shifted = replace(right, seen=Detection(right.seen.xy + 500, right.seen.confidence))
    found = summarise_photos(Measured(mixed, {"pose_rgb": right}, {"pose_rgb": 1.0}), 0)
    assert found["pose_rgb"]["pseudo"] == {"people": 3, "n_mpjpe": 0, "pa_mpjpe": 0}
    assert found["pose_rgb"]["pck"]["mean"] == 1
    assert {name: part["people"] for name, part in found["pose_rgb"]["sets"].items()} == {"a": 3, "b": 1}
    # Cameras are fitted to the detector's joints: where they are wrong, so is the projection.
    missed = summarise_photos(Measured(mixed, {"pose_rgb": shifted}, {"pose_rgb": 1.0}), 0)
    assert missed["detector"]["pck"]["mean"] == missed["pose_rgb"]["pck"]["mean"] == 0


def test_the_row_is_what_a_session_believes(reading: PoseReading, people: tuple[Person, ...]) -> None:
    class First:
        """Reads everybody as the first person."""

        def detect(self, looks: Sequence[Look]) -> Detection:
            return reading.seen

        def read_people(self, looks: Sequence[Look], **_: Any) -> PoseReading:
            return replace(
                reading,
                seen=Detection(reading.seen.xy[:1], reading.seen.confidence[:1]),
                pose=reading.pose[:1],
                sigma=reading.sigma[:1],
            )

    method = First()
    look = Look(Pyramid(np.zeros((100, 100, 3), np.uint8)), Window(0, 0, 100, 100))
    measured = read_people({"pose": method}, None, [(look, people[0])], "made people", 1)
    row = rows_of(measured.readings, None)["pose"]
    believed = PoseSession(Photo.from_array(look.pyramid.level(0)), method).predict(window=look.window).best
    assert np.array_equal(row.pose[0], believed.pose)
    assert np.array_equal(row.xy[0], believed.xy)
