"""Somebody who works through a set of people in the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from app.workspaces.pose.set_files import read_set
from app.workspaces.pose.workspace import PoseWorkspace
from engine.pose.project.person import Person, PoseState

NONE = Qt.KeyboardModifier.NoModifier


class NoTask:
    def check(self) -> None: ...
    def progress(self, fraction: float) -> None: ...


class Annotator:
    """Somebody who works through a set in a window."""

    def __init__(self, window: MainWindow, bot: QtBot) -> None:
        self.window, self.bot = window, bot
        self.pose: PoseWorkspace = window.workbench.pose
        self.canvas = window.workbench.canvas

    @property
    def person(self) -> Person:
        assert self.pose.person is not None
        return self.pose.person

    @property
    def state(self) -> PoseState:
        return self.person.state

    @property
    def xyz(self) -> np.ndarray:
        assert self.state.pose is not None
        return self.state.pose

    @property
    def current(self) -> int:
        assert self.pose.set is not None
        return self.pose.set.current

    def import_set(self, annotations: Path, project: Path) -> None:
        read = read_set(annotations, NoTask())  # type: ignore[arg-type]
        self.window.sets.begin(read.project, project)
        self.until(lambda: self.pose.in_set)
        self.settle()

    def open_set(self, project: Path) -> None:
        self.window.open([project])
        self.until(lambda: self.pose.in_set)
        self.settle()

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.canvas, key, keys)
        self.settle()

    def until(self, condition: Callable[[], object]) -> None:
        self.bot.waitUntil(lambda: bool(condition()), timeout=20_000)

    def settle(self) -> None:
        """Until no thread works any more and everything is shown; the next photos may still come."""
        QApplication.processEvents()
        for _ in range(2):
            self.until(lambda: all(worker.idle for worker in self.window.workers))
            QApplication.processEvents()

    def kept(self) -> None:
        """Until every change is on the disk."""
        self.until(lambda: self.pose.set is not None and self.pose.set.clean)
