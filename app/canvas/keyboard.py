"""The same acts without a mouse: a crosshair that clicks, draws boxes and carries the signs of clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent

from app.canvas.view import Canvas
from engine.crop.prompts import Box, Click

if TYPE_CHECKING:
    from app.canvas.click_tool import ClickTool

ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
STRIDE = 12
"""Screen pixels that an arrow key goes; with Ctrl it goes one source pixel."""


class Keyboard:
    """Arrows move; Enter includes, Shift+Enter excludes; B draws a box; M carries a click."""

    def __init__(self, canvas: Canvas, tool: ClickTool) -> None:
        self._canvas, self._tool = canvas, tool
        self._anchor: QPointF | None = None
        self._carried: int | None = None
        self._origin = QPointF()

    def put_away(self) -> bool:
        """Hide the crosshair and drop what it carries; True when it was there."""
        self._drop_all()
        visible = self._canvas.crosshair.isVisible()
        self._canvas.crosshair.hide()
        return visible

    def key(self, event: QKeyEvent) -> bool:
        if self._canvas.photo_rect.isEmpty():
            return False
        key, crosshair = event.key(), self._canvas.crosshair
        if key in ARROWS:
            self._go(ARROWS[Qt.Key(key)], fine=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif not crosshair.isVisible():
            return False
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter(exclude=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_B and not event.modifiers():
            self._draw_box() if self._anchor is not None else self._set_anchor()
        elif key == Qt.Key.Key_M and not event.modifiers():
            self._pick_up()
        else:
            return False
        return True

    def _go(self, direction: QPointF, *, fine: bool) -> None:
        crosshair, rect = self._canvas.crosshair, self._canvas.photo_rect
        if not crosshair.isVisible():
            visible = self._canvas.source_point(self._canvas.viewport().rect().center())
            crosshair.setPos(visible if self._canvas.inside(visible) else rect.center())
            crosshair.show()
        else:
            step = 1.0 if fine else max(1.0, round(STRIDE / self._canvas.transform().m11()))
            goal = crosshair.pos() + direction * step
            crosshair.setPos(
                min(max(goal.x(), 0.5), rect.right() - 0.5),
                min(max(goal.y(), 0.5), rect.bottom() - 0.5),
            )
        place = crosshair.pos()
        self._canvas.navigation.reveal(place)
        self._canvas.pointed.emit((place.x(), place.y()))
        if self._carried is not None:
            self._canvas.markers[self._carried].setPos(place)
        if self._anchor is not None:
            self._canvas.show_rubber_band(QRectF(self._anchor, place).normalized())
        self._tool.selected.emit(self._under())

    def _under(self) -> int | None:
        """The click whose sign the crosshair is on."""
        return self._canvas.marker_at(self._canvas.screen_point(self._canvas.crosshair.pos()))

    def _enter(self, *, exclude: bool) -> None:
        place = self._canvas.crosshair.pos()
        if self._anchor is not None:
            self._draw_box()
        elif self._carried is not None:
            index, self._carried = self._carried, None
            self._tool.moved.emit(index, place.x(), place.y())
        else:
            self._tool.clicked.emit(Click(place.x(), place.y(), not exclude))

    def _pick_up(self) -> None:
        self._carried = self._under()
        if self._carried is not None:
            self._origin = self._canvas.markers[self._carried].pos()

    def _set_anchor(self) -> None:
        self._anchor = self._canvas.crosshair.pos()

    def _draw_box(self) -> None:
        rect = QRectF(self._anchor or QPointF(), self._canvas.crosshair.pos()).normalized()
        self._drop_all()
        if rect.width() >= 1 and rect.height() >= 1:
            self._tool.boxed.emit(Box(rect.left(), rect.top(), rect.right(), rect.bottom()))

    def _drop_all(self) -> None:
        if self._carried is not None:
            self._canvas.markers[self._carried].setPos(self._origin)
        self._anchor, self._carried = None, None
        self._canvas.show_rubber_band(None)
