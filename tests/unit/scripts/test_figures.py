"""The figures of the cards as the README shows them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from engine.weights import DataSource, Evaluation, Normalisation, WeightsCard

PATH = Path(__file__).resolve().parents[3] / "scripts" / "figures.py"
spec = importlib.util.spec_from_file_location("figures", PATH)
assert spec is not None
assert spec.loader is not None
figures = importlib.util.module_from_spec(spec)
spec.loader.exec_module(figures)


def test_without_weights_it_says_so() -> None:
    assert figures.section([]) == "No weights are shipped yet."


def card_of(name: str, measured: dict[str, float]) -> WeightsCard:
    return WeightsCard(
        name=name,
        architecture="a:B",
        input="RGB",
        normalisation=Normalisation(mean=(0, 0, 0), std=(1, 1, 1)),
        data=(DataSource(name="none", terms="none"),),
        licence="Apache-2.0",
        training_command="train",
        commit="0",
        evaluation=Evaluation(
            command="measure",
            figures=measured,
        ),
        bytes=3 * 2**20,
        parameters=1_234_567,
    )


def test_tables() -> None:
    measured = {"patch.mean_iou": 0.6614, "sets.coco/clean.miou.1": 0.5, "sets.coco/clean.noc.85": 3.456}
    lines = figures.section([card_of("small", measured)]).splitlines()
    assert lines[2] == "| small | 1.23 M | 3.0 MiB | 0.661 | – | – |"
    assert "`measure`" in lines[4]
    assert lines[-1] == "| coco/clean | 0.500 | – | – | 3.46 | – | – |"


def test_skeleton_networks_have_a_table_of_their_own() -> None:
    cards = [
        card_of("thin", {"ods": 0.4567, "mask_iou": 0.7, "sets.coco.ods": 0.3}),
        card_of("small", {"patch.mean_iou": 0.5}),
    ]
    lines = figures.section(cards).splitlines()
    assert [line.split(" ")[1] for line in lines if line.startswith(("| thin", "| small"))] == ["small", "thin"]
    assert lines[-1] == "| thin | 1.23 M | 3.0 MiB | 0.457 | – | 0.700 | – | – |"
    assert sum("thin" in line for line in lines) == 1


def test_networks_that_read_people_have_a_table_of_their_own() -> None:
    cards = [
        card_of("reader", {"mpjpe": 71.234, "pa_mpjpe": 50.0, "widths.8": 71.234}),
        card_of("seer", {"pck.mean": 0.7654, "pckh.mean": 0.7}),
        card_of("small", {"patch.mean_iou": 0.5}),
    ]
    lines = figures.section(cards).splitlines()
    assert lines[-2:] == [
        "| reader | 1.23 M | 3.0 MiB | – | – | – | – | – | 71.2 |",
        "| seer | 1.23 M | 3.0 MiB | 0.765 | 0.700 | – | – | – | – |",
    ]
    assert "| small | 1.23 M | 3.0 MiB | 0.500 | – | – |" in lines
