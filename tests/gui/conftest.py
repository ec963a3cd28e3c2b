"""The real window over a method without a network; every test must leave no thread and no timer running."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
import shiboken6
import skimage.data
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt, QThread, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.document.answer import Answer
from app.document.crop import CropPart
from app.document.document import Document
from app.settings import Settings
from app.startup import keep_singletons
from app.window import MainWindow
from tests.gui.annotating import Annotator
from tests.gui.fakes import BarsMethod, ColourMethod
from tests.gui.pose_people import SomeoneMethod, write_annotations

keep_singletons()

NONE = Qt.KeyboardModifier.NoModifier
Until = Callable[[Callable[[], object]], None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform has no window stack and no keyboard grab, and says so of every popup and dialog."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))


@pytest.fixture(autouse=True)
def nothing_left_running(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test after which a QThread still runs or a QTimer is still to fire."""
    started: list[QThread | QTimer] = []

    def remember(kind: type) -> None:
        original = kind.start

        def start(self: QThread | QTimer, *args: object) -> None:
            started.append(self)
            original(self, *args)

        monkeypatch.setattr(kind, "start", start)

    remember(QThread)
    remember(QTimer)
    yield
    alive = [each for each in started if shiboken6.isValid(each)]
    running = [each for each in alive if isinstance(each, QThread) and each.isRunning()]
    ticking = [each for each in alive if isinstance(each, QTimer) and each.isActive()]
    assert not running, "threads left running"
    assert not ticking, "timers left ticking"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def method() -> ColourMethod:
    return ColourMethod()


@pytest.fixture
def skeletons() -> BarsMethod:
    return BarsMethod()


@pytest.fixture
def photo_file(tmp_path: Path) -> Path:
    """A real photo, small, under a name that is not ASCII."""
    path = tmp_path / "Käfer фото.png"
    Image.fromarray(skimage.data.chelsea()[::2, ::2]).save(path)
    return path


@pytest.fixture
def poses() -> SomeoneMethod:
    return SomeoneMethod()


@pytest.fixture
def window(
    qtbot: QtBot, settings: Settings, method: ColourMethod, skeletons: BarsMethod, poses: SomeoneMethod
) -> Iterator[MainWindow]:
    made = MainWindow(method.factory, settings, skeletons.factory, poses.factory)
    made.resize(1200, 800)
    made.show()
    qtbot.waitExposed(made)
    yield made
    method.go.set()
    skeletons.go.set()
    made.close()
    QApplication.clipboard().clear()
    shiboken6.delete(made)


class Hand:
    """Mouse and keys over the photo of a window; places are in source pixels."""

    def __init__(self, window: MainWindow, bot: QtBot, method: ColourMethod) -> None:
        self.window, self.bot, self.method = window, bot, method
        self.canvas = window.workbench.canvas
        self.port = self.canvas.viewport()

    @property
    def document(self) -> Document:
        document = self.window.workbench.document
        assert document is not None
        return document

    @property
    def crop(self) -> CropPart:
        return self.document.crop

    @property
    def answer(self) -> Answer:
        assert self.crop.answer is not None
        return self.crop.answer

    def open(self, path: Path) -> None:
        before = self.window.workbench.document
        self.window.open([path])
        self.bot.waitUntil(lambda: self.window.workbench.document is not before)

    def at(self, x: float, y: float) -> QPoint:
        return self.canvas.screen_point(QPointF(x, y)).toPoint()

    def click(
        self,
        x: float,
        y: float,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
        keys: Qt.KeyboardModifier = NONE,
        *,
        wait: bool = True,
    ) -> None:
        QTest.mouseClick(self.port, button, keys, self.at(x, y))
        if wait:
            self.settle()

    def drag(self, start: tuple[float, float], end: tuple[float, float], *, wait: bool = True) -> None:
        left = Qt.MouseButton.LeftButton
        first, last = self.at(*start), self.at(*end)
        QTest.mousePress(self.port, left, Qt.KeyboardModifier.NoModifier, first)
        for step in range(1, 6):
            self.move_pressed(first + (last - first) * step / 5)
        QTest.mouseRelease(self.port, left, Qt.KeyboardModifier.NoModifier, last)
        if wait:
            self.settle()

    def move_pressed(self, position: QPoint) -> None:
        """QTest.mouseMove does not hold buttons down."""
        self.move(position, Qt.MouseButton.LeftButton)

    def move(self, position: QPoint, buttons: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
        """By an event made by hand: QTest.mouseMove moves the screen's one pointer, which other tests move too."""
        from PySide6.QtGui import QMouseEvent

        event = QMouseEvent(
            QMouseEvent.Type.MouseMove,
            QPointF(position),
            self.port.mapToGlobal(QPointF(position)),
            Qt.MouseButton.NoButton,
            buttons,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(self.port, event)

    def key(
        self, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, *, wait: bool = True
    ) -> None:
        QTest.keyClick(self.canvas, key, keys)
        if wait:
            self.settle()

    def settle(self) -> None:
        """Wait until nothing is asked for any more."""
        QApplication.processEvents()
        workers = self.window.workers
        self.bot.waitUntil(lambda: all(worker.idle for worker in workers), timeout=20_000)


@pytest.fixture
def hand(window: MainWindow, qtbot: QtBot, method: ColourMethod, photo_file: Path) -> Hand:
    """A window with a photo open."""
    made = Hand(window, qtbot, method)
    made.open(photo_file)
    made.settle()
    return made


@pytest.fixture
def until(qtbot: QtBot) -> Callable[[Callable[[], object]], None]:
    """Wait for a condition."""

    def wait(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=20_000)

    return wait


@pytest.fixture
def annotator(window: MainWindow, qtbot: QtBot) -> Annotator:
    made = Annotator(window, qtbot)
    window.workbench.turn_to("pose")
    return made


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path / "work.json"


@pytest.fixture
def at_work(annotator: Annotator, tmp_path: Path, project: Path) -> Annotator:
    """A set of four people is open, at the first."""
    annotator.import_set(write_annotations(tmp_path), project)
    annotator.canvas.setFocus()
    return annotator
