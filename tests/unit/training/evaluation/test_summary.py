"""From outcomes to figures: every key, against means worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.crop.prompts import Click
from training.data.records import ObjectRecord
from training.evaluation.outcome import Kind, Outcome
from training.evaluation.summary import summarise

BASE = ObjectRecord(Path("a.jpg"), lambda: None, "s", "dev", 1, "dog", "clean", (0, 0, 9, 9), (9, 9), 1.0, False)  # type: ignore[arg-type,return-value]


def outcome(name: str, kind: Kind, *ious: float, score: float = 0.5, image: str = "a.jpg", **changes: str) -> Outcome:
    record = replace(BASE, image=Path(image), **changes)  # type: ignore[arg-type]
    many = len(ious)
    return Outcome(record, name, kind, (Click(1, 1),) * many, ious, (score,) * many, (0.25,) * many, max(ious))


def test_dialogues() -> None:
    outcomes = [
        outcome("m", "centre", 0.60, 0.80, 0.90, score=0.8),
        outcome("m", "centre", 1.00, image="b.jpg", score=0.9),
        outcome("m", "centre", 0.20, 0.40, 0.50, quality="cc", score=0.2),
        outcome("m", "jittered", 0.10, 0.20, 0.30),
    ]
    figures = summarise(outcomes, 3, {}, 0)["m"]["sets"]
    assert set(figures) == {"s", "s/clean", "s/cc"}
    whole = figures["s"]
    assert (whole["objects"], whole["photos"]) == (3, 2)
    assert whole["miou"] == pytest.approx({"1": 0.6, "2": 2.2 / 3, "3": 0.8}, abs=1e-6)
    assert whole["noc"] == pytest.approx({"80": 2.0, "85": 7 / 3, "90": 7 / 3}, abs=1e-6)
    assert whole["noc_failed"] == pytest.approx({"80": 1 / 3, "85": 1 / 3, "90": 1 / 3}, abs=1e-6)
    assert whole["seconds_per_click"] == 0.25
    assert whole["iou_at_70"] == pytest.approx(1 / 3, abs=1e-6)
    assert whole["score_error"] == pytest.approx((0.2 + 0.1 + 0.0) / 3, abs=1e-6)
    assert whole["score_average_precision"] == pytest.approx(1 / 3, abs=1e-6)
    assert whole["best_candidate_miou"] == pytest.approx((0.9 + 1.0 + 0.5) / 3, abs=1e-6)
    low, high = whole["interval"]["1"]
    assert low == pytest.approx(0.4)  # only photo a
    assert high == pytest.approx(1.0)  # only photo b
    assert whole["jittered"]["miou"]["3"] == 0.3
    assert figures["s/clean"]["miou"]["1"] == 0.8
    assert "jittered" not in figures["s/cc"]


def test_groups_pool_objects_not_sets() -> None:
    outcomes = [
        outcome("m", "centre", 0.0, set="x"),
        *[outcome("m", "centre", 1.0, set="y", image=f"{n}") for n in "abc"],
    ]
    groups = {"both": ["x", "y"], "none": ["z"]}
    figures = summarise(outcomes, 1, groups, 0)["m"]
    assert figures["groups"]["both"]["miou"]["1"] == 0.75
    assert set(figures["groups"]) == {"both"}
    assert figures["sets"]["x"]["noc"]["90"] == 1


def test_patches_of_two_methods() -> None:
    outcomes = [outcome("a", "patch", value) for value in (0.1, 0.5, 0.7, 0.9)] + [outcome("b", "patch", 0.3)]
    figures = summarise(outcomes, 20, {}, 0)
    assert set(figures) == {"a", "b"}
    patch = figures["a"]["patch"]
    assert (patch["patches"], patch["mean_iou"], patch["median_iou"]) == (4, 0.55, 0.6)
    assert (patch["iou_at_50"], patch["iou_at_70"]) == (0.75, 0.5)
    assert figures["b"]["patch"]["mean_iou"] == 0.3
    assert figures["a"]["sets"] == {}
