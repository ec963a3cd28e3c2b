"""Statistics beside the work: figures, plots that filter and open, and how they follow changes."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPalette
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.document.annotation_set import AnnotationSet
from app.theme import DARK, LIGHT, palette
from app.worker import Worker
from app.workspaces.pose.people.bone_words import bone_words
from app.workspaces.pose.people.figures import figures
from app.workspaces.pose.people.roster import Roster
from app.workspaces.pose.people.statistics_dialog import PAUSE_S, StatisticsDialog
from engine.pose.joints import MPII_16
from engine.pose.kinematics import bone_index
from engine.pose.project.filtering import ErrorRange, Filter, matching
from engine.pose.project.summary import Summary
from tests.gui.conftest import Until
from tests.gui.crowd import change, crowd, people_set, person

Key = Qt.Key


@pytest.fixture
def worker(qtbot: QtBot) -> Iterator[Worker]:
    made = Worker("test")
    yield made
    assert made.stop()


@pytest.fixture
def roster(worker: Worker) -> Iterator[Roster]:
    made = Roster(worker)
    yield made
    made.open(None)


@pytest.fixture
def annotations(roster: Roster, worker: Worker) -> AnnotationSet:
    made = people_set(crowd(), worker)
    roster.open(made)
    return made


@pytest.fixture
def dialog(
    qtbot: QtBot, roster: Roster, annotations: AnnotationSet, worker: Worker, until: Until
) -> Iterator[StatisticsDialog]:
    made = StatisticsDialog(roster, worker)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    until(lambda: made.figures is not None and worker.idle)
    QApplication.processEvents()
    yield made
    made.close()


def texts(dialog: StatisticsDialog) -> str:
    return " | ".join(label.text() for label in dialog.findChildren(QLabel))


def test_progress_and_time_are_told(dialog: StatisticsDialog) -> None:
    said = texts(dialog)
    assert "10 %" in said
    assert "4 of 40 people reviewed" in said
    assert "1 have no pose yet" in said
    assert "<b>1 min 40 s</b> spent" in said
    assert "<b>25 s</b> for the median person" in said
    assert "about <b>15 min 0 s</b> left" in said  # 25 s for each of 36
    assert "No joint was placed by hand so far." in said


def test_a_bar_of_the_histogram_asks_for_its_people(dialog: StatisticsDialog) -> None:
    asked = QSignalSpy(dialog.filter_asked)
    histogram = dialog.figures.errors["relative"]
    last = len(histogram.counts) - 1
    place = dialog.errors.place(last)
    viewport = dialog.errors.plot.viewport()
    press = QMouseEvent(
        QMouseEvent.Type.MouseButtonPress, place, viewport.mapToGlobal(place),
        Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(viewport, press)
    (what,) = asked.at(0)
    assert isinstance(what, Filter)
    assert what.error == ErrorRange("relative", float(histogram.edges[-2]), np.inf)
    assert len(matching(Summary.of(crowd()), what)) == histogram.counts[last]


def test_beside_the_bars_nothing_is_asked(dialog: StatisticsDialog) -> None:
    asked = QSignalSpy(dialog.filter_asked)
    QTest.mouseClick(dialog.errors.plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert asked.count() == 0
    assert dialog.errors._bar_at(QPointF(2, 2)) == -1


def test_bars_are_reached_by_keys_and_told_in_words(dialog: StatisticsDialog) -> None:
    asked = QSignalSpy(dialog.filter_asked)
    plot = dialog.errors
    QTest.keyClick(plot, Key.Key_Home)
    QTest.keyClick(plot, Key.Key_Right)
    histogram = dialog.figures.errors["relative"]
    assert plot.accessibleDescription().startswith("error ")
    assert plot.accessibleDescription().endswith(f"{histogram.counts[1]} people")
    QTest.keyClick(plot, Key.Key_Return)
    assert asked.at(0)[0].error == ErrorRange("relative", *map(float, histogram.edges[1:3]))
    QTest.keyClick(plot, Key.Key_End)
    QTest.keyClick(plot, Key.Key_Right)
    assert plot.bar == len(histogram.counts) - 1


def test_errors_in_pixels(dialog: StatisticsDialog) -> None:
    asked = QSignalSpy(dialog.filter_asked)
    dialog.measures["pixels"].trigger()
    QTest.keyClick(dialog.errors, Key.Key_End)
    QTest.keyClick(dialog.errors, Key.Key_Space)
    assert asked.at(0)[0].error.measure == "pixels"
    assert " px" in texts(dialog)


def test_an_unusual_bone_leads_to_the_person(dialog: StatisticsDialog) -> None:
    chosen = QSignalSpy(dialog.person_chosen)
    model = dialog.table.model()
    row = [str(model.data(model.index(0, column))) for column in range(4)]
    assert row[:3] == ["008.jpg", "left thigh", "+60 %"]
    dialog.table.selectRow(0)
    QTest.keyClick(dialog.table, Key.Key_Return)
    assert chosen.at(0) == [8]
    place = dialog.table.visualRect(model.index(0, 1)).center()
    QTest.mouseClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.at(1) == [8]
    words = model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert words == "The left thigh is 60 % longer than the mean body's at this size."


def test_a_dot_leads_to_the_person(dialog: StatisticsDialog) -> None:
    chosen = QSignalSpy(dialog.person_chosen)
    dots = dialog.bones.dots["left"]
    (dot,) = dots.points()
    assert dot.pos().y() == bone_index("l_hip", "l_knee")
    assert dot.pos().x() == pytest.approx(60.0)
    dots.sigClicked.emit(dots, [dot], None)
    assert chosen.at(0) == [8]


def test_changes_are_followed_and_told_together(
    dialog: StatisticsDialog, annotations: AnnotationSet, worker: Worker, until: Until
) -> None:
    first = dialog.figures
    shown = []
    show = dialog.progress.show_progress
    dialog.progress.show_progress = lambda progress: (shown.append(progress), show(progress))
    for index in range(10, 30):
        change(annotations, index, reviewed=True)
    until(lambda: dialog.figures is not first)
    until(lambda: dialog.figures.progress.reviewed == 24)
    assert "24 of 40" in texts(dialog)
    assert len(shown) <= 2


def test_it_is_computed_once_a_second_at_most(
    qtbot: QtBot, dialog: StatisticsDialog, annotations: AnnotationSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []
    monkeypatch.setattr(dialog.progress, "show_progress", shown.append)
    began = time.monotonic()
    for index in range(10, 36):
        change(annotations, index, reviewed=True)
        qtbot.wait(50)
    assert len(shown) <= (time.monotonic() - began) / PAUSE_S + 1


def test_nothing_is_computed_while_it_is_hidden(
    dialog: StatisticsDialog, annotations: AnnotationSet, roster: Roster, until: Until
) -> None:
    before = dialog.figures
    dialog.hide()
    heard = QSignalSpy(roster.changed)
    change(annotations, 10, reviewed=True)
    until(lambda: heard.count())
    assert dialog.figures is before
    assert not dialog._later.isActive()
    dialog.show()
    until(lambda: dialog.figures is not before)
    assert dialog.figures.progress.reviewed == 5


def test_it_can_be_open_before_everybody_was_looked_at(
    qtbot: QtBot, roster: Roster, worker: Worker, until: Until
) -> None:
    made = StatisticsDialog(roster, worker)
    qtbot.addWidget(made)
    made.show()
    roster.open(people_set([person(pose=None)], worker))
    until(lambda: made.figures is not None)
    assert "nobody has a pose" in texts(made)
    assert made.errors.words(0) == "error from 0 %: 0 people"
    made.close()


def test_joints_by_hand_are_told(dialog: StatisticsDialog, annotations: AnnotationSet, until: Until) -> None:
    change(annotations, 12, state=person(edited=["l_wrist", "l_elbow"]).state)
    until(lambda: dialog.figures.by_hand.pose.sum() == 2)
    assert "<b>2</b> joints in space (people: <b>1</b>)" in texts(dialog)
    assert dialog.progress._joints.accessibleDescription() == "left elbow 1, left wrist 1"


def test_everything_has_a_name_and_the_theme_is_followed(dialog: StatisticsDialog) -> None:
    for widget in (dialog.errors, dialog.bones, dialog.table):
        assert widget.accessibleName()
    grounds = []
    for colours in (LIGHT, DARK):
        dialog.setPalette(palette(colours))
        QApplication.processEvents()
        ground = dialog.errors.plot.backgroundBrush().color()
        assert ground == palette(colours).color(QPalette.ColorRole.AlternateBase)
        grounds.append(ground.lightness())
    assert grounds[0] > 200 > 60 > grounds[1]


def test_bones_have_names() -> None:
    assert bone_words(bone_index("l_hip", "l_knee")) == "left thigh"
    assert bone_words(bone_index("r_hip", "r_knee"), both=True) == "both thighs"
    assert len({bone_words(b) for b in range(len(MPII_16.bones))}) == len(MPII_16.bones)


def test_figures_of_nobody() -> None:
    told = figures(Summary.of([]))
    assert told.progress.people == 0
    assert told.outliers == []
    assert np.isnan(told.bones).all()
