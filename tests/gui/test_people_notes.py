"""Notes about the open person, and the time that is spent on them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.workspaces.pose.people.notes import Notes
from app.workspaces.pose.people.stopwatch import IDLE_S, Stopwatch
from tests.gui.crowd import person

Key = Qt.Key
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def test_notes_show_a_person_and_ask(qtbot: QtBot) -> None:
    notes = Notes()
    qtbot.addWidget(notes)
    notes.show_person(person(reviewed=True, notes="hm", seconds=75))
    assert notes.reviewed.isChecked()
    assert not notes.flagged.isChecked()
    assert notes.field.toPlainText() == "hm"
    assert "1 min 15 s" in notes._time.text()
    asked = QSignalSpy(notes.flagged_asked)
    notes.flagged.click()
    assert asked.at(0) == [True]
    changed = QSignalSpy(notes.notes_changed)
    QTest.keyClicks(notes.field, "xy")
    assert changed.count() == 2
    assert changed.at(1)[0] == "hmxy"
    assert changed.at(0)[1] is changed.at(1)[1]
    notes.show_person(person("other", notes="hmxy"))
    assert changed.count() == 2  # showing is not changing
    QTest.keyClicks(notes.field, "z")
    assert changed.at(2)[1] is not changed.at(0)[1]  # another person, another act


def test_the_cursor_stays_where_somebody_types(qtbot: QtBot) -> None:
    notes = Notes()
    qtbot.addWidget(notes)
    notes.show_person(person(notes="one two"))
    notes.notes_changed.connect(lambda text, gesture: notes.show_person(person(notes=text)))
    cursor = notes.field.textCursor()
    cursor.setPosition(3)
    notes.field.setTextCursor(cursor)
    QTest.keyClicks(notes.field, "ly")
    assert notes.field.toPlainText() == "onely two"


def test_escape_leaves_the_note_and_undo_is_the_windows(qtbot: QtBot) -> None:
    notes = Notes()
    qtbot.addWidget(notes)
    notes.show_person(person())
    left = QSignalSpy(notes.left)
    QTest.keyClicks(notes.field, "a")
    QTest.keyClick(notes.field, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert notes.field.toPlainText() == "a"
    QTest.keyClick(notes.field, Key.Key_Escape)
    assert left.count() == 1
    notes.show_person(None)
    assert not notes.isEnabled()


# Time


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(qtbot: QtBot, clock: Clock) -> Iterator[tuple[Stopwatch, list[float]]]:
    made, told = Stopwatch(clock=clock), []
    made.spent.connect(told.append)
    yield made, told
    made.finish()


def test_time_is_told_when_the_person_is_left(watch: tuple[Stopwatch, list[float]], clock: Clock) -> None:
    stopwatch, told = watch
    stopwatch.run(True)
    stopwatch.enter()
    clock.now += 12.5
    stopwatch.leave()
    assert told == [12.5]
    clock.now += 30  # nobody is open
    stopwatch.enter()
    clock.now += 2
    stopwatch.leave()
    assert told == [12.5, 2.0]


def test_time_stops_when_nobody_does_anything(watch: tuple[Stopwatch, list[float]], clock: Clock) -> None:
    stopwatch, told = watch
    stopwatch.run(True)
    stopwatch.enter()
    clock.now += 50
    stopwatch.touch()
    clock.now += IDLE_S + 500
    stopwatch.touch()  # back
    clock.now += 3
    stopwatch.leave()
    assert sum(told) == pytest.approx(50 + IDLE_S + 3)


def test_time_stops_while_the_window_is_not_active(watch: tuple[Stopwatch, list[float]], clock: Clock) -> None:
    stopwatch, told = watch
    stopwatch.enter()
    clock.now += 10  # not yet
    stopwatch.run(True)
    clock.now += 4
    stopwatch.run(False)
    clock.now += 20
    stopwatch.run(True)
    clock.now += 1
    stopwatch.leave()
    assert sum(told) == pytest.approx(5)


def test_time_is_told_while_it_runs(watch: tuple[Stopwatch, list[float]], clock: Clock) -> None:
    stopwatch, told = watch
    stopwatch.run(True)
    stopwatch.enter()
    clock.now += 5
    stopwatch._on_time()
    clock.now += 200
    stopwatch._on_time()
    assert told == [5.0, IDLE_S - 5]
    assert not stopwatch._timer.isActive()  # until somebody is there again
    stopwatch.touch()
    assert stopwatch._timer.isActive()


def test_keys_and_mouse_in_the_window_count(qtbot: QtBot, watch: tuple[Stopwatch, list[float]], clock: Clock) -> None:
    stopwatch, told = watch
    window = Notes()
    qtbot.addWidget(window)
    window.show()
    stopwatch.run(True)
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWindow() is window.windowHandle())
    stopwatch.enter()
    clock.now += 59
    QTest.keyClick(window.windowHandle(), Key.Key_F24)
    clock.now += 59
    QTest.mouseMove(window.windowHandle(), QPoint(5, 5))
    clock.now += 59
    stopwatch.leave()
    assert sum(told) == pytest.approx(177)
