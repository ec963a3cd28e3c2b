"""`evaluate joints` from arguments to files, with detectors whose figures are known."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.device import choose
from engine.errors import InputError
from engine.imaging.window import Pyramid, Window
from engine.pose.hypotheses import Look
from engine.pose.joints import MPII_16
from engine.pose.network import JointDetector
from tests.unit.training.evaluation.dots import DotDetector, write_dots
from training.__main__ import main
from training.data.people import open_people
from training.evaluation import pose_detectors
from training.evaluation.pose_joints import joint_figures
from training.evaluation.pose_photos import window_of
from training.export_command import evaluation_of

WRONG = ("l_wrist", "r_wrist", "l_ankle")


@pytest.fixture(autouse=True)
def detectors(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    known = {"hourglass": DotDetector(), "pose_maps": DotDetector(WRONG)}
    asked: list[dict[str, Any]] = []

    def make_detector(name: str, device: str, **options: Any) -> DotDetector:
        if name not in known:
            raise InputError(f"There is no detector of joints called {name}.")
        asked.append({"name": name, "device": device, **options})
        return known[name]

    monkeypatch.setattr(pose_detectors, "make_detector", make_detector)
    return asked


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_dots(tmp_path / "dots", {"many": 3, "few": 1}, {1: ["r_knee"]})


def evaluate(data: Path, *words: str) -> int:
    return main(["evaluate", "joints", "--data", str(data), "--device", "cpu", "--quiet", *words])


def report(data: Path, *words: str) -> dict[str, Any]:
    out = data.with_name("out.json")
    assert evaluate(data, "--json", str(out), *words) == 0
    found: dict[str, Any] = json.loads(out.read_text())
    return found


def test_columns_sets_and_means(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = report(data)
    right, wrong = (found["models"][name] for name in ("hourglass", "pose_maps"))
    assert right["people"] == 4
    assert (
        right["pck"]
        == right["pckh"]
        == dict.fromkeys(("head", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "mean"), 1.0)
    )
    assert right["pck_interval"] == [1.0, 1.0]
    assert wrong["pck"]["wrist"] == 0
    assert wrong["pck"]["ankle"] == 0.5
    assert wrong["pck"]["knee"] == 1
    counted = 4 * 14 - 1  # one knee is unknown
    assert wrong["pck"]["mean"] == pytest.approx((counted - 4 * 3) / counted, abs=1e-6)
    assert {name: part["people"] for name, part in wrong["sets"].items()} == {"few": 1, "many": 3}
    assert wrong["sets"]["few"]["pck"]["mean"] == pytest.approx(11 / 14, abs=1e-6)
    assert found["run"]["people"] == 4
    screen = capsys.readouterr().out
    for expected in ("PCK@0.2", "PCKh@0.5", "pose_maps", "few", "78.6"):
        assert expected in screen


def test_figures_reach_the_card(data: Path) -> None:
    report(data)
    figures = evaluation_of(data.with_name("out.json"), "pose_maps").figures
    assert figures["pck.ankle"] == figures["sets.many.pck.ankle"] == 0.5


def test_options_reach_the_networks(data: Path, detectors: list[dict[str, Any]]) -> None:
    found = report(data, "--model", "hourglass", "--flip", "--size", "128", "--limit", "2", "--sets", "many")
    assert [(asked["flip"], asked["size"]) for asked in detectors] == [(True, 128)]
    assert (found["run"]["size"], found["run"]["flip"], found["run"]["people"]) == (128, True, 2)
    assert list(found["models"]["hourglass"]["sets"]) == ["many"]


def test_windows_that_miss(data: Path) -> None:
    record = open_people(data)[0]
    exact, missed = window_of(record, 0, 0), window_of(record, 0.1, 0)
    assert exact.width == pytest.approx(1.25 * 108)
    assert missed == window_of(record, 0.1, 0)
    assert missed != window_of(record, 0.1, 1)
    assert 0 < abs(missed.x0 + missed.width / 2 - exact.x0 - exact.width / 2) < 0.5 * exact.width
    # What is found is in pixels of the photo, whatever the window.
    assert report(data, "--model", "hourglass", "--jitter", "0.1")["models"]["hourglass"]["pckh"]["mean"] > 0.9


def test_intervals_are_over_people(data: Path) -> None:
    people = open_people(data)[:3]
    xy = np.stack([np.nan_to_num(record.joints) for record in people])
    xy[0] += 500
    figures = joint_figures(xy, people, 0)
    assert figures["pck_interval"][0] < figures["pck"]["mean"] < figures["pck_interval"][1]
    assert figures["pck_interval"][1] == 1  # a resample without the first person


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--model", "unknown"], "unknown"),
        (["--sets", "nowhere"], "no set nowhere"),
        (["--split", "train"], "split train"),
        (["--json", "/nonexistent/out.json"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(
    data: Path, words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(data, *words) != 0
    assert says in capsys.readouterr().err


def test_a_missing_photo_is_said_before_the_run(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "images/2.png").unlink()
    assert evaluate(data) != 0
    assert "2.png" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--size", "100"], ["--size", "32"], ["--limit", "0"], ["--jitter", "-1"]])
def test_bad_arguments_end_with_usage(data: Path, words: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        evaluate(data, *words)
    assert stop.value.code == 2


class _Lopsided(nn.Module):
    """Sees the right ankle faintly in column 3 and the left one clearly in column 5 of any picture."""

    def forward(self, x: Tensor) -> Any:
        heat = torch.zeros(len(x), 16, 16, 16)
        heat[:, MPII_16.index("r_ankle"), 8, 3] = 0.4
        heat[:, MPII_16.index("l_ankle"), 8, 5] = 1.0
        return SimpleNamespace(heat=(heat,))


def test_the_mirror_image_exchanges_left_and_right() -> None:
    looks = [Look(Pyramid(np.zeros((64, 64, 3), np.uint8)), Window(0, 0, 64, 64))] * 2
    ankle = MPII_16.index("r_ankle")
    for flip, column in ((False, 3), (True, 10)):  # mirrored, the left ankle in column 5 is the right one in 15 − 5
        xy = JointDetector(_Lopsided(), choose("cpu"), 64, flip=flip)(looks).xy
        assert xy.shape == (2, 16, 2)
        assert xy[:, ankle].tolist() == [[4 * (column + 0.5), 4 * 8.5]] * 2
