"""The strip of hypotheses: what is on its cards, how they are chosen, what they cost."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QEnterEvent, QImage, QPainter, QPalette, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.canvas.sides import ON_DARK, ON_LIGHT, colours_on
from app.workspaces.pose import card as card_module
from app.workspaces.pose.figure_picture import draw_figure, figure_pixmap
from app.workspaces.pose.strip import HypothesisStrip
from engine.pose.camera import WeakPerspective
from engine.pose.joints import MPII_16
from engine.pose.project.candidates import Candidate

CAMERA = WeakPerspective(0.1, 0, 0)


def standing(depth: float = 0.0) -> np.ndarray:
    """A person with the arms down and the left hand `depth` mm away."""
    places = {
        "head_top": (0, -450, 0), "upper_neck": (0, -200, 0), "thorax": (0, 0, 0), "pelvis": (0, 500, 0),
        "shoulder": (180, 20, 0), "elbow": (220, 300, 0), "wrist": (240, 560, 0),
        "hip": (120, 500, 0), "knee": (130, 950, 0), "ankle": (130, 1400, 0),
    }  # fmt: skip
    pose = np.zeros((16, 3))
    for i, name in enumerate(MPII_16.joints):
        x, y, z = places[name.split("_", 1)[1] if name[:2] in ("l_", "r_") else name]
        pose[i] = (-x if name.startswith("r_") else x, y, z)
    pose[MPII_16.index("l_wrist"), 2] = depth
    return pose


def candidates(count: int) -> list[Candidate]:
    return [
        Candidate(f"flip {i}", standing(400.0 * (-1) ** i), CAMERA, "lifted" if i else "predicted", 1.5 + i)
        for i in range(count)
    ]


@pytest.fixture
def strip(qtbot: QtBot) -> HypothesisStrip:
    made = HypothesisStrip()
    qtbot.addWidget(made)
    made.resize(500, made.height())
    made.show()
    qtbot.waitExposed(made)
    return made


def shown(strip: HypothesisStrip) -> list[int]:
    return [i for i, card in enumerate(strip.cards) if card.isVisible()]


def test_without_candidates_it_says_so_and_keeps_its_height(strip: HypothesisStrip) -> None:
    assert strip.empty_words.isVisible()
    assert strip.empty_words.text()
    height = strip.height()
    strip.show_candidates(candidates(3), 0)
    assert not strip.empty_words.isVisible()
    assert shown(strip) == [0, 1, 2]
    assert strip.height() == height
    strip.show_candidates([], None)
    assert strip.empty_words.isVisible()


def test_cards_tell_name_error_source_and_key(strip: HypothesisStrip) -> None:
    unknown = Candidate("stick 8", standing(), CAMERA, "edited", float("nan"))
    strip.show_candidates([*candidates(10), unknown], 1)
    assert [card.isChecked() for card in strip.cards[:3]] == [False, True, False]
    first, tenth, last = strip.cards[0], strip.cards[9], strip.cards[10]
    for words in ("flip 0", "1.5 px", "network"):
        assert words in first.accessibleName()
        assert words in first.toolTip()
    assert "Key 1" in first.toolTip()
    assert "Key" not in tenth.toolTip()
    assert "nan" not in last.accessibleName()
    assert last.source_words() == "by hand"


def test_a_click_asks_and_the_frame_shows_what_holds(strip: HypothesisStrip, qtbot: QtBot) -> None:
    asked: list[int] = []
    strip.chosen.connect(asked.append)
    found = candidates(3)
    strip.show_candidates(found, 0)
    QTest.mouseClick(strip.cards[2], Qt.MouseButton.LeftButton)
    assert asked == [2]
    assert strip.cards[0].isChecked()
    assert not strip.cards[2].isChecked()
    strip.show_candidates(found, 2)
    assert strip.cards[2].isChecked()


def test_hover_is_told_and_ends(strip: HypothesisStrip) -> None:
    told: list[int | None] = []
    strip.hovered.connect(told.append)
    strip.show_candidates(candidates(3), 0)
    enter = QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5))
    QApplication.sendEvent(strip.cards[1], enter)
    QApplication.sendEvent(strip.cards[1], QEvent(QEvent.Type.Leave))
    QApplication.sendEvent(strip.cards[2], enter)
    strip.show_candidates(candidates(1), 0)  # what the mouse was over is gone
    assert told == [1, None, 2, None]


def test_arrow_keys_go_along_and_enter_chooses(strip: HypothesisStrip) -> None:
    asked: list[int] = []
    told: list[int | None] = []
    strip.chosen.connect(asked.append)
    strip.hovered.connect(told.append)
    strip.show_candidates(candidates(9), 0)
    strip.activateWindow()
    strip.cards[0].setFocus()
    QTest.keyClick(strip.cards[0], Qt.Key.Key_Right)
    assert strip.cards[1].hasFocus()
    assert told[-1] == 1
    QTest.keyClick(strip.cards[1], Qt.Key.Key_Return)
    QTest.keyClick(strip.cards[1], Qt.Key.Key_End)
    last = strip.cards[8]
    assert last.hasFocus()
    QApplication.processEvents()
    assert last.visibleRegion().boundingRect().width() > last.width() / 2  # scrolled to
    QTest.keyClick(last, Qt.Key.Key_Right)
    assert last.hasFocus()
    QTest.keyClick(last, Qt.Key.Key_Space)
    QTest.keyClick(last, Qt.Key.Key_Home)
    assert strip.cards[0].hasFocus()
    assert asked == [1, 8]


def test_tab_stops_once_and_a_click_takes_no_focus(strip: HypothesisStrip) -> None:
    strip.show_candidates(candidates(5), 3)

    def stops() -> list[int]:
        return [i for i, card in enumerate(strip.cards) if card.focusPolicy() & Qt.FocusPolicy.TabFocus]

    assert stops() == [3]
    strip.activateWindow()
    QTest.mouseClick(strip.cards[1], Qt.MouseButton.LeftButton)
    assert not strip.cards[1].hasFocus()
    strip.cards[3].setFocus()
    QTest.keyClick(strip.cards[3], Qt.Key.Key_Left)
    assert strip.cards[2].hasFocus()
    assert stops() == [2]
    strip.show_candidates(candidates(5), None)
    assert stops() == [0]


def test_arrows_with_modifiers_are_left_to_others(strip: HypothesisStrip) -> None:
    strip.show_candidates(candidates(3), 0)
    strip.activateWindow()
    strip.cards[1].setFocus()
    QTest.keyClick(strip.cards[1], Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert strip.cards[1].hasFocus()


def test_the_wheel_scrolls_sideways(strip: HypothesisStrip) -> None:
    strip.show_candidates(candidates(9), 0)
    QApplication.processEvents()
    before = strip.cards[0].mapTo(strip, QPoint()).x()
    card = strip.cards[1]
    event = QWheelEvent(
        QPointF(5, 5), card.mapToGlobal(QPointF(5, 5)), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(card, event)
    assert strip.cards[0].mapTo(strip, QPoint()).x() < before


def test_the_chosen_card_is_scrolled_to(strip: HypothesisStrip) -> None:
    found = candidates(12)
    strip.show_candidates(found, 0)
    QApplication.processEvents()
    strip.show_candidates(found, 11)
    QApplication.processEvents()
    assert not strip.cards[11].visibleRegion().isEmpty()


def test_a_figure_is_drawn_once(strip: HypothesisStrip, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    original = card_module.draw_figure

    def count(*args: object, view: str, **rest: object) -> None:
        drawn.append(view)
        original(*args, view=view, **rest)

    monkeypatch.setattr(card_module, "draw_figure", count)
    found = candidates(3)
    strip.show_candidates(found, 0)
    strip.grab()
    assert sorted(drawn) == ["photo"] * 3 + ["side"] * 3
    strip.show_candidates(found, 2)
    strip.grab()
    assert len(drawn) == 6
    strip.show_candidates([found[0], *candidates(2)[1:]], 0)
    strip.grab()
    assert len(drawn) == 8


def drawn(pose: np.ndarray, view: str = "photo", colours=ON_DARK) -> QImage:
    image = QImage(120, 160, QImage.Format.Format_ARGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    draw_figure(painter, QRectF(10, 10, 100, 140), pose, colours, view=view)  # type: ignore[arg-type]
    painter.end()
    return image


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def test_a_figure_stays_in_its_rectangle_left_is_left_and_right_is_right(qapp: object) -> None:
    found = pixels(drawn(standing()))
    inked = found.max(2) > 60
    assert inked[10:150, 10:110].any()
    inked[10:150, 10:110] = False
    assert not inked.any()
    blue = found[:, :, 2] - found[:, :, 0] > 80
    orange = found[:, :, 0] - found[:, :, 2] > 80
    assert np.nonzero(blue)[1].min() > 55  # the person's left, seen from the front, is on the right
    assert np.nonzero(orange)[1].max() < 65


def test_depth_flips_differ_from_the_side_alone(qapp: object) -> None:
    near, far = standing(-500), standing(500)
    side = [pixels(drawn(p, "side")) for p in (near, far)]
    assert np.abs(side[0] - side[1]).max() > 100
    blue = [np.nonzero(s[:, :, 2] - s[:, :, 0] > 80)[1] for s in side]
    assert blue[0].min() < blue[1].min()  # what is near is at the camera's side, the left
    assert blue[0].max() < blue[1].max()


def test_figures_of_flat_or_missing_joints(qapp: object) -> None:
    xy = standing()[:, :2]
    assert (pixels(drawn(xy)).max(2) > 60).any()
    xy[MPII_16.index("l_wrist")] = np.nan
    assert (pixels(drawn(xy)).max(2) > 60).any()
    assert not pixels(drawn(np.full((16, 2), np.nan))).any()
    one = np.full((16, 2), np.nan)
    one[0] = (5, 5)
    drawn(one)
    pixmap = figure_pixmap(xy, 40, 60, 2.0, ON_LIGHT)
    assert (pixmap.width(), pixmap.height(), pixmap.devicePixelRatio()) == (80, 120, 2.0)


def test_colours_follow_the_ground(qapp: object) -> None:
    palette = QPalette()
    for ground, colours in (("#111111", ON_DARK), ("#f5f5f5", ON_LIGHT)):
        palette.setColor(QPalette.ColorRole.Window, QColor(ground))
        assert colours_on(palette) is colours
