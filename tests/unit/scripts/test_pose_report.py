"""The report of poses is filled from evaluations."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(SCRIPTS)
    monkeypatch.delitem(sys.modules, "figures", raising=False)
    spec = importlib.util.spec_from_file_location("pose_report", SCRIPTS / "pose_report.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


COLUMNS = ("head", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "mean")


def joints(rate: float) -> dict[str, Any]:
    known = dict.fromkeys(COLUMNS, rate)
    return {"people": 3, "pck": known, "pckh": known, "pck_interval": [0.1, 0.2], "pckh_interval": [0.1, 0.2]}


def errors(mm: float) -> dict[str, Any]:
    own = {"mpjpe": mm, "interval": [mm - 1, mm + 1], "n_mpjpe": mm, "pa_mpjpe": mm, "mpjpe_pelvis": mm}
    sides = {f"{s}_{j}": mm for s in "lr" for j in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")}
    return own | {"true_depth": mm, "true_2d": mm, "joints": sides | {"pelvis": 1, "upper_neck": 1, "head_top": 1}}


def evaluation(models: dict[str, Any]) -> dict[str, Any]:
    return {"models": models, "run": {"command": "measure --data /somewhere/else/people --seed 0"}}


MARKS = "# Report\n" + "".join(
    f"<!-- {n} -->\n<!-- /{n} -->\nbetween\n" for n in ("joints", "made", "by joint", "photos")
)


def test_tables_are_filled_and_filled_again(report: ModuleType) -> None:
    seen = joints(0.512) | {"seconds": 0.1, "sets": {"lsp": joints(0.4)}}
    text = report.filled(MARKS, [evaluation({"hourglass": seen})])
    assert "`measure --data people --seed 0`" in text
    assert "| hourglass | all | 3 | PCK | " + " | ".join(["51.2"] * 8) + " | 10.0–20.0 |" in text
    assert "| hourglass | lsp | 3 | PCKh | 40.0" in text
    assert text.count("between") == 4
    again = report.filled(text, [evaluation({"hourglass": seen | joints(0.9)})])
    assert "51.2" not in again
    assert "| all | 3 | PCK | 90.0" in again
    assert len(again.splitlines()) == len(text.splitlines())


def test_rows_of_the_paper_and_photos(report: ModuleType) -> None:
    photos = joints(0.6) | {"pseudo": {"n_mpjpe": 71.26, "pa_mpjpe": 50.0}}
    models = {
        "detector": {"photos": joints(0.7)},
        "pose_rgb": {"synthetic": errors(120.0), "photos": photos},
        "mean_pose": {"synthetic": errors(240.0)},
    }
    text = report.filled(MARKS, [evaluation(models)])
    assert "| Direct RGB | 120.0 | 119.0–121.0 | 120.0 | 120.0 | 120.0 | 120.0 | 120.0 | 114.2 / 92.8 / 94.6 |" in text
    assert "| mean pose | 240.0 |" in text
    assert "| Direct RGB | 1.0 | 1.0 | 120.0 |" in text  # by joint: head top, upper neck, shoulder
    assert "| 2D detector alone | 70.0 |" in text
    assert "| Direct RGB | 71.3 | 50.0 |" in text


def test_what_was_not_measured_stays(report: ModuleType) -> None:
    assert report.filled(MARKS, [evaluation({"other": {"iou": 1}})]) == MARKS
