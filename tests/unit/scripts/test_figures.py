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


def test_tables() -> None:
    card = WeightsCard(
        name="small",
        architecture="a:B",
        input="RGB",
        normalisation=Normalisation(mean=(0, 0, 0), std=(1, 1, 1)),
        data=(DataSource(name="none", terms="none"),),
        licence="Apache-2.0",
        training_command="train",
        commit="0",
        evaluation=Evaluation(
            command="measure",
            figures={"patch.mean_iou": 0.6614, "sets.coco/clean.miou.1": 0.5, "sets.coco/clean.noc.85": 3.456},
        ),
        bytes=3 * 2**20,
        parameters=1_234_567,
    )
    lines = figures.section([card]).splitlines()
    assert lines[2] == "| small | 1.23 M | 3.0 MiB | 0.661 | – | – |"
    assert "`measure`" in lines[4]
    assert lines[-1] == "| coco/clean | 0.500 | – | – | 3.46 | – | – |"
