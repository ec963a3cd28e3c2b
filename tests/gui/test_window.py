"""The window as a whole: waiting, failing, stopping, closing; device, theme, memory of the last time."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QColorDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.icons import icon
from app.method import Ready
from app.run import run_window
from app.settings import Settings
from app.theme import DARK, LIGHT, Theme
from app.unhandled import Unhandled
from app.widgets.swatches import Swatch
from app.window import MainWindow
from engine.errors import WeightsError
from tests.gui.conftest import Hand, Until
from tests.gui.fakes import ColourMethod

CTRL = Qt.KeyboardModifier.ControlModifier


def test_answers_to_older_clicks_are_dropped(hand: Hand, until: Until) -> None:
    hand.method.go.clear()
    hand.click(100, 80, wait=False)
    until(lambda: hand.method.calls)
    hand.click(40, 40, wait=False)
    seen = []
    hand.crop.answer_changed.connect(seen.append)
    hand.method.go.set()
    hand.settle()
    assert len(seen) == 1
    assert hand.crop.known_answer(hand.crop.prompts) is seen[0]
    assert len(hand.crop.prompts.clicks) == 2


def test_a_long_prediction_shows_that_it_runs_and_escape_takes_the_click_back(hand: Hand, until: Until) -> None:
    hand.click(100, 80)
    shown = hand.crop.answer
    hand.method.go.clear()
    hand.click(40, 40, wait=False)
    activity = hand.window.activity
    until(activity.isVisible)
    assert hand.window.childAt(activity.mapTo(hand.window, activity.rect().center())) in activity.findChildren(QWidget)
    QTest.keyClick(hand.window, Qt.Key.Key_Escape)
    hand.settle()
    assert not hand.window.activity.isVisible()
    assert len(hand.crop.prompts.clicks) == 1
    assert hand.crop.answer is shown
    hand.method.go.set()
    hand.key(Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert len(hand.crop.prompts.clicks) == 2
    assert hand.crop.answer is not shown


def test_quick_work_shows_nothing(hand: Hand) -> None:
    shown = []
    hand.window.activity.showEvent = lambda event: shown.append(event)
    hand.click(100, 80)
    assert shown == []


def test_another_photo_drops_what_is_asked_about_the_old_one(hand: Hand, photo_file: Path, until: Until) -> None:
    hand.method.go.clear()
    hand.click(100, 80, wait=False)
    until(lambda: hand.method.calls)
    hand.open(photo_file)
    hand.method.go.set()
    hand.settle()
    assert hand.crop.answer is None
    assert hand.crop.prompts.empty
    assert not hand.document.undo_stack.canUndo()


def test_a_failing_prediction_is_told_and_can_be_tried_again(hand: Hand, until: Until) -> None:
    hand.method.error = WeightsError("The weights are damaged.", "Install DeepSkel again.")
    hand.click(100, 80)
    assert hand.window.banner.kind == "error"
    assert "damaged" in hand.window.banner.text
    assert "again" in hand.window.banner.text
    assert not hand.crop.waiting
    hand.method.error = None
    hand.click(110, 80)
    assert hand.crop.answer is not None


def test_missing_weights_are_told_and_photos_still_open(
    qtbot: QtBot, settings: Settings, photo_file: Path, until: Until
) -> None:
    def factory(device: str) -> Ready:
        raise WeightsError("The weights are missing.", "Install DeepSkel again.")

    window = MainWindow(factory, settings)
    window.show()
    until(lambda: window.banner.text)
    assert "missing" in window.banner.text
    window.open([photo_file])
    until(lambda: window.workbench.document)
    window.close()
    shiboken6.delete(window)


def test_closing_in_the_middle_of_a_prediction(
    qtbot: QtBot, settings: Settings, method: ColourMethod, photo_file: Path, until: Until
) -> None:
    window = MainWindow(method.factory, settings)
    window.show()
    hand = Hand(window, qtbot, method)
    hand.open(photo_file)
    method.go.clear()
    hand.click(100, 80, wait=False)
    until(lambda: method.calls)
    window.close()
    assert window.joined
    shiboken6.delete(window)


def test_a_device_that_was_not_available_is_told_with_the_reason(hand: Hand, until: Until) -> None:
    hand.window.settings.device = "cuda"
    until(lambda: hand.window.banner.kind == "warning")
    assert "CPU (test)" in hand.window.banner.text
    hand.settle()


def test_an_exception_that_nobody_caught_is_told_and_the_window_goes_on(window: MainWindow) -> None:
    net, before = Unhandled(window), sys.excepthook
    net.told.connect(window.banner.error)
    net.install()
    try:
        raise RuntimeError("surprise")
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    finally:
        net.remove()
    assert sys.excepthook is before
    assert "surprise" in window.banner.text
    assert window.isVisible()


def test_themes_change_colours_and_icons(window: MainWindow, qapp: QApplication) -> None:
    theme = Theme(qapp, window.settings)
    for name, colours in (("dark", DARK), ("light", LIGHT)):
        window.settings.theme = name
        assert qapp.palette().window().color() == QColor(colours.window)
        image = icon("open").pixmap(48, 48).toImage()
        drawn = [image.pixelColor(x, y) for x in range(48) for y in range(48) if image.pixelColor(x, y).alpha() == 255]
        assert drawn
        assert all(colour == QColor(colours.text) for colour in drawn)
    shiboken6.delete(theme)
    qapp.setStyleSheet("")


@pytest.mark.parametrize("view", ["overlay", "checkerboard", "black", "white"])
def test_every_view_shows_what_it_says(hand: Hand, view: str) -> None:
    hand.window.settings.hover_preview = False
    hand.click(100, 80)
    hand.window.settings.view = view
    hand.window.settings.show_clicks = False
    hand.canvas.navigation.zoom_to(4)
    probability = hand.answer.prediction.probability()
    y, x = next(zip(*(probability == 0).nonzero(), strict=True))
    hand.canvas.navigation.reveal(hand.canvas.source_point(hand.at(float(x), float(y))))
    picture = hand.port.grab().toImage()
    outside = picture.pixelColor(hand.at(x + 0.5, y + 0.5))
    photo = QColor(*hand.document.photo.rgb8[y, x].tolist())
    certain = picture.pixelColor(hand.at(100.5, 80.5))
    inside = hand.document.photo.rgb8[80, 100].astype(float)
    assert probability[80, 100] == 255
    if view == "overlay":
        assert outside == photo
        tint, weight = QColor(hand.window.settings.overlay_colour), hand.window.settings.overlay_opacity / 100
        expected = [(1 - weight) * c + weight * t for c, t in zip(inside, tint.getRgb()[:3], strict=True)]
        assert certain.getRgb()[:3] == pytest.approx(expected, abs=3)
    else:
        assert certain.getRgb()[:3] == tuple(inside)
        greys = {"black": [0], "white": [255], "checkerboard": [255, 0xD3]}[view]
        assert outside.red() in greys


def test_place_and_zoom_are_remembered(
    qtbot: QtBot, settings: Settings, method: ColourMethod, window: MainWindow
) -> None:
    window.resize(900, 707)  # no higher than the offscreen screen
    window.settings.view = "black"
    window.close()
    again = MainWindow(method.factory, settings)
    height, view = again.height(), again.workbench.crop.actions_.view_group.checkedAction()
    again.close()
    assert (height, view.data() if view else None) == (707, "black")
    shiboken6.delete(again)


@pytest.mark.parametrize("workspace", ["crop", "skeleton"])
def test_every_control_has_a_name_for_screen_readers(hand: Hand, workspace: str) -> None:
    from PySide6.QtWidgets import QAbstractButton, QSlider

    hand.window.workbench.turn_to(workspace)
    hand.settle()
    for kind in (QAbstractButton, QSlider):
        for control in hand.window.findChildren(kind):
            if control.isVisible() and control.objectName() != "qt_toolbar_ext_button":
                name = control.accessibleName() or (control.text() if isinstance(control, QAbstractButton) else "")
                assert name, f"{control} has no name"


def test_the_sheet_of_keys_and_the_about_box_open(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_F1)
    sheet = QApplication.activeModalWidget()
    assert sheet is not None
    sheet.close()
    window.menus.about.trigger()
    about = QApplication.activeModalWidget()
    assert about is not None
    about.close()


@pytest.mark.parametrize("workspace", ["crop", "skeleton"])
def test_no_two_actions_share_a_key(window: MainWindow, workspace: str) -> None:
    window.workbench.turn_to(workspace)
    keys: dict[str, str] = {}
    actions = {id(a): a for widget in (window, window.workbench) for a in widget.actions() if a.isVisible()}
    for action in actions.values():
        for key in action.shortcuts():
            assert key.toString() not in keys, f"{key.toString()}: {action.text()} and {keys[key.toString()]}"
            keys[key.toString()] = action.text()


def test_damaged_settings_count_as_absent(settings: Settings) -> None:
    settings.store.setValue(Settings.view.key, "{not json")
    settings.store.setValue(Settings.overlay_opacity.key, '"many"')
    settings.store.setValue(Settings.theme.key, '"pink"')
    assert (settings.view, settings.overlay_opacity, settings.theme) == ("overlay", 45, "system")


def test_new_settings_hold_at_once_and_reach_the_file(settings: Settings) -> None:
    settings.overlay_opacity = 71
    assert settings.overlay_opacity == 71
    path = settings.store.fileName()
    assert Settings(QSettings(path, QSettings.Format.IniFormat)).overlay_opacity == 45
    settings.write()
    assert Settings(QSettings(path, QSettings.Format.IniFormat)).overlay_opacity == 71
    settings.overlay_opacity = 30
    assert settings.overlay_opacity == 30


def test_the_whole_run_from_start_to_end(
    qapp: QApplication, settings: Settings, method: ColourMethod, photo_file: Path
) -> None:
    seen: list[str] = []

    def drive(window: MainWindow) -> None:
        def look() -> None:
            document = window.workbench.document
            if document is not None and not seen:
                seen.append(document.name)
                window.close()

        window.workbench.document_changed.connect(look)
        look()  # the photo may be open already

    code = run_window([photo_file], factory=method.factory, settings=settings, on_ready=drive)
    qapp.setStyleSheet("")
    assert (code, seen) == (0, [photo_file.name])
    assert Settings(QSettings(settings.store.fileName(), QSettings.Format.IniFormat)).recent == [photo_file]


def test_overlay_colours(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    swatches = hand.window.workbench.crop.panel.findChildren(Swatch)
    QTest.mouseClick(swatches[3], Qt.MouseButton.LeftButton)
    assert hand.window.settings.overlay_colour == "#ffc53d"
    monkeypatch.setattr(QColorDialog, "getColor", lambda *args: QColor())
    QTest.mouseClick(swatches[-1], Qt.MouseButton.LeftButton)
    assert hand.window.settings.overlay_colour == "#ffc53d", "a dialog that was cancelled changes nothing"
    assert [swatch.isChecked() for swatch in swatches].index(True) == 3
    monkeypatch.setattr(QColorDialog, "getColor", lambda *args: QColor("#123456"))
    QTest.mouseClick(swatches[-1], Qt.MouseButton.LeftButton)
    assert hand.window.settings.overlay_colour == "#123456"
    assert swatches[-1].isChecked()


def test_a_fresh_window_waits_for_enter_to_open_a_photo(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(window.isActiveWindow)
    focused = window.focusWidget()
    assert isinstance(focused, QPushButton)
    assert focused.text().startswith("Open")


def test_painting_for_hours_does_not_end_the_process() -> None:
    program = """
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from app.startup import keep_singletons
keep_singletons()
application = QGuiApplication([])
image = QImage(4, 4, QImage.Format.Format_RGB32)
painter = QPainter(image)
for _ in range(100_000):
    painter.setPen(QColor())
painter.end()
"""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_garbage_is_collected_in_the_window_thread_alone(hand: Hand) -> None:
    seen: list[bool] = []
    here = threading.get_ident()

    def collected(phase: str, info: dict[str, int]) -> None:
        seen.append(threading.get_ident() == here)

    def litter(task: object) -> int:
        for _ in range(20_000):
            cycle: list[object] = []
            cycle.append(cycle)
        return 1

    done: list[int] = []
    gc.callbacks.append(collected)
    try:
        hand.window.files.submit(litter, done.append, lane="litter")
        hand.bot.waitUntil(lambda: bool(done) and bool(seen))
    finally:
        gc.callbacks.remove(collected)
    assert all(seen)
    hand.window.finish()
    assert gc.isenabled()
