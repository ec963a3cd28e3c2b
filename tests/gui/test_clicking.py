"""Clicks, boxes, moves, readings, undo: what mouse and keys do to the document."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from app.canvas.click_tool import HOVER_MS
from engine.crop.prompts import Click
from tests.gui.conftest import NONE, Hand

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
RIGHT = Qt.MouseButton.RightButton


def test_a_click_lands_on_its_pixel_at_every_zoom(hand: Hand) -> None:
    navigation = hand.canvas.navigation
    for x, zoom in ((30.5, 0.7), (80.5, 1.0), (130.5, 3.0), (180.5, 11.0)):
        navigation.zoom_to(zoom)
        navigation.reveal(QPointF(x, 80.5))
        hand.click(x, 80.5)
        click = hand.crop.prompts.clicks[-1]
        assert (click.x, click.y) == pytest.approx((x, 80.5), abs=0.5 / zoom + 1e-9)
    assert len(hand.crop.prompts.clicks) == 4


def test_buttons_and_shift_say_include_or_exclude(hand: Hand) -> None:
    hand.click(100, 80)
    hand.click(30, 20, RIGHT)
    hand.click(200, 120, keys=SHIFT)
    assert [click.positive for click in hand.crop.prompts.clicks] == [True, False, False]
    assert hand.method.calls[-1][0] == hand.crop.prompts.clicks
    assert len(hand.canvas.markers) == 3


def test_a_double_click_is_one_click(hand: Hand) -> None:
    hand.click(100, 80, wait=False)
    QTest.mouseDClick(hand.port, Qt.MouseButton.LeftButton, NONE, hand.at(100, 80))
    hand.settle()
    assert len(hand.crop.prompts.clicks) == 1


def test_clicks_beside_the_photo_are_none(hand: Hand) -> None:
    QTest.mouseClick(hand.port, Qt.MouseButton.LeftButton, NONE, QPoint(2, 2))
    assert hand.crop.prompts.empty
    assert not hand.document.undo_stack.canUndo()


def test_a_drag_makes_a_box_and_a_shaky_click_does_not(hand: Hand) -> None:
    start = hand.at(50, 40)
    QTest.mousePress(hand.port, Qt.MouseButton.LeftButton, NONE, start)
    hand.move_pressed(start + QPoint(2, 1))
    QTest.mouseRelease(hand.port, Qt.MouseButton.LeftButton, NONE, start + QPoint(2, 1))
    hand.settle()
    assert hand.crop.prompts.box is None
    assert len(hand.crop.prompts.clicks) == 1
    hand.drag((120, 90), (40, 30))
    box = hand.crop.prompts.box
    assert box is not None
    assert (box.x0, box.y0, box.x1, box.y1) == pytest.approx((40, 30, 120, 90), abs=1)


def test_a_box_drawn_past_the_edge_is_clipped(hand: Hand) -> None:
    hand.drag((180, 100), (400, 300))
    box, (width, height) = hand.crop.prompts.box, hand.document.size
    assert box is not None
    assert (box.x0, box.y0) == pytest.approx((180, 100), abs=1)
    assert (box.x1, box.y1) == (width, height)


def test_a_sign_can_be_dragged_and_the_drag_undone(hand: Hand) -> None:
    hand.click(100, 80)
    hand.drag((100, 80), (140, 60))
    (click,) = hand.crop.prompts.clicks
    assert (click.x, click.y) == pytest.approx((140, 60), abs=1)
    assert hand.method.calls[-1][0] == (click,)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert hand.crop.prompts.clicks[0].x == pytest.approx(100, abs=1)
    assert hand.canvas.markers[0].pos().x() == pytest.approx(100, abs=1)


def test_escape_in_a_drag_is_as_if_it_had_not_begun(hand: Hand) -> None:
    hand.click(100, 80)
    QTest.mousePress(hand.port, Qt.MouseButton.LeftButton, NONE, hand.at(100, 80))
    hand.move_pressed(hand.at(160, 60))
    QTest.keyClick(hand.window, Qt.Key.Key_Escape)
    QTest.mouseRelease(hand.port, Qt.MouseButton.LeftButton, NONE, hand.at(160, 60))
    hand.settle()
    assert hand.crop.prompts.clicks[0].x == pytest.approx(100, abs=1)
    assert hand.canvas.markers[0].pos().x() == pytest.approx(100, abs=1.5)


def test_the_menu_of_a_sign_removes_and_turns_around(hand: Hand) -> None:
    hand.click(100, 80)
    hand.click(100, 80, RIGHT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.actions() == [hand.window.workbench.common.flip, hand.window.workbench.common.remove]
    menu.close()
    hand.key(Qt.Key.Key_X)
    assert hand.crop.prompts.clicks[0].positive is False
    hand.key(Qt.Key.Key_Delete)
    assert hand.crop.prompts.empty
    assert hand.crop.answer is None


def test_every_act_can_be_undone_and_redone(hand: Hand) -> None:
    hand.click(100, 80)
    hand.key(Qt.Key.Key_2)
    hand.click(60, 60, RIGHT)
    hand.drag((30, 20), (180, 130))
    hand.drag((100, 80), (110, 90))
    hand.key(Qt.Key.Key_X)
    hand.key(Qt.Key.Key_Delete)
    hand.window.workbench.common.remove_box.trigger()
    hand.settle()
    hand.key(Qt.Key.Key_Backspace, CTRL)
    document = hand.crop
    states = []
    while document.undo_stack.canUndo():
        states.append((document.prompts, document.answer))
        hand.key(Qt.Key.Key_Z, CTRL)
    assert len(states) == 9
    assert document.prompts.empty
    assert document.answer is None
    asked = len(hand.method.calls)
    while document.undo_stack.canRedo():
        hand.key(Qt.Key.Key_Z, CTRL | SHIFT)
        assert (document.prompts, document.answer) == states.pop()
    assert not states
    assert len(hand.method.calls) == asked, "what is known is not computed again"


def test_readings_by_key_and_by_click(hand: Hand) -> None:
    hand.click(100, 80)
    first = hand.answer.prediction
    hand.key(Qt.Key.Key_3)
    assert hand.answer.prediction.chosen == 2
    assert hand.answer.prediction.mask().sum() < first.mask().sum()
    pictures = hand.window.workbench.crop.panel.candidates.findChildren(
        type(hand.window.workbench.crop.panel.candidates._buttons[0])
    )
    QTest.mouseClick(pictures[1], Qt.MouseButton.LeftButton)
    hand.settle()
    assert hand.answer.prediction.chosen == 1
    assert [picture.isChecked() for picture in pictures] == [False, True, False]
    asked = len(hand.method.calls)
    hand.key(Qt.Key.Key_2)
    assert len(hand.method.calls) == asked, "the reading that is shown is not asked for again"


def test_the_views_take_turns(hand: Hand) -> None:
    hand.click(100, 80)
    seen = []
    for _ in range(4):
        hand.key(Qt.Key.Key_V)
        seen.append(hand.window.settings.view)
    assert seen == ["checkerboard", "black", "white", "overlay"]


def rest(hand: Hand, x: float, y: float) -> None:
    for away in (QPoint(30, 20), QPoint()):  # the mouse may be there already, and a move to where it is is none
        hand.move(hand.at(x, y) + away)


def test_the_resting_mouse_previews_and_a_click_there_needs_no_new_answer(hand: Hand) -> None:
    rest(hand, 100, 80)
    hand.bot.waitUntil(lambda: bool(hand.method.calls) and hand.method.calls[-1][0][0].pixel[0] in (99, 100))
    hand.settle()
    asked = len(hand.method.calls)
    assert hand.crop.prompts.empty, "looking is not clicking"
    assert hand.crop.answer is None
    hand.click(100, 80)
    assert hand.crop.answer is not None
    assert len(hand.method.calls) == asked


def test_no_preview_when_it_is_switched_off(hand: Hand) -> None:
    hand.key(Qt.Key.Key_P)
    rest(hand, 100, 80)
    hand.bot.wait(3 * HOVER_MS)
    hand.settle()
    assert hand.method.calls == []


def test_everything_with_the_keyboard(hand: Hand) -> None:
    hand.key(Qt.Key.Key_Right)  # the crosshair appears in the middle
    centre = hand.canvas.crosshair.pos()
    hand.key(Qt.Key.Key_Right, CTRL)
    hand.key(Qt.Key.Key_Return)
    hand.key(Qt.Key.Key_Down)
    hand.key(Qt.Key.Key_Down)
    hand.key(Qt.Key.Key_Down)
    hand.key(Qt.Key.Key_Return, SHIFT)
    first, second = hand.crop.prompts.clicks
    assert first == Click(centre.x() + 1, centre.y(), True)
    assert second.positive is False
    assert second.y > first.y
    hand.key(Qt.Key.Key_M)  # carries the click that it stands on
    hand.key(Qt.Key.Key_Left)
    hand.key(Qt.Key.Key_Return)
    assert hand.crop.prompts.clicks[1].x < second.x
    hand.key(Qt.Key.Key_B)
    hand.key(Qt.Key.Key_Left)
    hand.key(Qt.Key.Key_Up)
    hand.key(Qt.Key.Key_Return)
    assert hand.crop.prompts.box is not None


def test_wheel_keeps_what_is_under_the_mouse(hand: Hand) -> None:
    place = hand.at(70, 50)
    before = hand.canvas.source_point(place)
    hand.canvas.navigation.zoom_by(4, QPointF(place))
    after = hand.canvas.source_point(place)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=0.5)
    hand.key(Qt.Key.Key_A)
    assert hand.canvas.navigation.zoom == 1.0
    hand.key(Qt.Key.Key_F)
    corners = [hand.at(0, 0), hand.at(*hand.document.size)]
    assert all(hand.port.rect().contains(corner) for corner in corners)


def test_space_drag_pans_and_does_not_click(hand: Hand) -> None:
    hand.canvas.navigation.zoom_to(4)
    before = hand.at(100, 80)
    QTest.keyPress(hand.canvas, Qt.Key.Key_Space)
    hand.drag((100, 80), (80, 70))
    QTest.keyRelease(hand.canvas, Qt.Key.Key_Space)
    moved = hand.at(100, 80) - before
    assert (moved.x(), moved.y()) == pytest.approx((-80, -40), abs=2)
    assert hand.crop.prompts.empty


def test_escape_puts_the_crosshair_away_and_what_it_carries_back(hand: Hand) -> None:
    hand.key(Qt.Key.Key_Right)
    hand.key(Qt.Key.Key_Return)
    place = hand.canvas.markers[0].pos()
    hand.key(Qt.Key.Key_M)
    hand.key(Qt.Key.Key_Right)
    assert hand.canvas.markers[0].pos() != place
    QTest.keyClick(hand.window, Qt.Key.Key_Escape)
    assert hand.canvas.markers[0].pos() == place
    assert not hand.canvas.crosshair.isVisible()


def wheel(hand: Hand, x: float, y: float, degrees: int, keys: Qt.KeyboardModifier = NONE) -> None:
    place = QPointF(hand.at(x, y))
    angle, phase = QPoint(0, 8 * degrees), Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(
        place, hand.port.mapToGlobal(place), QPoint(), angle, Qt.MouseButton.NoButton, keys, phase, False
    )
    QApplication.sendEvent(hand.port, event)


def test_a_wheel_zooms_where_the_mouse_is_and_shift_pans_sideways(hand: Hand) -> None:
    place, zoom = hand.at(150, 60), hand.canvas.navigation.zoom
    wheel(hand, 150, 60, 15)
    assert hand.canvas.navigation.zoom == pytest.approx(1.25 * zoom)
    assert (hand.at(150, 60) - place).manhattanLength() <= 2
    wheel(hand, 150, 60, -15)
    assert hand.canvas.navigation.zoom == pytest.approx(zoom)
    before = hand.at(150, 60)
    wheel(hand, 150, 60, 15, SHIFT)
    assert hand.canvas.navigation.zoom == pytest.approx(zoom)
    assert hand.at(150, 60).y() == before.y()
    assert hand.at(150, 60).x() > before.x()


def test_the_photo_cannot_be_lost_from_view(hand: Hand) -> None:
    for step in (QPointF(1e5, 0), QPointF(0, 1e5), QPointF(-1e6, -1e6)):
        hand.canvas.navigation.pan(step)
        shown = hand.canvas.mapFromScene(hand.canvas.photo_rect).boundingRect()
        assert shown.intersects(hand.port.rect())
    for _ in range(40):
        hand.canvas.navigation.zoom_by(2)
    assert hand.canvas.navigation.zoom <= 40
    for _ in range(40):
        hand.canvas.navigation.zoom_by(0.5)
    assert hand.canvas.mapFromScene(hand.canvas.photo_rect).boundingRect().intersects(hand.port.rect())
