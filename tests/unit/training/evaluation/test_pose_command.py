"""`evaluate maps` and `evaluate pose` from arguments to files, with small networks of random weights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.unit.training.evaluation.dots import write_dots
from tests.unit.training.evaluation.small_pose import write_capture, write_weights
from training.__main__ import main
from training.data.people import PersonRecord
from training.evaluation import pose_data
from training.export_command import evaluation_of


def _lifted(people: Sequence[PersonRecord]) -> tuple[np.ndarray, np.ndarray]:
    """What lifting would say: everybody is flat; of the first person it says nothing."""
    joints = np.stack([person.joints for person in people])
    poses = np.concatenate([joints - joints[:, 7:8], np.zeros((len(people), 16, 1))], -1) * 12
    confidence = np.ones(poses.shape[:2])
    confidence[0] = 0
    return poses.astype(np.float32), confidence.astype(np.float32)


@pytest.fixture(autouse=True)
def lifting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pose_data, "lifted_people", _lifted)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Motion capture, people made of dots and weights."""
    folder = tmp_path_factory.mktemp("pose")
    write_capture(folder / "capture.npz")
    write_dots(folder / "people", {"dots": 2})
    write_weights(folder / "weights")
    return folder


def evaluate(task: str, folder: Path, *words: str) -> int:
    data = [] if "--data" in words else ["--data", str(folder / "capture.npz"), str(folder / "people")]
    return main(["evaluate", task, *data, "--weights", str(folder / "weights"), "--device", "cpu", "--quiet", *words])


def report(task: str, folder: Path, out: Path, *words: str) -> dict[str, Any]:
    assert evaluate(task, folder, "--json", str(out), *words) == 0
    found: dict[str, Any] = json.loads(out.read_text())
    return found


def test_poses(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = report("pose", folder, tmp_path / "pose.json", "--made", "2", "--plots", str(tmp_path / "plots"))
    models = found["models"]
    assert set(models) == {
        "detector", "mean_pose", "pose_rgb", "pose_single", "pose_matching", "pose_likelihood",
        "pose_consensus", "pose_fusion",
        "pose", "pose_oracle", "true_map", "true_map_matching",
    }  # fmt: skip
    for name in set(models) - {"detector"}:
        made = models[name]["synthetic"]
        assert made["people"] == 2
        assert made["pa_mpjpe"] <= made["n_mpjpe"] + 1e-3
        assert 0 < made["true_depth"] <= made["mpjpe"]
    assert models["pose_oracle"]["synthetic"]["mpjpe"] <= models["pose_matching"]["synthetic"]["mpjpe"]
    assert "photos" not in models["pose_oracle"]
    photos = models["pose"]["photos"]
    assert photos["people"] == 2
    assert photos["pseudo"]["people"] == 1  # of the first nothing was lifted
    assert set(photos["sets"]) == {"dots"}
    assert models["pose"]["synthetic"]["seconds"] > 0
    assert (found["run"]["made"], found["run"]["split"]) == (2, "dev")
    screen = capsys.readouterr().out
    for expected in (
        "Made people (2), mm",
        "Direct RGB",
        "18 maps, matched",
        "6x3",
        "2D detector",
        "no truth",
        "l knee",
    ):
        assert expected in screen
    for name in ("pose-errors.png", "pose-joints.png"):
        with Image.open(tmp_path / "plots" / name) as picture:
            assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 50  # something is drawn
    figures = evaluation_of(tmp_path / "pose.json", "pose_rgb").figures
    assert figures["synthetic.mpjpe"] == models["pose_rgb"]["synthetic"]["mpjpe"]


def test_one_method_on_photos_alone(folder: Path, tmp_path: Path) -> None:
    words = ["--data", str(folder / "people"), "--model", "pose_rgb", "--limit", "1"]
    models = report("pose", folder, tmp_path / "pose.json", *words)["models"]
    assert {name: list(parts) for name, parts in models.items()} == {"detector": ["photos"], "pose_rgb": ["photos"]}
    assert models["pose_rgb"]["photos"]["people"] == 1


def test_an_ensemble_of_regressors(folder: Path, tmp_path: Path) -> None:
    weights = write_weights(tmp_path / "weights", "hourglass", "pose_maps")
    for name in ("one", "other"):
        write_weights(weights / "pose_ensemble" / name, "pose_regressor")
    words = ["--data", str(folder / "capture.npz"), "--model", "pose_ensemble", "--made", "1"]
    models = report("pose", folder, tmp_path / "pose.json", *words, "--weights", str(weights))["models"]
    assert set(models) == {"detector", "mean_pose", "pose_ensemble", "pose_ensemble_oracle"}
    errors = [models[name]["synthetic"]["mpjpe"] for name in ("pose_ensemble_oracle", "pose_ensemble")]
    assert errors[0] <= errors[1]


def test_maps(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = report("maps", folder, tmp_path / "maps.json", "--made", "1", "--views", "2")
    regressor, maps = found["models"]["pose_regressor"], found["models"]["pose_maps"]
    assert regressor["oracle"]["mpjpe"] <= regressor["mpjpe"]
    assert regressor["sets"]["capture"]["views"] == 2
    assert maps["photos"]["people"] == 1
    assert 0 < maps["photos"]["mae"] < 1
    assert found["run"]["views"] == 2
    screen = capsys.readouterr().out
    for expected in ("True maps of held-out people", "mean pose", "Maps seen", "r_elbow-r_wrist"):
        assert expected in screen
    assert evaluation_of(tmp_path / "maps.json", "pose_regressor").figures["mpjpe"] == regressor["mpjpe"]


@pytest.mark.parametrize(
    ("task", "words", "says"),
    [
        ("pose", ["--model", "unknown"], "unknown"),
        ("pose", ["--model", "pose_ensemble"], "ensemble"),
        ("pose", ["--split", "all"], "one split"),
        ("pose", ["--sets", "nowhere"], "no set nowhere"),
        ("pose", ["--made", "0", "--limit", "0"], "nobody to measure"),
        ("pose", ["--json", "/nonexistent/out.json"], "cannot be written"),
        ("maps", ["--model", "hourglass"], "hourglass"),
        ("maps", ["--data", "PEOPLE"], "no motion capture"),
    ],
)
def test_what_cannot_be_done_is_said(
    task: str, words: list[str], says: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(task, folder, *(str(folder / "people") if word == "PEOPLE" else word for word in words)) != 0
    assert says in capsys.readouterr().err
