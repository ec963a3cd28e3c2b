"""Mouse over a person's joints: moving them, placing new ones, choosing other people, drawing boxes."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from app.canvas.pose_keyboard import PoseKeyboard
from app.canvas.pose_layer import PoseLayer
from app.canvas.view import Canvas
from engine.crop.prompts import Box

SHAKE = 3
"""Logical pixels that a joint has to be dragged before it moves."""
BEYOND = 0.5
"""How far a joint may leave the photo, as a share of its longer side."""

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


class Drag(Enum):
    """What the pressed button is doing."""

    NOTHING = auto()
    CLICK = auto()
    """Nothing yet: a click, unless the mouse moves."""
    JOINT = auto()
    BOX = auto()
    PAN = auto()


class PoseTool(QObject):
    """Turns events of the canvas into acts; knows nothing of documents. The layer says what is where."""

    hovered = Signal(object)
    """Index of the joint under the mouse, or None; only when that changes."""
    selected = Signal(object)
    """Index of the joint taken hold of, or None."""
    moved = Signal(int, float, float, object)
    """Index of a joint, where it is now in source pixels, and the gesture that this belongs to."""
    given_up = Signal(object)
    """A gesture that was broken off with Escape; the joint has been moved back before."""
    dropped = Signal()
    """A joint that was dragged has been let go where it is."""
    visibility_asked = Signal(int)
    """Index of the joint whose visibility is to take its next state."""
    placed = Signal(float, float)
    """A click on an empty place, in source pixels."""
    boxed = Signal(object)
    """A new Box."""
    person_chosen = Signal(str)
    """Who of the others was clicked."""

    def __init__(self, canvas: Canvas, layer: PoseLayer) -> None:
        super().__init__(canvas)
        self._canvas, self._layer = canvas, layer
        self._drag, self._button = Drag.NOTHING, Qt.MouseButton.NoButton
        self._start, self._last, self._start_source = QPointF(), QPointF(), QPointF()
        self._joint: int | None = None
        self._origin = QPointF()
        self._boxes = False
        self._gesture: object = None
        self._hovered: int | None = None
        self._keyboard = PoseKeyboard(canvas, layer, self)

    @property
    def dragging(self) -> bool:
        """Whether a joint is being dragged."""
        return self._drag is Drag.JOINT

    # Mouse

    def press(self, event: QMouseEvent) -> bool:
        if self._canvas.photo_rect.isEmpty() or self._drag is not Drag.NOTHING or event.button() not in (LEFT, RIGHT):
            return False
        self._keyboard.put_away()
        joint = self._layer.joint_at(event.position())
        if event.button() == RIGHT or event.type() == QEvent.Type.MouseButtonDblClick:
            if joint is not None:
                self.selected.emit(joint)
                self.visibility_asked.emit(joint)
            return joint is not None
        self._drag, self._button = Drag.CLICK, event.button()
        self._start = self._last = event.position()
        self._start_source = self._canvas.source_point(self._start)  # the wheel may zoom during a drag
        self._joint, self._gesture = joint, object()
        self._boxes = joint is None and (self._ctrl(event) or self._layer.empty)
        if joint is not None:
            self._origin = self._place(joint)
            self.selected.emit(joint)
        return True

    def move(self, event: QMouseEvent) -> bool:
        if self._drag is Drag.NOTHING:
            self._look(event)
            return False
        if self._drag is Drag.CLICK:
            self._begin(event)
        if self._drag is Drag.JOINT and self._joint is not None:
            offset = self._canvas.source_point(event.position()) - self._start_source
            self.move_joint(self._joint, self._origin + offset, self._gesture)
        elif self._drag is Drag.BOX:
            self._canvas.show_rubber_band(self._rectangle(event))
        elif self._drag is Drag.PAN:
            self._canvas.navigation.pan(event.position() - self._last)
            self._last = event.position()
        return True

    def release(self, event: QMouseEvent) -> bool:
        if self._drag is Drag.NOTHING or event.button() != self._button:
            return False
        drag, self._drag = self._drag, Drag.NOTHING
        self._canvas.show_rubber_band(None)
        if drag is Drag.BOX:
            rect = self._rectangle(event) & self._canvas.photo_rect
            if rect.width() >= 1 and rect.height() >= 1:
                self.boxed.emit(Box(rect.left(), rect.top(), rect.right(), rect.bottom()))
        elif drag is Drag.CLICK and self._joint is None:
            self._click()
        elif drag is Drag.JOINT:
            self.dropped.emit()
        self._look(event)
        return True

    def leave(self) -> None:
        self._layer.show_hovered_person(None)
        self._hover(None)

    def key(self, event: QKeyEvent) -> bool:
        return self._keyboard.key(event)

    def escape(self) -> bool:
        """Give back what is being dragged, or put the crosshair away; True when there was either."""
        drag, self._drag = self._drag, Drag.NOTHING
        if drag is Drag.JOINT and self._joint is not None:
            self.moved.emit(self._joint, self._origin.x(), self._origin.y(), self._gesture)
            self.given_up.emit(self._gesture)
        self._canvas.show_rubber_band(None)
        return drag is not Drag.NOTHING or self._keyboard.put_away()

    def let_go(self) -> None:
        """Forget what is being dragged, without a word: another person is shown."""
        self._drag = Drag.NOTHING
        self._canvas.show_rubber_band(None)
        self._keyboard.put_away()

    def move_joint(self, joint: int, to: QPointF, gesture: object) -> None:
        """Ask for a joint to be somewhere, kept near the photo."""
        rect = self._canvas.photo_rect
        beyond = BEYOND * max(rect.width(), rect.height())
        x = min(max(to.x(), rect.left() - beyond), rect.right() + beyond)
        y = min(max(to.y(), rect.top() - beyond), rect.bottom() + beyond)
        self.moved.emit(joint, x, y, gesture)

    # Inside

    def _begin(self, event: QMouseEvent) -> None:
        """A press becomes a drag when the mouse has gone far enough."""
        far = (event.position() - self._start).manhattanLength()
        if self._joint is not None:
            self._drag = Drag.JOINT if far >= SHAKE else Drag.CLICK
        elif far >= QApplication.startDragDistance():
            self._drag = Drag.BOX if self._boxes else Drag.PAN
            if self._drag is Drag.PAN:
                self._canvas.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def _click(self) -> None:
        """On no joint: another person, a place for a joint, or beside everything."""
        person, point = self._layer.person_at(self._start), self._start_source
        if person is not None and not self._layer.awaited:
            self.person_chosen.emit(person)
        elif self._canvas.inside(point):
            self.placed.emit(point.x(), point.y())
        else:
            self.selected.emit(None)

    def _look(self, event: QMouseEvent) -> None:
        """Show what the mouse is over."""
        if self._canvas.photo_rect.isEmpty():
            return
        joint = self._layer.joint_at(event.position())
        free = joint is None and not self._layer.awaited
        person = self._layer.person_at(event.position()) if free else None
        self._layer.show_hovered_person(person)
        self._hover(joint)
        shape = Qt.CursorShape.CrossCursor
        if joint is not None:
            shape = Qt.CursorShape.SizeAllCursor
        elif person is not None and not self._ctrl(event):
            shape = Qt.CursorShape.PointingHandCursor
        self._canvas.viewport().setCursor(shape)

    def _hover(self, joint: int | None) -> None:
        if joint != self._hovered:
            self._hovered = joint
            self.hovered.emit(joint)

    def _place(self, joint: int) -> QPointF:
        state = self._layer.state
        return QPointF(*state.joints[joint].tolist()) if state is not None else QPointF()

    def _rectangle(self, event: QMouseEvent) -> QRectF:
        return QRectF(self._start_source, self._canvas.source_point(event.position())).normalized()

    @staticmethod
    def _ctrl(event: QMouseEvent) -> bool:
        return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
