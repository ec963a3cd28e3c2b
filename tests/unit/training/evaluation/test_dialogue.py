"""The simulated dialogue on photos where every click's effect is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.crop.prediction import Candidate, Prediction
from engine.crop.prompts import Click
from engine.imaging.photo import Photo
from tests.unit.training.evaluation.colours import GREY, ColourMethod, ColourSession, EmptyMethod
from training.data.manifest import read_manifest
from training.evaluation.dialogue import converse, measure_object
from training.evaluation.sample import load_photo


def test_two_colours_take_two_clicks(data: Path) -> None:
    """Red is 12 x 12, blue 12 x 4: IoU 144/192, then 1, and nothing is left to click."""
    record = read_manifest(data)[3]
    turns = list(converse(ColourSession(load_photo(record)), record.read_mask(), 20))
    assert [turn.iou for turn in turns] == [0.75, 1.0]
    assert [turn.score for turn in turns] == pytest.approx([0.5, 0.6])
    clicks = [turn.click for turn in turns]
    # The object is 12 x 16: depth 6 is reached first in row 10, column 10. Blue is 4 high: depth 2, row 18, column 6.
    assert clicks == [Click(10.5, 10.5), Click(6.5, 18.5)]


def test_a_mask_that_spills_is_answered_by_a_negative_click(data: Path) -> None:
    record = read_manifest(data)[3]
    target = record.read_mask()
    target[17:21] = 0  # only red is the object
    target[5:17, 5:9] = 0  # ... and not its left third, which the method cannot tell apart
    turns = list(converse(ColourSession(load_photo(record)), target, 2))
    assert [turn.click.positive for turn in turns] == [True, False]
    assert [turn.iou for turn in turns] == [8 / 12, 0.0]


def test_the_limit_ends_a_dialogue_without_success(data: Path) -> None:
    record = read_manifest(data)[0]
    (outcome,) = measure_object(record, load_photo(record), {"empty": EmptyMethod()}, 4, 0.0, 0)
    assert outcome.ious == (0.0,) * 4
    assert len(set(outcome.clicks)) == 4


def test_curves_go_on_with_their_last_value(data: Path) -> None:
    record = read_manifest(data)[3]
    (outcome,) = measure_object(record, load_photo(record), {"colour": ColourMethod()}, 5, 0.0, 0)
    assert outcome.curve(5) == [0.75, 1, 1, 1, 1]
    assert outcome.as_json()["iou"] == [0.75, 1.0]


def test_jitter_is_the_same_for_every_method_and_depends_on_the_seed(data: Path) -> None:
    record = read_manifest(data)[0]
    methods = {"a": ColourMethod(), "b": EmptyMethod()}

    def first_clicks(seed: int) -> list[Click]:
        outcomes = measure_object(record, load_photo(record), methods, 1, 0.3, seed)
        assert [o.kind for o in outcomes] == ["centre", "jittered", "centre", "jittered"]
        return [outcome.clicks[0] for outcome in outcomes]

    centre, hand, _, other = first_clicks(0)
    assert centre == Click(10.5, 10.5)
    assert hand == other
    assert first_clicks(0) == first_clicks(0)
    assert len({first_clicks(seed)[1] for seed in range(8)}) > 4


def test_the_best_candidate_is_found_among_all_readings(data: Path) -> None:
    """The first reading is the colour under the click, the second everything that is not background."""

    class TwoReadings(ColourSession):
        def predict(self, *, candidate: int | None = None, **_: object) -> Prediction:
            readings = tuple(Candidate(score, np.zeros((1, 1), np.uint8)) for score in (0.9, 0.4))
            whole = (self._photo.rgb8 != GREY).any(axis=2)
            plain = super().predict()
            return replace(
                plain, patch=whole.astype(np.uint8) * 255 if candidate == 1 else plain.patch, candidates=readings
            )

    class TwoReadingsMethod:
        def session(self, photo: Photo) -> TwoReadings:
            return TwoReadings(photo)

    record = read_manifest(data)[3]
    methods = {"two": TwoReadingsMethod(), "one": ColourMethod()}
    two, one = measure_object(record, load_photo(record), methods, 2, 0.0, 0)
    assert (two.ious[0], two.best_candidate) == (0.75, 1.0)
    assert (one.ious[0], one.best_candidate) == (0.75, 0.75)


def test_an_object_without_pixels_is_left_out(data: Path) -> None:
    record = read_manifest(data)[-1]
    assert not np.any(record.read_mask() == 1)
    assert measure_object(record, load_photo(record), {"colour": ColourMethod()}, 5, 0.1, 0) == []
