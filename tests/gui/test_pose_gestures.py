"""Gestures of the Pose workspace in the real window, broken off and interrupted: nothing of them may be left."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from engine.pose.joints import MPII_16
from tests.gui.annotating import Annotator

Key, Mod, LEFT = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton
NONE, SHIFT, CTRL, ALT = Mod.NoModifier, Mod.ShiftModifier, Mod.ControlModifier, Mod.AltModifier
R_WRIST, R_ELBOW = MPII_16.index("r_wrist"), MPII_16.index("r_elbow")


class Mouse:
    """A hand over one of the two pictures."""

    def __init__(self, annotator: Annotator, picture: str) -> None:
        self.annotator, self.picture = annotator, picture
        self.port: QWidget = annotator.canvas.viewport() if picture == "photo" else annotator.pose.space

    def joint(self, joint: int = R_WRIST) -> QPoint:
        if self.picture == "photo":
            return self.annotator.canvas.screen_point(QPointF(*self.annotator.state.joints[joint])).toPoint()
        return QPointF(*self.annotator.pose.space.view.project(self.annotator.xyz[joint])).toPoint()

    def move(self, to: QPoint, keys: Qt.KeyboardModifier = NONE, *, held: bool = True) -> None:
        place, kind = QPointF(to), QMouseEvent.Type.MouseMove
        buttons = LEFT if held else Qt.MouseButton.NoButton
        event = QMouseEvent(kind, place, self.port.mapToGlobal(place), Qt.MouseButton.NoButton, buttons, keys)
        QApplication.sendEvent(self.port, event)

    def begin(self, start: QPoint, by: QPoint, keys: Qt.KeyboardModifier = NONE) -> None:
        """Press and drag, without letting go."""
        self.move(start, held=False)
        QTest.mousePress(self.port, LEFT, keys, start)
        for step in range(1, 5):
            self.move(start + by * step / 4, keys)

    def release(self, at: QPoint) -> None:
        QTest.mouseRelease(self.port, LEFT, NONE, at)


BY = QPoint(24, -16)
DRAGS = [("photo", NONE), ("space", NONE), ("space", ALT)]


@pytest.mark.parametrize(("picture", "keys"), DRAGS)
class TestADrag:
    def test_escape_leaves_nothing_of_it(self, at_work: Annotator, picture: str, keys: Qt.KeyboardModifier) -> None:
        before, mouse = at_work.person, Mouse(at_work, picture)
        start = mouse.joint()
        mouse.begin(start, BY, keys)
        assert not at_work.state.same_as(before.state)
        at_work.key(Key.Key_Escape)
        assert at_work.person.same_as(before)
        mouse.move(start + 2 * BY, keys)
        mouse.release(start + 2 * BY)
        assert at_work.person.same_as(before)
        assert at_work.pose.undo_stack.count() == 0  # there is nothing to redo either

    def test_undo_under_the_hand_gives_the_drag_back_and_nothing_else(
        self, at_work: Annotator, picture: str, keys: Qt.KeyboardModifier
    ) -> None:
        at_work.key(Key.Key_W)
        at_work.key(Key.Key_D)
        flipped, mouse = at_work.person, Mouse(at_work, picture)
        start = mouse.joint()
        mouse.begin(start, BY, keys)
        at_work.key(Key.Key_Z, CTRL)
        assert at_work.state.same_as(flipped.state)
        mouse.move(start + 2 * BY, keys)
        mouse.release(start + 2 * BY)
        assert at_work.state.same_as(flipped.state)
        assert at_work.pose.undo_stack.index() == 1

    def test_it_does_not_go_on_in_the_next_person(
        self, at_work: Annotator, picture: str, keys: Qt.KeyboardModifier
    ) -> None:
        mouse = Mouse(at_work, picture)
        start = mouse.joint()
        mouse.begin(start, BY, keys)
        at_work.key(Key.Key_PageDown)
        assert at_work.current == 1
        mouse.move(start + 2 * BY, keys)
        mouse.release(start + 2 * BY)
        assert not at_work.person.changed
        assert at_work.pose.undo_stack.count() == 0


def test_escape_gives_a_turned_bone_back(at_work: Annotator) -> None:
    at_work.key(Key.Key_Q)
    before, hand, mouse = at_work.person, at_work.pose.space._hand, Mouse(at_work, "space")
    places = [place for ring in hand.rings for place in hand.view.project(ring.points())]
    taken = next(place for place in places if hand._point(tuple(place)) is not None and hand.ring is not None)
    start = QPointF(*taken).toPoint()
    mouse.begin(start, BY)
    assert not at_work.state.same_as(before.state)
    at_work.key(Key.Key_Escape)
    mouse.release(start)
    assert at_work.person.same_as(before)


def test_escape_gives_the_view_back(at_work: Annotator) -> None:
    space, mouse = at_work.pose.space, Mouse(at_work, "space")
    before = space.view
    mouse.begin(QPoint(8, space.height() // 2), BY)
    assert space.view is not before
    at_work.key(Key.Key_Escape)
    assert space.view is before
    mouse.release(QPoint(8, space.height() // 2))


def test_escape_leaves_search_and_list_though_it_is_a_key_of_the_window(at_work: Annotator) -> None:
    people = at_work.pose.people
    QTest.keyClick(at_work.canvas, Key.Key_F, CTRL)
    assert QApplication.focusWidget() is people.bar.search
    QTest.keyClicks(people.bar.search, "b.png")
    QTest.keyClick(people.bar.search, Key.Key_Escape)
    assert people.bar.search.text() == ""
    QTest.keyClick(people.bar.search, Key.Key_Escape)
    assert QApplication.focusWidget() is at_work.canvas
    people.view.setFocus()
    QTest.keyClick(people.view, Key.Key_Escape)
    assert QApplication.focusWidget() is at_work.canvas
    QTest.keyClick(at_work.canvas, Key.Key_T, CTRL)
    assert QApplication.focusWidget() is at_work.pose.panel.notes.field
    QTest.keyClick(at_work.pose.panel.notes.field, Key.Key_Escape)
    assert QApplication.focusWidget() is at_work.canvas


def test_letters_typed_into_a_note_or_a_search_turn_nothing(at_work: Annotator) -> None:
    at_work.key(Key.Key_Q)
    before = at_work.state
    letters = "qwdjklsrvynmgfo 123.,+-?"
    QTest.keyClick(at_work.canvas, Key.Key_T, CTRL)
    field = at_work.pose.panel.notes.field
    QTest.keyClicks(field, letters)
    for key in (Key.Key_Return, Key.Key_Delete, Key.Key_Left, Key.Key_Down, Key.Key_Up, Key.Key_End):
        QTest.keyClick(field, key)
    QTest.keyClick(field, Key.Key_Escape)
    assert at_work.person.notes.replace("\n", "") == letters
    QTest.keyClick(at_work.canvas, Key.Key_F, CTRL)
    QTest.keyClicks(at_work.pose.people.bar.search, letters)
    QTest.keyClick(at_work.pose.people.bar.search, Key.Key_Left)
    QTest.keyClick(at_work.pose.people.bar.search, Key.Key_Delete)
    at_work.settle()
    assert at_work.state.same_as(before)
    assert at_work.pose.editor.selected == R_WRIST
    assert at_work.current == 0


def test_hypotheses_are_lifted_anew_when_a_dragged_joint_is_let_go(
    at_work: Annotator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not for every step: the drag would have to share the processor with them."""
    asked = []
    lift = at_work.pose.hypotheses.joints_changed
    monkeypatch.setattr(at_work.pose.hypotheses, "joints_changed", lambda: (asked.append(at_work.state), lift()))
    before, mouse = at_work.pose.hypotheses.candidates[0], Mouse(at_work, "photo")
    start = mouse.joint()
    mouse.begin(start, BY)
    assert asked == []
    mouse.release(start + BY)
    assert [state.same_as(at_work.state) for state in asked] == [True]
    at_work.settle()
    assert not (at_work.pose.hypotheses.candidates[0].pose == before.pose).all()
