"""The same acts without a mouse: the selected joint moves; where it has no place yet, a crosshair finds one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from app.canvas.keyboard import ARROWS
from app.canvas.view import Canvas

if TYPE_CHECKING:
    from app.canvas.pose_layer import PoseLayer
    from app.canvas.pose_tool import PoseTool
    from engine.pose.project.person import PoseState

FAR = 10
"""Screen pixels that Ctrl+Shift and an arrow go; Ctrl alone goes one."""
BURST_S = 0.8
"""Keys that follow one another sooner than this are one gesture."""


class PoseKeyboard:
    """Ctrl+arrows move the selected joint, or the crosshair that Enter places it with; plain arrows are not for us."""

    def __init__(self, canvas: Canvas, layer: PoseLayer, tool: PoseTool) -> None:
        self._canvas, self._layer, self._tool = canvas, layer, tool
        self._gesture: object = None
        self._joint: int | None = None
        self._last = float("-inf")
        self._seen: PoseState | None = None
        self._goal = QPointF()
        self._goal_of: object = None

    def put_away(self) -> bool:
        """Hide the crosshair and end the gesture; True when the crosshair was there."""
        self._gesture = None
        visible = self._canvas.crosshair.isVisible()
        self._canvas.crosshair.hide()
        return visible

    def key(self, event: QKeyEvent) -> bool:
        key, joint, state = event.key(), self._layer.selected, self._layer.state
        if self._canvas.photo_rect.isEmpty() or joint is None or state is None:
            return False
        if joint != self._joint:
            self.put_away()
            self._joint = joint
        if key in ARROWS and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            far = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            step = ARROWS[Qt.Key(key)] * ((FAR if far else 1) / self._canvas.transform().m11())
            self._nudge(joint, step) if state.known[joint] else self._aim(joint, step)
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._canvas.crosshair.isVisible():
            place = self._canvas.crosshair.pos()
            self.put_away()
            self._tool.placed.emit(place.x(), place.y())
            return True
        return False

    def _nudge(self, joint: int, step: QPointF) -> None:
        if self._layer.state is None:
            return
        now = time.monotonic()
        if self._gesture is None or now - self._last > BURST_S:
            self._gesture = object()
        self._last = now
        state = self._layer.state
        # Keys may come faster than the state follows; then they go on from where the joint was asked to be.
        behind = state is self._seen and self._gesture is self._goal_of
        goal = (self._goal if behind else QPointF(*state.joints[joint].tolist())) + step
        self._seen, self._goal, self._goal_of = state, goal, self._gesture
        self._tool.move_joint(joint, goal, self._gesture)
        self._canvas.navigation.reveal(goal)

    def _aim(self, joint: int, step: QPointF) -> None:
        """Move the crosshair; it begins where the pose has the joint, or in the middle of what is seen."""
        crosshair, rect = self._canvas.crosshair, self._canvas.photo_rect
        if crosshair.isVisible():
            goal = crosshair.pos() + step
        else:
            projected = self._layer.state.projected()[joint] if self._layer.state else np.full(2, np.nan)
            middle = self._canvas.source_point(self._canvas.viewport().rect().center())
            goal = QPointF(*projected.tolist()) if np.isfinite(projected).all() else middle
        crosshair.setPos(
            min(max(goal.x(), rect.left() + 0.5), rect.right() - 0.5),
            min(max(goal.y(), rect.top() + 0.5), rect.bottom() - 0.5),
        )
        crosshair.show()
        self._canvas.navigation.reveal(crosshair.pos())
