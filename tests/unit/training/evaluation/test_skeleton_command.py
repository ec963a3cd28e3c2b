"""`evaluate skeleton` from arguments to files, with methods whose figures are known."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.crop.prompts import Click
from engine.errors import InputError
from engine.skeleton.reading import Reading
from tests.unit.training.evaluation.bars import Bars, Blurred, Nothing, write_bars
from training.__main__ import main
from training.export_command import evaluation_of


class Scales(Bars):
    """Finds its bars only when it looks at several scales."""

    def read(self, rgb: np.ndarray, clicks: Sequence[Click] = (), *, multi_scale: bool = False) -> Reading:
        return (super() if multi_scale else Nothing()).read(rgb, clicks)


LONG, RIGHT = ("long", "clean", (20, 40, 80, 60)), ("right", "cc", (90, 20, 130, 100))


@pytest.fixture(autouse=True)
def methods(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"skeleton": Bars, "soft": Blurred, "nothing": Nothing, "scales": Scales}

    def make_skeleton_method(name: str, device: str, weights: Path | None) -> object:
        if name not in known:
            raise InputError(f"There is no method {name}.")
        return known[name]()

    module = ModuleType("engine.skeleton.methods")
    module.make_skeleton_method = make_skeleton_method  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "engine.skeleton.methods", module)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_bars(tmp_path / "bars", [[LONG], [LONG, RIGHT]])


def evaluate(data: Path, *words: str) -> int:
    fixed = ["evaluate", "skeleton", "--data", str(data), "--device", "cpu", "--quiet", "--thresholds", "10"]
    return main([*fixed, *words])


def report(data: Path, *words: str) -> dict[str, Any]:
    out = data.with_name("out.json")
    assert evaluate(data, "--json", str(out), *words) == 0
    return json.loads(out.read_text())


def test_everything_at_once(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = data.parent
    words = ["--model", "skeleton,soft,nothing", "--group", "both=long,right", "--csv", str(folder / "curve.csv")]
    found = report(data, *words, "--plots", str(folder / "plots"))
    models = found["models"]
    assert list(models) == ["skeleton", "soft", "nothing"]
    perfect = models["skeleton"]
    assert perfect["ods"] == perfect["ois"] == 1
    assert {"threshold", "interval", "mask_iou", "mask_f", "true_mask_iou", "scale_error", "scale_error_px"} < set(
        perfect
    )
    assert set(perfect["sets"]) == {"long", "long/clean", "right", "right/cc"}
    assert perfect["sets"]["right"]["ods"] == perfect["groups"]["both"]["ods"] == 1
    assert 0.7 < models["soft"]["ods"] < 1
    assert models["nothing"]["ods"] == 0
    facts = found["run"]
    assert (facts["view"], facts["thresholds"], facts["pictures"], facts["split"]) == ("object", 10, 3, "dev")
    assert facts["versions"]["torch"]

    rows = list(csv.DictReader((folder / "curve.csv").read_text().splitlines()))
    assert len(rows) == 3 * 6 * 10  # methods, parts (all, group, four of sets), thresholds
    soft = [row for row in rows if row["model"] == "soft" and row["part"] == "all"]
    assert max(float(row["f"]) for row in soft) == pytest.approx(models["soft"]["ods"], abs=1e-6)
    for row in soft:
        precision, recall = int(row["matched"]) / max(int(row["predicted"]), 1), int(row["matched"]) / int(row["truth"])
        assert float(row["precision"]) == pytest.approx(precision, abs=1e-6)
        assert float(row["recall"]) == pytest.approx(recall, abs=1e-6)
    assert (folder / "plots/precision_recall.csv").read_text() == (folder / "curve.csv").read_text()
    with Image.open(folder / "plots/precision_recall.png") as picture:
        colours = picture.convert("RGB").getcolors(1 << 24)
        assert colours is not None
        assert len(colours) > 50  # something is drawn
    screen = capsys.readouterr().out
    for expected in ("soft", "nothing", "right", "both", "100.0"):
        assert expected in screen


def test_figures_reach_the_card(data: Path) -> None:
    report(data, "--sets", "right")
    card = evaluation_of(data.with_name("out.json"), "skeleton")
    assert card.figures["ods"] == card.figures["sets.right.ods"] == 1
    assert "evaluate" not in card.figures
    assert "interval" not in card.figures


def test_several_scales_are_asked_for(data: Path) -> None:
    assert report(data, "--model", "scales", "--sets", "right")["models"]["scales"]["ods"] == 0
    found = report(data, "--model", "scales", "--sets", "right", "--multi-scale")
    assert found["models"]["scales"]["ods"] == 1
    assert found["run"]["multi_scale"] is True


def test_the_same_seed_gives_the_same_figures(data: Path) -> None:
    first, second = (report(data, "--model", "soft", "--limit", "2", "--view", "object") for _ in range(2))
    for found in (first["models"]["soft"], second["models"]["soft"]):
        assert found.pop("seconds") >= 0
        for part in found["sets"].values():
            part.pop("seconds")
    assert first["models"] == second["models"]
    assert first["run"]["pictures"] == 2
    assert report(data, "--view", "photo")["run"]["pictures"] == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--model", "unknown"], "no method unknown"),
        (["--sets", "nowhere"], "no set nowhere"),
        (["--split", "train"], "no object of split train"),
        (["--group", "g=long,unknown"], "names the set unknown"),
        (["--json", "/nonexistent/out.json"], "cannot be written"),
        (["--csv", "/nonexistent/out.csv"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(
    data: Path, words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(data, *words) != 0
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--thresholds", "0"],
        ["--limit", "0"],
        ["--limit", "-1"],
        ["--view", "window"],
        ["--group", "g"],
        ["--model", ","],
    ],
)
def test_bad_arguments_end_with_usage(data: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        evaluate(data, *words)
    assert stop.value.code == 2
    assert words[0] in capsys.readouterr().err


def test_plots_need_a_folder_that_can_be_made(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data.parent / "file").write_text("")
    assert evaluate(data, "--plots", str(data.parent / "file")) != 0
    assert "cannot be written" in capsys.readouterr().err
