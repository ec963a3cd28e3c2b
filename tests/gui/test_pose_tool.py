"""Mouse and keys over the joints, by events made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.canvas import pose_keyboard
from app.document.pose import PosePart
from app.settings import Settings
from app.workspaces.pose.editor import Editor
from engine.crop.prompts import Box
from engine.pose.joints import MPII_16
from engine.pose.project.person import Person, PoseState
from tests.gui.pose_stage import HEIGHT, NONE, RIGHT, WIDTH, Stage, joint, spread, with_pose

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
WRIST, HIP = joint("l_wrist"), joint("r_hip")
ASIDE = np.array([25.0, 17.0])
"""From our joints to those of another person, px."""


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    made = Stage(qtbot)
    made.layer.show_state(spread())
    return made


def place(stage: Stage, index: int) -> QPointF:
    assert stage.layer.state is not None
    return stage.at(*stage.layer.state.joints[index])


def follow(stage: Stage) -> None:
    """Do what the tool asks for, as the workspace does."""

    def move(index: int, x: float, y: float, gesture: object) -> None:
        state = stage.layer.state
        assert state is not None
        joints = state.joints.copy()
        joints[index] = (x, y)
        stage.layer.show_state(PoseState(joints, state.visibility))

    stage.tool.moved.connect(move)


def test_hover_is_told_once(stage: Stage) -> None:
    stage.hover(place(stage, WRIST))
    stage.hover(place(stage, WRIST) + QPointF(2, 1))
    stage.hover(place(stage, HIP))
    stage.hover(stage.at(30, 20))
    assert stage.of("hovered") == [[WRIST], [HIP], [None]]
    stage.hover(place(stage, WRIST))
    stage.tool.leave()
    assert stage.of("hovered")[-1] == [None]


def test_the_cursor_tells_what_a_press_would_do(stage: Stage) -> None:
    stage.layer.show_others([("b", spread().joints + ASIDE)])
    port = stage.canvas.viewport()
    stage.hover(place(stage, WRIST))
    assert port.cursor().shape() == Qt.CursorShape.SizeAllCursor
    stage.hover(place(stage, WRIST) + QPointF(25, 17) * stage.canvas.transform().m11())
    assert port.cursor().shape() == Qt.CursorShape.PointingHandCursor
    stage.hover(stage.at(20, 15))
    assert port.cursor().shape() == Qt.CursorShape.CrossCursor


def test_a_drag_is_one_gesture_and_keeps_the_grip(stage: Stage) -> None:
    follow(stage)
    start = place(stage, WRIST) + QPointF(4, -3)  # not quite on the joint
    stage.drag(start, start + QPointF(60, 20))
    moves = stage.of("moved")
    assert len(moves) == 5
    assert {m[0] for m in moves} == {WRIST}
    assert len({m[3] for m in moves}) == 1
    scale = stage.canvas.transform().m11()
    x, y = spread().joints[WRIST]
    assert moves[-1][1:3] == pytest.approx([x + 60 / scale, y + 20 / scale])
    assert stage.of("selected") == [[WRIST]]
    stage.drag(place(stage, HIP), place(stage, HIP) + QPointF(30, 0))
    assert len({m[3] for m in stage.of("moved")}) == 2
    assert not stage.of("placed")
    assert not stage.of("given_up")


def test_a_shaky_click_selects_and_moves_nothing(stage: Stage) -> None:
    stage.drag(place(stage, WRIST), place(stage, WRIST) + QPointF(1, 1), steps=1)
    assert stage.of("selected") == [[WRIST]]
    assert not stage.of("moved")


def test_the_wheel_in_the_middle_of_a_drag_does_not_throw_the_joint(stage: Stage) -> None:
    follow(stage)
    start = place(stage, WRIST)
    stage.press(start)
    stage.drag_to(start + QPointF(20, 0))
    before = stage.of("moved")[-1]
    stage.canvas.navigation.zoom_by(2.0, start + QPointF(20, 0))
    stage.drag_to(start + QPointF(20, 0))
    assert stage.of("moved")[-1][1:3] == pytest.approx(before[1:3], abs=1.0)
    stage.release(start + QPointF(20, 0))


def test_escape_gives_the_drag_back(stage: Stage) -> None:
    follow(stage)
    start = place(stage, WRIST)
    stage.press(start)
    stage.drag_to(start + QPointF(40, 10))
    assert stage.tool.dragging
    assert stage.tool.escape()
    last, (gesture,) = stage.of("moved")[-1], *stage.of("given_up")
    assert tuple(last[1:3]) == tuple(spread().joints[WRIST])
    assert last[3] == gesture == stage.of("moved")[0][3]
    count = len(stage.said)
    stage.drag_to(start + QPointF(60, 10))
    stage.release(start + QPointF(60, 10))
    assert [s for s in stage.said[count:] if s[0] != "hovered"] == []
    assert not stage.tool.escape()


def test_another_person_in_the_middle_of_a_drag_is_left_alone(stage: Stage) -> None:
    start = place(stage, WRIST)
    stage.press(start)
    stage.drag_to(start + QPointF(40, 10))
    count = len(stage.of("moved"))
    stage.tool.let_go()
    stage.drag_to(start + QPointF(60, 10))
    stage.release(start + QPointF(60, 10))
    assert len(stage.of("moved")) == count
    assert not stage.of("given_up")


def test_joints_may_leave_the_photo_but_not_get_lost(stage: Stage) -> None:
    follow(stage)
    stage.drag(place(stage, WRIST), stage.at(-20, 100))
    assert stage.of("moved")[-1][1] == pytest.approx(-20, abs=1)
    stage.drag(place(stage, HIP), QPointF(-9000, 9000))
    assert stage.of("moved")[-1][1:3] == [-WIDTH / 2, HEIGHT + WIDTH / 2]


@pytest.mark.parametrize("kind", ["right", "double"])
def test_visibility_is_asked_by_right_and_by_double_click(stage: Stage, kind: str) -> None:
    at = place(stage, WRIST)
    if kind == "right":
        stage.click(at, RIGHT)
    else:
        stage.click(at)
        stage.mouse(QEvent.Type.MouseButtonDblClick, at)
        stage.drag_to(at + QPointF(30, 0))
        stage.release(at)
    assert stage.of("visibility_asked") == [[WRIST]]
    assert not stage.of("moved")
    stage.click(stage.at(20, 15), RIGHT)
    assert len(stage.of("visibility_asked")) == 1


def test_a_click_on_an_empty_place_places(stage: Stage) -> None:
    stage.click(stage.at(150, 100) + QPointF(0, 0))
    ((x, y),) = stage.of("placed")
    assert (x, y) == pytest.approx((150, 100), abs=0.01)
    stage.mouse(QEvent.Type.MouseButtonDblClick, stage.at(150, 100))
    stage.release(stage.at(150, 100))
    assert len(stage.of("placed")) == 1  # the second half of a double click is no second place
    stage.click(QPointF(3, 3))  # beside the photo
    assert len(stage.of("placed")) == 1
    assert stage.of("selected")[-1] == [None]


def test_a_drag_on_an_empty_place_pans(stage: Stage) -> None:
    corner = stage.at(0, 0)
    stage.drag(stage.at(150, 100), stage.at(150, 100) + QPointF(40, 0))
    assert stage.at(0, 0) - corner == QPointF(40, 0)
    assert not stage.of("placed")
    assert not stage.of("boxed")


def test_ctrl_draws_a_box_clipped_to_the_photo(stage: Stage) -> None:
    corner = stage.at(0, 0)
    stage.drag(stage.at(90, 60), stage.at(400, 150), CTRL)
    ((box,),) = stage.of("boxed")
    assert isinstance(box, Box)
    assert (box.x0, box.y0, box.x1, box.y1) == pytest.approx((90, 60, WIDTH, 150), abs=0.01)
    assert stage.at(0, 0) == corner


def test_where_nobody_is_a_plain_drag_draws_a_box(stage: Stage) -> None:
    for state in (None, spread(**dict.fromkeys(MPII_16.joints, 0))):
        stage.layer.show_state(state)
        stage.drag(stage.at(90, 60), stage.at(20, 150))
    boxes = stage.of("boxed")
    assert len(boxes) == 2
    stage.press(stage.at(90, 60))
    stage.drag_to(stage.at(20, 150))
    assert stage.tool.escape()
    stage.release(stage.at(20, 150))
    assert len(stage.of("boxed")) == 2


def test_another_person_is_chosen_by_a_click(stage: Stage) -> None:
    stage.layer.show_others([("b", spread().joints + ASIDE)])
    there = stage.at(*(spread().joints[WRIST] + ASIDE))
    stage.click(there)
    assert stage.of("person_chosen") == [["b"]]
    assert not stage.of("placed")
    # While a joint of ours waits for its place, a click gives it one, whoever else is there.
    stage.layer.show_state(spread(l_wrist=0))
    stage.layer.show_selected(WRIST)
    stage.click(there)
    assert len(stage.of("person_chosen")) == len(stage.of("placed")) == 1


def test_space_and_the_middle_button_still_pan(stage: Stage) -> None:
    corner = stage.at(0, 0)
    QTest.keyPress(stage.canvas, Qt.Key.Key_Space)
    stage.drag(place(stage, WRIST), place(stage, WRIST) + QPointF(30, 0))
    QTest.keyRelease(stage.canvas, Qt.Key.Key_Space)
    assert stage.at(0, 0) - corner == QPointF(30, 0)
    assert not stage.of("moved")


def test_without_a_photo_nothing_is_heard(stage: Stage) -> None:
    stage.canvas.show_photo(None)
    stage.click(QPointF(100, 100))
    QTest.keyClick(stage.canvas, Qt.Key.Key_Left, CTRL)
    assert stage.said == []


def test_a_drag_that_is_given_back_leaves_no_trace(stage: Stage, settings: Settings) -> None:
    part = PosePart(Person("a", "a.jpg", spread(), reviewed=True))
    editor = Editor(settings, lambda: np.eye(3))
    editor.open(part)
    part.person_changed.connect(lambda person, before: stage.layer.show_state(person.state))
    stage.tool.moved.connect(editor.move_joint)
    stage.tool.given_up.connect(editor.give_up)
    before = part.person
    start = place(stage, WRIST)
    stage.drag(start, start + QPointF(30, 0))
    after = part.person
    assert not after.same_as(before)
    start = place(stage, WRIST)
    stage.press(start)
    stage.drag_to(start + QPointF(40, 10))
    assert not part.person.same_as(after)
    stage.tool.escape()
    assert part.person.same_as(after)
    part.undo_stack.undo()
    assert part.person.same_as(before)
    assert not part.undo_stack.canUndo()


# Keys


def test_ctrl_and_arrows_move_the_selected_joint_by_screen_pixels(stage: Stage) -> None:
    follow(stage)
    stage.layer.show_selected(WRIST)
    stage.canvas.navigation.zoom_to(2.0 * stage.canvas.devicePixelRatioF())
    x, y = spread().joints[WRIST]
    QTest.keyClick(stage.canvas, Qt.Key.Key_Left, CTRL)
    QTest.keyClick(stage.canvas, Qt.Key.Key_Down, CTRL | SHIFT)
    moves = stage.of("moved")
    assert [tuple(m[:3]) for m in moves] == [(WRIST, x - 0.5, y), (WRIST, x - 0.5, y + 5)]
    assert moves[0][3] == moves[1][3]


def test_keys_that_are_faster_than_the_state_are_not_lost(stage: Stage) -> None:
    stage.layer.show_selected(WRIST)
    for _ in range(3):
        QTest.keyClick(stage.canvas, Qt.Key.Key_Right, CTRL)  # nobody moves the joint meanwhile
    step = 1 / stage.canvas.transform().m11()
    x, y = spread().joints[WRIST]
    assert [m[1] for m in stage.of("moved")] == pytest.approx([x + step, x + 2 * step, x + 3 * step])
    stage.layer.show_state(spread())  # undone, say
    QTest.keyClick(stage.canvas, Qt.Key.Key_Right, CTRL)
    assert stage.of("moved")[-1][1:3] == pytest.approx([x + step, y])


def test_a_pause_or_another_joint_begins_another_gesture(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(pose_keyboard.time, "monotonic", lambda: now[0])
    follow(stage)
    for index, wait in ((WRIST, 0.1), (WRIST, 0.1), (WRIST, 2.0), (HIP, 0.1), (WRIST, 0.1)):
        now[0] += wait
        stage.layer.show_selected(index)
        QTest.keyClick(stage.canvas, Qt.Key.Key_Up, CTRL)
    gestures = [m[3] for m in stage.of("moved")]
    assert gestures[0] == gestures[1]
    assert len(set(gestures)) == 4


def test_plain_arrows_and_no_selection_are_not_for_the_canvas(stage: Stage) -> None:
    stage.layer.show_selected(WRIST)
    QTest.keyClick(stage.canvas, Qt.Key.Key_Left)
    stage.layer.show_selected(None)
    QTest.keyClick(stage.canvas, Qt.Key.Key_Left, CTRL)
    assert stage.said == []
    assert not stage.canvas.crosshair.isVisible()


def test_a_joint_without_a_place_gets_one_by_keys(stage: Stage) -> None:
    whole = with_pose(spread())
    missing = spread(l_wrist=0)
    stage.layer.show_state(PoseState(missing.joints, missing.visibility, pose=whole.pose, camera=whole.camera))
    stage.layer.show_selected(WRIST)
    QTest.keyClick(stage.canvas, Qt.Key.Key_Right, CTRL)  # begins where the pose has the joint
    assert stage.canvas.crosshair.isVisible()
    QTest.keyClick(stage.canvas, Qt.Key.Key_Right, CTRL | SHIFT)
    QTest.keyClick(stage.canvas, Qt.Key.Key_Return)
    ((x, y),) = stage.of("placed")
    x0, y0 = whole.projected()[WRIST]
    assert (x, y) == pytest.approx((x0 + 10 / stage.canvas.transform().m11(), y0))
    assert not stage.canvas.crosshair.isVisible()
    QTest.keyClick(stage.canvas, Qt.Key.Key_Right, CTRL)
    assert stage.tool.escape()
    assert not stage.canvas.crosshair.isVisible()


def test_keys_are_let_through_with_other_modifiers(stage: Stage) -> None:
    stage.layer.show_selected(WRIST)
    QTest.keyClick(stage.canvas, Qt.Key.Key_Return)
    QTest.keyClick(stage.canvas, Qt.Key.Key_A, NONE)
    assert stage.said == []
