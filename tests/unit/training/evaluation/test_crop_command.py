"""`evaluate crop` from arguments to files, with methods whose figures are known."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from PIL import Image

from engine.errors import InputError, OutputError, PhotoError
from tests.unit.training.evaluation.colours import ColourMethod, EmptyMethod
from training.evaluation import crop_command


@pytest.fixture(autouse=True)
def methods(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"colour": ColourMethod(0.9), "empty": EmptyMethod()}

    def make_method(name: str, device: str, weights: Path | None) -> object:
        if name not in known:
            raise InputError(f"There is no method {name}.")
        return known[name]

    module = ModuleType("engine.crop.methods")
    module.make_method = make_method  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "engine.crop.methods", module)


def evaluate(*words: str) -> int:
    parser = argparse.ArgumentParser()
    crop_command.add_arguments(parser)
    return crop_command.run(parser.parse_args(["--device", "cpu", "--quiet", *words]))


def measured(data: Path, *words: str) -> dict[str, Any]:
    out = data.with_name("out.json")
    assert evaluate("--data", str(data), "--json", str(out), *words) == 0
    report: dict[str, Any] = json.loads(out.read_text())
    return report


def without_times(report: object) -> object:
    if isinstance(report, dict):
        return {key: without_times(value) for key, value in report.items() if key not in ("seconds_per_click", "date")}
    return report


def test_everything_at_once(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = data.parent
    report = measured(
        data, "--model", "colour,empty", "--patches", "6", "--clicks", "5", "--group", "both=flat,pair",
        "--records", str(folder / "records.jsonl"), "--plots", str(folder / "plots"),
    )  # fmt: skip
    colour, empty = report["models"]["colour"], report["models"]["empty"]
    assert set(colour["sets"]) == {"flat", "flat/cc", "flat/clean", "pair", "pair/cc", "pair/clean"}
    assert colour["sets"]["flat"]["miou"] == {"1": 1.0, "2": 1.0, "3": 1.0, "5": 1.0}
    assert colour["sets"]["pair"]["miou"]["1"] == 0.75
    assert colour["sets"]["pair"]["noc"] == {"80": 2.0, "85": 2.0, "90": 2.0}
    assert colour["groups"]["both"]["miou"]["1"] == pytest.approx((3 * 1.0 + 2 * 0.75) / 5)
    assert colour["sets"]["flat"]["jittered"]["miou"]["1"] == 1.0
    assert colour["patch"]["patches"] == 6
    assert empty["sets"]["pair"]["noc"]["85"] == 5
    assert empty["sets"]["pair"]["noc_failed"]["85"] == 1
    assert empty["patch"]["mean_iou"] == 0
    assert report["run"]["objects"] == 5
    assert report["run"]["objects_skipped"] == 1
    assert report["run"]["versions"]["torch"]
    lines = [json.loads(line) for line in (folder / "records.jsonl").read_text().splitlines()]
    assert len(lines) == 2 * 6 + 2 * 2 * 5
    assert {line["kind"] for line in lines} == {"patch", "centre", "jittered"}
    for name in ("miou_by_click.png", "score_pr.png"):
        with Image.open(folder / "plots" / name) as picture:
            colours = picture.convert("RGB").getcolors(1 << 24)
            assert colours is not None
            assert len(colours) > 50  # something is drawn
    screen = capsys.readouterr().out
    assert "colour" in screen
    assert "flat/clean" in screen
    assert "75.0" in screen
    assert "1 objects without a pixel" in screen


def test_two_runs_agree_but_for_the_times(data: Path) -> None:
    words = ("--model", "colour,empty", "--patches", "4", "--clicks", "3", "--limit", "3", "--jitter", "0.4")
    first, second = measured(data, *words), measured(data, *words)
    assert without_times(first) == without_times(second)
    other = measured(data, *words, "--seed", "5")
    assert without_times(first["models"]) != without_times(other["models"])


def test_parts_can_be_left_out(data: Path) -> None:
    report = measured(data, "--model", "colour", "--patches", "0", "--jitter", "0", "--sets", "pair", "--split", "all")
    model = report["models"]["colour"]
    assert "patch" not in model
    assert set(model["sets"]) == {"pair", "pair/cc", "pair/clean"}
    assert "jittered" not in model["sets"]["pair"]
    report = measured(data, "--model", "colour", "--clicks", "0", "--patches", "2", "--plots", str(data.parent))
    assert report["models"]["colour"]["sets"] == {}
    assert (data.parent / "score_pr.png").is_file()


def test_what_is_wrong_is_said_before_the_work(data: Path) -> None:
    here = ("--data", str(data))
    with pytest.raises(InputError, match="no method nonsense"):
        evaluate(*here, "--model", "nonsense")
    with pytest.raises(InputError, match="split test"):
        evaluate(*here, "--model", "colour", "--split", "test")
    with pytest.raises(InputError, match="group g names the set unknown"):
        evaluate(*here, "--model", "colour", "--group", "g=flat,unknown")
    with pytest.raises(OutputError, match="cannot be written"):
        evaluate(*here, "--model", "colour", "--json", str(data.parent / "none" / "out.json"))
    with pytest.raises(InputError, match="nothing to measure"):
        evaluate(*here, "--model", "colour", "--clicks", "0", "--patches", "0")
    (data.parent / "images" / "flat" / "1.png").unlink()
    with pytest.raises(PhotoError, match=r"1\.png of the data set is missing"):
        evaluate(*here, "--model", "colour")


@pytest.mark.parametrize(
    "words", [("--jitter", "-1"), ("--jitter", "x"), ("--limit", "-3"), ("--group", "x"), ("--model", ","), ()]
)
def test_bad_arguments_exit_with_two(data: Path, words: tuple[str, ...]) -> None:
    needed = ("--data", str(data)) if words else ()
    with pytest.raises(SystemExit) as caught:
        evaluate(*needed, *words)
    assert caught.value.code == 2
