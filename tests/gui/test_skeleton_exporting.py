"""Skeletons out of the window: every format through the dialog, nothing replaced without a word."""

from __future__ import annotations

import csv
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.workspaces.skeleton.export_dialog import SkeletonExportDialog
from engine.skeleton.files.as_json import read_json
from tests.gui.conftest import Hand, Until
from tests.gui.test_skeleton import Bench

CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bench(hand: Hand) -> Bench:
    made = Bench(hand)
    QTest.keyClick(hand.window, Qt.Key.Key_2, CTRL)
    made.settle()
    return made


def dialog_of(bench: Bench) -> SkeletonExportDialog:
    bench.window.activateWindow()
    bench.hand.bot.waitUntil(bench.window.isActiveWindow)
    QTest.keyClick(bench.window, Qt.Key.Key_E, CTRL)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, SkeletonExportDialog)
    return dialog


def button_of(dialog: SkeletonExportDialog) -> QPushButton:
    (button,) = (b for b in dialog.findChildren(QPushButton) if b.property("primary"))
    return button


def export(bench: Bench, path: Path, **options: object) -> Path:
    dialog = dialog_of(bench)
    dialog.set_path(path)
    dialog.choose(**options)  # type: ignore[arg-type]
    QTest.mouseClick(button_of(dialog), LEFT)
    bench.settle()
    assert bench.window.banner.kind == "done", bench.window.banner.text
    return path


def test_json_holds_the_graph_that_is_shown(bench: Bench, tmp_path: Path) -> None:
    bench.do(lambda: bench.panel.threshold.slider.setValue(30))
    shown = bench.drawing.graphs["predicted"]
    back = read_json(export(bench, tmp_path / "out.json"))
    assert back.size == shown.size
    assert len(back.branches) == len(shown.branches)
    assert np.allclose(back.points, shown.points, atol=0.01)
    assert np.allclose(back.radius, shown.radius, atol=0.01)
    assert not bench.window.isWindowModified()


def test_csv_has_a_row_for_each_point(bench: Bench, tmp_path: Path) -> None:
    path = export(bench, tmp_path / "out.csv")
    with path.open(newline="") as stream:
        rows = list(csv.reader(stream))
    assert len(rows) == 1 + len(bench.drawing.graphs["predicted"].points)


@pytest.mark.parametrize("circles", [True, False])
def test_svg_draws_the_circles_that_are_shown_or_none(bench: Bench, tmp_path: Path, circles: bool) -> None:
    path = export(bench, tmp_path / "out.svg", circles=circles)
    tags = [element.tag.rpartition("}")[2] for element in ElementTree.parse(path).iter()]
    assert tags.count("circle") == (len(bench.drawing.shown["predicted"]) if circles else 0)


def test_png_is_the_photo_with_the_skeleton_over_it(bench: Bench, tmp_path: Path) -> None:
    path = export(bench, tmp_path / "out.png", circles=False)
    with Image.open(path) as picture:
        drawn = np.asarray(picture.convert("RGB")).astype(int)
    photo = bench.hand.document.photo.rgb8.astype(int)
    assert drawn.shape == photo.shape
    changed = np.abs(drawn - photo).max(2) > 8
    points = bench.drawing.graphs["predicted"].points
    x, y = points[len(points) // 2].astype(int)
    assert changed[y - 1 : y + 2, x - 1 : x + 2].any()
    assert not changed[: len(photo) // 4].any(), "far from the skeleton the photo is as it was"


def test_of_two_skeletons_one_is_chosen(bench: Bench, tmp_path: Path) -> None:
    bench.click(100, 80)
    bench.do(bench.actions.sources["both"].trigger)
    for which in ("predicted", "medial"):
        back = read_json(export(bench, tmp_path / f"{which}.json", which=which))
        assert len(back.points) == len(bench.drawing.graphs[which].points)


def test_an_existing_file_and_an_unknown_ending_are_not_written(bench: Bench, tmp_path: Path) -> None:
    there = tmp_path / "there.json"
    there.write_text("precious")
    dialog = dialog_of(bench)
    for path in (there, tmp_path / "out.docx"):
        dialog.set_path(path)
        assert not button_of(dialog).isEnabled()
    dialog.reject()
    assert there.read_text() == "precious"


def test_a_folder_that_is_gone_is_told(bench: Bench, tmp_path: Path, until: Until) -> None:
    dialog = dialog_of(bench)
    dialog.set_path(tmp_path / "nowhere" / "out.json")
    QTest.mouseClick(button_of(dialog), LEFT)
    until(lambda: bench.window.banner.text)
    assert bench.window.banner.kind == "error"
    assert "nowhere" in bench.window.banner.text


def test_nothing_to_export_while_nothing_is_shown(bench: Bench) -> None:
    bench.do(lambda: bench.panel.threshold.slider.setValue(99))
    QTest.keyClick(bench.window, Qt.Key.Key_E, CTRL)
    assert QApplication.activeModalWidget() is None


def test_the_format_is_remembered(bench: Bench, tmp_path: Path, qtbot: QtBot) -> None:
    export(bench, tmp_path / "out.svg")
    assert bench.window.settings.skeleton_format == "svg"
    dialog = dialog_of(bench)
    assert dialog.path == tmp_path / f"{Path(bench.hand.document.name).stem} skeleton.svg"
    dialog.reject()
