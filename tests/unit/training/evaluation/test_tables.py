"""Lines on the screen: a quality has its own line only where it says something of its own."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.table import Table

from engine.crop.prompts import Click
from training.data.manifest import read_manifest
from training.evaluation.outcome import Outcome, object_seed
from training.evaluation.summary import summarise
from training.evaluation.tables import patch_table, set_table


def text(table: Table) -> str:
    out = StringIO()
    Console(file=out, width=250).print(table)
    return out.getvalue()


def test_sets_groups_and_patches(data: Path) -> None:
    one, other = (replace(record, quality="clean") for record in read_manifest(data)[2:4])
    second = replace(other, quality="cc")
    click = (Click(1, 1),)
    outcomes = [
        Outcome(record, "m", "centre", click, (0.4567,), (0.5,), (0.1,), 0.5) for record in (one, other, second)
    ]
    screen = text(set_table(summarise(outcomes, 1, {"all": ["flat", "pair"]}, 0), 1))
    assert "flat/clean" not in screen
    for expected in ("all", "flat", "pair", "pair/clean", "pair/cc", "45.7", "100"):
        assert expected in screen
    patches = [Outcome(one, "m", "patch", click, (0.5,), (0.2,), (0.002,), 0.5)]
    line = next(line for line in text(patch_table(summarise(patches, 1, {}, 0))).splitlines() if " m " in line)
    assert [word for word in line.split() if word not in "│"] == [
        "m",
        "1",
        "50.0",
        "50.0-50.0",
        "50.0",
        "0.0",
        "30.0",
        "2",
    ]


def test_objects_numbered_alike_are_told_apart(data: Path) -> None:
    record = read_manifest(data)[0]
    others = [
        replace(record, quality="part"),
        replace(record, category="bag"),
        replace(record, image=Path("video2") / record.image.name),
        replace(record, id=9),
    ]
    assert len({object_seed(r, 0) for r in [record, *others]} | {object_seed(record, 1)}) == 6
