"""A canvas with a grey photo and a person whose joints are far apart, and a hand for it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.canvas.pose_layer import PoseLayer
from app.canvas.pose_tool import PoseTool
from app.canvas.pyramid import Pyramid
from app.canvas.view import Canvas
from engine.pose.camera import WeakPerspective
from engine.pose.joints import MPII_16
from engine.pose.project.person import PoseState

GREY = 90
WIDTH, HEIGHT = 300, 200
NONE = Qt.KeyboardModifier.NoModifier
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def joint(name: str) -> int:
    return MPII_16.index(name)


def spread(**visibility: int) -> PoseState:
    """16 joints on a grid of 4 x 4, 60 x 40 px apart, visible but for those that are named."""
    xy = np.array([[60.0 + 60 * (i % 4), 40.0 + 40 * (i // 4)] for i in range(16)])
    seen = np.full(16, 2)
    for name, value in visibility.items():
        seen[joint(name)] = value
    xy[seen == 0] = np.nan
    return PoseState(xy, seen)


def with_pose(state: PoseState, shift: float = 0.0) -> PoseState:
    """The same with a flat pose that falls `shift` px to the right of the joints."""
    centre = state.joints[joint("thorax")]
    pose = np.zeros((16, 3))
    pose[:, :2] = (state.joints - centre) * 10
    return PoseState(
        state.joints,
        state.visibility,
        pose=pose,
        camera=WeakPerspective(0.1, float(centre[0]) + shift, float(centre[1])),
    )


class Stage:
    """A canvas of 700 x 500 with the layer and the tool; what the tool says is kept in `said`."""

    def __init__(self, bot: QtBot) -> None:
        self.canvas = Canvas()
        bot.addWidget(self.canvas)
        self.canvas.resize(700, 500)
        self.canvas.setStyleSheet("background: black")
        self.layer = PoseLayer(self.canvas)
        self.tool = PoseTool(self.canvas, self.layer)
        self.canvas.set_tool(self.tool)
        self.canvas.show()
        bot.waitExposed(self.canvas)
        self.canvas.show_photo(Pyramid.of_photo(np.full((HEIGHT, WIDTH, 3), GREY, np.uint8)))
        self.said: list[tuple[object, ...]] = []
        for name in (
            "hovered", "selected", "moved", "given_up", "visibility_asked", "placed", "boxed", "person_chosen",
        ):  # fmt: skip
            signal = getattr(self.tool, name)
            signal.connect(lambda *values, name=name: self.said.append((name, *values)))

    def of(self, name: str) -> list[tuple[object, ...]]:
        """The values that a signal has carried."""
        return [values for said, *values in self.said if said == name]  # type: ignore[misc]

    # Seeing

    def picture(self) -> QImage:
        QApplication.processEvents()
        return self.canvas.viewport().grab().toImage()

    def colour(self, x: float, y: float, dx: float = 0, dy: float = 0) -> QColor:
        """Colour on screen, `dx`, `dy` screen pixels beside a point in source pixels."""
        return self.row(x, y, [dx], dy)[0]

    def row(self, x: float, y: float, across: Iterable[float], dy: float = 0) -> list[QColor]:
        """As `colour` for several `dx`."""
        picture, ratio = self.picture(), self.canvas.devicePixelRatioF()
        points = [(self.canvas.screen_point(QPointF(x, y)) + QPointF(dx, dy)) * ratio for dx in across]
        return [picture.pixelColor(point.toPoint()) for point in points]

    # Acting

    def at(self, x: float, y: float) -> QPointF:
        return self.canvas.screen_point(QPointF(x, y))

    def mouse(
        self,
        kind: QEvent.Type,
        position: QPointF | QPoint,
        button: Qt.MouseButton = LEFT,
        keys: Qt.KeyboardModifier = NONE,
    ) -> None:
        port, place = self.canvas.viewport(), QPointF(position)
        held = button if kind != QEvent.Type.MouseButtonRelease else Qt.MouseButton.NoButton
        cause = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
        QApplication.sendEvent(port, QMouseEvent(kind, place, port.mapToGlobal(place), cause, held, keys))

    def press(self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        self.mouse(QEvent.Type.MouseButtonPress, at, button, keys)

    def drag_to(self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        self.mouse(QEvent.Type.MouseMove, at, button, keys)

    def release(self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        self.mouse(QEvent.Type.MouseButtonRelease, at, button, keys)

    def click(self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        self.press(at, button, keys)
        self.release(at, button, keys)

    def hover(self, at: QPointF) -> None:
        self.mouse(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton)

    def drag(self, start: QPointF, end: QPointF, keys: Qt.KeyboardModifier = NONE, steps: int = 5) -> None:
        self.press(start, keys=keys)
        for step in range(1, steps + 1):
            self.drag_to(start + (end - start) * (step / steps), keys=keys)
        self.release(end, keys=keys)
