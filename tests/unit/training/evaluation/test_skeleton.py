"""A run over photos: known methods get known figures."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.errors import InputError, PhotoError
from engine.skeleton.precision_recall import Counts
from engine.skeleton.reading import Reading
from tests.unit.training.evaluation.bars import Bars, Blurred, Nothing, write_bars
from training.data.manifest import read_manifest
from training.data.records import ObjectRecord
from training.evaluation.skeleton import evaluate
from training.evaluation.skeleton_outcome import Crests, SkeletonOutcome
from training.evaluation.skeleton_sources import SkeletonOptions, sample_objects, views_of
from training.evaluation.skeleton_summary import summarise_skeletons

DEFAULT = SkeletonOptions()
LONG, RIGHT = (20, 40, 80, 60), (90, 20, 130, 100)


@pytest.fixture
def records(tmp_path: Path) -> list[ObjectRecord]:
    """Three photos: a long bar, a long bar beside an upright one, an upright bar."""
    long, right = ("long", "clean", LONG), ("right", "cc", RIGHT)
    return read_manifest(write_bars(tmp_path / "bars", [[long], [long, right], [right]]))


def measure(records: list[ObjectRecord], options: SkeletonOptions = DEFAULT, **methods: object) -> dict:
    outcomes = evaluate(methods, views_of(records, options), options)  # type: ignore[arg-type]
    return summarise_skeletons(outcomes, {}, 0)


@pytest.mark.parametrize("view", ["object", "photo"])
def test_a_perfect_method(records: list[ObjectRecord], view: str) -> None:
    method = Bars()
    figures = measure(records, SkeletonOptions(view), method=method)["method"]  # type: ignore[arg-type]
    assert figures["ods"] == figures["ois"] == figures["precision"] == figures["recall"] == 1
    assert figures["interval"] == [1, 1]
    assert figures["scale_error"] == figures["scale_error_px"] == 0
    # Half a pixel off: the axis of a bar of an even width runs between the pixels that a reading has.
    assert figures["mask_iou"] == pytest.approx(figures["true_mask_iou"], abs=0.05)
    assert figures["true_mask_iou"] > 0.88  # the corners of the bars are pruned away
    assert figures["mask_f"] > 0.93
    assert set(figures["sets"]) == {"long", "right", "long/clean", "right/cc"} - (
        {"long/clean"} if view == "x" else set()
    )
    assert [len(clicks) for clicks in method.clicks] == ([1] * 4 if view == "object" else [1, 2, 1])


def test_an_empty_method_gets_nothing_and_no_error(records: list[ObjectRecord]) -> None:
    models = measure(records, SkeletonOptions(thresholds=5), nothing=Nothing(), method=Bars())
    figures = models["nothing"]
    assert figures["ods"] == figures["ois"] == figures["precision"] == figures["recall"] == 0
    assert figures["interval"] == [0, 0]
    assert "mask_iou" not in figures  # a method without scales has no masks
    assert "scale_error" not in figures
    assert figures["true_mask_iou"] == models["method"]["true_mask_iou"]


def test_wrong_scales_are_measured_on_matched_pixels(records: list[ObjectRecord]) -> None:
    figures = measure(records, method=Bars(scale=1.25))["method"]
    assert figures["scale_error"] == pytest.approx(0.25, abs=1e-4)
    assert 3 < figures["scale_error_px"] < 10
    assert figures["ods"] == 1
    assert figures["mask_iou"] < figures["true_mask_iou"] - 0.05


def test_a_skeleton_that_is_shifted_too_far_is_wrong(records: list[ObjectRecord]) -> None:
    upright = [record for record in records if record.set == "right"]
    near, far = (measure(upright, method=Bars(shift=shift))["method"]["ods"] for shift in (1, 6))
    assert near > 0.9
    assert far < 0.4


def test_each_map_is_divided_by_its_maximum(records: list[ObjectRecord]) -> None:
    models = measure(records, sure=Blurred(1.0), faint=Blurred(0.01))
    for model in models.values():
        del model["seconds"]
        for part in model["sets"].values():
            del part["seconds"]
    assert models["sure"]["ods"] > 0.8
    for key, value in models["sure"].items():
        if isinstance(value, float):
            assert models["faint"][key] == pytest.approx(value, abs=0.01), key


def test_the_mask_is_recovered_at_the_best_threshold(records: list[ObjectRecord]) -> None:
    # The false ridge has 0.3 of the maximum: below that threshold a false bar would be recovered as well.
    figures = measure(records, method=Blurred())["method"]
    assert 0.29 < figures["threshold"] < 1
    assert figures["mask_iou"] > 0.8
    assert figures["f_at_model_threshold"] == figures["ods"]


def test_what_is_kept_of_a_reading_gives_the_same_skeleton(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    for seed, sigma in enumerate((1.0, 3.0, 7.0)):
        rough = np.abs(np.random.default_rng(seed).normal(size=(120, 150))).astype(np.float32)
        smooth = cv2.GaussianBlur(rough, (0, 0), sigma)
        smooth = (smooth - smooth.min()) / np.ptp(smooth)
        diameter = 5 + 20 * rng.random(smooth.shape).astype(np.float32)
        reading = Reading(smooth, diameter, np.ones(smooth.shape, np.uint8), np.zeros((0, 120, 150), np.float32))
        crests = Crests.of(reading)
        crests.save(tmp_path / "one.npz", 0.1)
        kept = Crests.load(tmp_path / "one.npz")
        for threshold in (0.1, 0.3, 0.5, 0.7, 0.9):
            before, after = crests.graph(threshold), kept.graph(threshold)
            assert len(before.branches) == len(after.branches)
            for name in ("points", "radius", "confidence", "kind"):
                assert np.array_equal(getattr(before, name), getattr(after, name))


def outcome(photo: str, hits: int, name: str = "s", quality: str = "") -> SkeletonOutcome:
    matched = np.array([hits, hits // 2])
    counts = Counts(matched, np.array([20, 10]), np.array([20, 20]), matched / 10, matched * 2.0)
    return SkeletonOutcome("m", name, quality, photo, counts, 0.5, True)


def test_sets_and_groups_pool_their_pictures() -> None:
    outcomes = [outcome("a", 20), outcome("b", 10), outcome("c", 0, "t", "clean")]
    figures = summarise_skeletons(outcomes, {"both": ["s", "t"], "none": ["u", "s/x"], "part": ["t/clean", "u"]}, 0)[
        "m"
    ]
    assert figures["ods"] == 0.5
    assert figures["threshold"] == pytest.approx(1 / 3, abs=1e-6)
    assert figures["sets"]["s"]["ods"] == 0.75
    assert figures["sets"]["t"]["ods"] == figures["sets"]["t/clean"]["ods"] == 0
    assert figures["sets"]["s"]["interval"] == [0.5, 1]
    assert set(figures["groups"]) == {"both", "part"}
    assert figures["groups"]["part"]["pictures"] == 1
    assert figures["groups"]["both"]["pictures"] == 3
    assert figures["scale_error"] == 0.1
    assert figures["scale_error_px"] == 2
    assert "scale_error" not in figures["sets"]["t"]  # nothing matched
    assert "mask_iou" not in figures
    assert figures["seconds"] == 0.5


def test_samples_are_seeded_and_photos_counted_once(records: list[ObjectRecord]) -> None:
    def chosen(**options: object) -> tuple[tuple[str, int], ...]:
        sample = sample_objects(records, SkeletonOptions(**options))  # type: ignore[arg-type]
        return tuple((record.image.name, record.id) for record in sample)

    assert len(chosen()) == 4
    assert sorted(chosen(view="photo")) == [("0.png", 1), ("1.png", 1), ("2.png", 1)]
    assert chosen(limit=2) == chosen(limit=2)
    assert len({chosen(limit=2, seed=seed) for seed in range(8)}) > 1
    assert {len(chosen(limit=2, seed=seed)) for seed in range(5)} == {2}
    assert len(chosen(limit=1, view="photo")) == 1


def test_nothing_to_measure_is_said(records: list[ObjectRecord], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no object to measure"):
        views_of(read_manifest(write_bars(tmp_path / "small", [[("s", "", (0, 0, 20, 20))]])), SkeletonOptions())
    records[0].image.unlink()
    with pytest.raises(PhotoError, match=r"0\.png"):
        views_of(records, SkeletonOptions())
