"""Mouse over the photo: clicks, boxes, and moving the signs of earlier clicks."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from app.canvas.keyboard import Keyboard
from app.canvas.view import Canvas
from engine.crop.prompts import Box, Click

HOVER_MS = 60
"""The mouse rests this long before a preview is asked for."""


class ClickTool(QObject):
    """Turns events of the canvas into acts; knows nothing of documents."""

    clicked = Signal(object)
    """A new Click."""
    boxed = Signal(object)
    """A new Box."""
    moved = Signal(int, float, float)
    """Index of a click and where it was dropped, in source pixels."""
    selected = Signal(object)
    """Index of the click taken hold of, or None."""
    menu_asked = Signal(int, QPoint)
    """Index of the click whose menu is wanted, and where on the screen."""
    hovered = Signal(object)
    """The Click that would be made where the mouse rests; None when it has moved on."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._pressed: QMouseEvent | None = None
        self._start = QPointF()
        self._marker: int | None = None
        self._dragging = False
        self._hover: Click | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(HOVER_MS)
        self._rest.timeout.connect(lambda: self.hovered.emit(self._hover))
        self._keyboard = Keyboard(canvas, self)

    # Mouse

    def press(self, event: QMouseEvent) -> bool:
        self._stop_hovering()
        self._keyboard.put_away()
        if self._canvas.photo_rect.isEmpty() or self._pressed is not None:
            return False
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return False
        self._pressed, self._start, self._dragging = QMouseEvent(event), event.position(), False
        self._marker = self._canvas.marker_at(event.position())
        self.selected.emit(self._marker)
        return True

    def move(self, event: QMouseEvent) -> bool:
        if self._pressed is None:
            self._hover_at(event)
            return False
        far = (event.position() - self._start).manhattanLength() >= QApplication.startDragDistance()
        if self._pressed.button() == Qt.MouseButton.LeftButton and (far or self._dragging):
            self._dragging = True
            if self._marker is None:
                self._canvas.show_rubber_band(self._rectangle(event))
            else:
                self._canvas.markers[self._marker].setPos(self._inside(event.position()))
        return True

    def release(self, event: QMouseEvent) -> bool:
        pressed, self._pressed = self._pressed, None
        if pressed is None or pressed.button() != event.button():
            self._pressed = pressed
            return False
        self._canvas.show_rubber_band(None)
        if self._dragging:
            self._dropped(event)
        elif self._marker is not None:
            if event.button() == Qt.MouseButton.RightButton:
                self.menu_asked.emit(self._marker, event.globalPosition().toPoint())
        else:
            shift = pressed.modifiers() & Qt.KeyboardModifier.ShiftModifier
            point = self._canvas.source_point(self._start)
            if self._canvas.inside(point):
                include = event.button() == Qt.MouseButton.LeftButton and not shift
                self.clicked.emit(Click(point.x(), point.y(), include))
        return True

    def leave(self) -> None:
        self._stop_hovering()

    def key(self, event: QKeyEvent) -> bool:
        return self._keyboard.key(event)

    def escape(self) -> bool:
        """Give up a drag, or put the crosshair away; True when there was either."""
        if self._pressed is not None:
            self._give_up()
            return True
        return self._keyboard.put_away()

    # Inside

    def _dropped(self, event: QMouseEvent) -> None:
        if self._marker is not None:
            point = self._inside(event.position())
            self.moved.emit(self._marker, point.x(), point.y())
            return
        rect = self._rectangle(event) & self._canvas.photo_rect
        if rect.width() >= 1 and rect.height() >= 1:
            self.boxed.emit(Box(rect.left(), rect.top(), rect.right(), rect.bottom()))

    def _give_up(self) -> None:
        """Escape in the middle of a drag: as if it had not begun."""
        if self._marker is not None and self._dragging:
            self._canvas.markers[self._marker].setPos(self._canvas.source_point(self._start))
        self._canvas.show_rubber_band(None)
        self._pressed, self._dragging = None, False

    def _rectangle(self, event: QMouseEvent) -> QRectF:
        corners = (self._canvas.source_point(p) for p in (self._start, event.position()))
        return QRectF(*corners).normalized()

    def _inside(self, position: QPointF) -> QPointF:
        """Source pixels of a position, kept on the photo."""
        point, rect = self._canvas.source_point(position), self._canvas.photo_rect
        return QPointF(
            min(max(point.x(), rect.left()), rect.right() - 0.01),
            min(max(point.y(), rect.top()), rect.bottom() - 0.01),
        )

    def _hover_at(self, event: QMouseEvent) -> None:
        self._stop_hovering()
        point = self._canvas.source_point(event.position())
        over_marker = self._canvas.marker_at(event.position()) is not None
        shape = Qt.CursorShape.SizeAllCursor if over_marker else Qt.CursorShape.CrossCursor
        self._canvas.viewport().setCursor(
            shape if not self._canvas.photo_rect.isEmpty() else Qt.CursorShape.ArrowCursor
        )
        if self._canvas.inside(point) and not over_marker:
            exclude = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._hover = Click(point.x(), point.y(), not exclude)
            self._rest.start()

    def _stop_hovering(self) -> None:
        self._rest.stop()
        if self._hover is not None:
            self._hover = None
            self.hovered.emit(None)
