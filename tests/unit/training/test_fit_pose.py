"""`python -m training fit pose` on a handful of people: every default network, up to a checkpoint."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine.weights import load_net
from tests.unit.training.data.test_pose_bank import people as recorded
from tests.unit.training.data.test_pose_samples import _write_people
from training.__main__ import main
from training.data.mocap import JOINTS_17

SMALL = {"widths": [8, 8, 16, 16, 16], "depths": [1, 1, 1, 1]}


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> list[str]:
    """Folders: people in photos, motion capture, a background."""
    folder = tmp_path_factory.mktemp("pose")
    _write_people(folder / "people")
    poses = recorded(8)
    (folder / "mocap").mkdir()
    np.savez(
        folder / "mocap/a.npz", joints=poses.joints, joint_names=np.array(JOINTS_17), subject=np.zeros(8, np.int16),
        seq=np.zeros(8, np.int32), frame=np.arange(8), subjects=np.array(["cmu007"]), sequences=np.array(["07_01"]),
    )  # fmt: skip
    return [str(folder / "people"), str(folder / "mocap")]


def _fit(tmp_path: Path, data: list[str], name: str, fields: dict[str, object], *more: str) -> Path:
    config = tmp_path / f"{name}.json"
    config.write_text(json.dumps({"name": name, "schedule": {"batch_size": 4}} | fields))
    out = tmp_path / name
    fixed = ["--steps", "2", "--workers", "0", "--device", "cpu", "--precision", "float32", "--quiet"]
    places = ["--config", str(config), "--out", str(out), "--cache", str(tmp_path / "cache")]
    assert main(["fit", "pose", "--model", name, "--data", *data, *places, *fixed, *more]) == 0
    return out / "last.pt"


def test_every_default_is_trained_and_the_regressor_learns_from_the_maps_of_another(tmp_path, data):
    _fit(tmp_path, data, "hourglass", {"arguments": {"stacks": 1, "channels": 16}, "size": 64})
    _fit(tmp_path, data, "pose_rgb", {"arguments": SMALL, "size": 64})
    first = _fit(tmp_path, data, "pose_regressor", {})
    maps = _fit(tmp_path, data, "pose_maps", {"size": 64})
    seen = {"maps": str(maps)}
    second = _fit(tmp_path, data, "pose_regressor", seen, "--init", str(first))
    card = tmp_path / "data.json"
    card.write_text(json.dumps([{"name": "made", "terms": "none"}]))
    weights = tmp_path / "weights"
    export = ["--data-card", str(card), "--training-command", "fit", "--out", str(weights)]
    assert main(["export", str(second), *export]) == 0
    assert sum(p.numel() for p in load_net("pose_regressor", folder=weights).parameters()) > 1e5


def test_a_task_without_its_data_is_refused_in_words(tmp_path, data, capsys):
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    assert main(["fit", "pose", "--data", str(nothing), "--steps", "1", "--out", str(tmp_path / "o")]) == 2
    assert main(["fit", "pose", "--model", "pose_regressor", "--data", data[0], "--steps", "1", "--quiet",
                 "--out", str(tmp_path / "o"), "--cache", str(tmp_path / "c")]) == 2  # fmt: skip
    assert "motion capture" in capsys.readouterr().err
