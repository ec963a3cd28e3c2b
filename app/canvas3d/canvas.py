"""The 3D canvas: shows a pose among its candidates and lets it be taken hold of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.canvas3d.acts import Act, Chosen, Dragged, GivenUp, Hovered, Looked, Selected, Turned
from app.canvas3d.body import Floor, floor_under, outward_joints
from app.canvas3d.choosing import choose_renderer
from app.canvas3d.easing import Easing, motion_is_welcome
from app.canvas3d.frame import Colours, Frame, NoGraphicsError, Renderer, colours_of
from app.canvas3d.hand import Button, Hand, Keys
from app.canvas3d.looking import VIEWS, Navigation, View, photo_distance, rotation_of
from app.canvas3d.marks import draw_marks, joint_text
from app.canvas3d.painter import PainterRenderer
from app.canvas3d.scene import Scene
from app.canvas3d.viewpoint import XY, Viewpoint
from engine.pose.lifting.dictionary import load_dictionary

F64 = npt.NDArray[np.float64]

__all__ = ["VIEWS", "PoseCanvas"]

WARM = (64, 64)
"""Size of the picture that is drawn before the first one."""
ZOOM = 1.25
"""Factor of the keys + and -."""
_BUTTONS: dict[Qt.MouseButton, Button] = {
    Qt.MouseButton.LeftButton: "left",
    Qt.MouseButton.MiddleButton: "middle",
    Qt.MouseButton.RightButton: "right",
}


class PoseCanvas(QWidget):
    """Draws the scene that it is given and tells what the hand wants; it never changes a pose itself.

    OpenGL is looked for when the widget is first shown. Where there is none, Qt's painter draws, and `problem` says
    why.
    """

    hovered = Signal(object)
    """The joint under the mouse, or None."""
    selected = Signal(object)
    """The joint that was clicked or reached by Tab, or None."""
    dragged = Signal(int, object, object)
    """A joint, where it is wanted ((3,) mm in pose axes), and the gesture that this belongs to."""
    turned = Signal(int, object, object)
    """A bone, its rotation (scipy, pose axes) from where it was as the gesture began, and the gesture."""
    given_up = Signal(object)
    """A gesture that was broken off with Escape; what it moved has been brought back before."""
    candidate_chosen = Signal(int)
    """Index of the candidate that was clicked."""
    view_changed = Signal()
    """The eye has moved: `view_axes` are others."""
    problem_changed = Signal(str)
    """Why OpenGL is not used, "" when it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pose_canvas")
        self.setAccessibleName(self.tr("Pose in space"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(120, 120)
        self.problem = ""
        self.focal: float | None = None
        """Focal length of the photo's camera in pixels of the photo, where it is known."""
        self._hand = Hand()
        self._describe()
        self._look: View = "photo"
        self._floor: Floor | None = None
        self._colours: Colours = colours_of(self.palette())
        self._easing = Easing(self._show_view, self)
        self._easing.finished.connect(self._sharpen)
        self._renderer: Renderer | None = None
        self._frame: Frame | None = None
        self._picture = QImage()

    # What is shown

    @property
    def view(self) -> Viewpoint:
        """The present view."""
        return self._hand.view

    def view_axes(self) -> F64:
        """(3, 3) rows right, down and away of the present view in pose axes."""
        return self._hand.view.rotation.copy()

    def show_scene(self, scene: Scene) -> None:
        """Another scene, seen as the last one was; the first pose is brought into view."""
        first = self._hand.scene.pose is None and scene.pose is not None
        if scene.pose is None:
            self._floor = None
        elif self._hand.scene.pose is None or not np.array_equal(self._hand.scene.pose, scene.pose):
            self._floor = floor_under(scene.pose)
        self._hand.show_scene(scene)
        self._describe()
        if first:
            self._stop()
            self._show_view(self._looking(self._look))
        self._changed()

    def show_hover(self, joint: int | None) -> None:
        """Mark a joint as pointed at, elsewhere for example; nothing is emitted."""
        if self._hand.joint != joint:
            self._hand.joint = joint
            self.update()

    def show_selected(self, joint: int | None) -> None:
        """Mark a joint as selected; nothing is emitted."""
        if self._hand.selected != joint:
            self._hand.selected = joint
            self._describe()
            self.update()

    def show_raised(self, ghost: int | None) -> None:
        """Bring a candidate forward, as when the mouse is over it; nothing is emitted."""
        if self._hand.ghost != ghost and (ghost is None or ghost < len(self._hand.scene.ghosts)):
            self._hand.ghost = ghost
            self.update()

    def look(self, view: View) -> None:
        """See all of the pose from a direction of VIEWS."""
        self._look = view
        self._ease(self._looking(view))

    def frame_pose(self) -> None:
        """Bring all of the pose into view from the present direction: for another person."""
        pose = self._hand.scene.pose
        if pose is not None:
            self._stop()
            self._show_view(self._placed(self._hand.view).fitted(pose))

    def set_navigation(self, how: Navigation) -> None:
        self._stop()
        before = self._hand.view
        self._hand.navigate(how)
        self._moved(before)

    def set_perspective(self, on: bool) -> None:
        """Smaller where farther, as in the photo as far as its camera is known; else no perspective at all."""
        self._show_view(replace(self._placed(self._hand.view), perspective=on))

    def escape(self) -> bool:
        """Give back what is being dragged; False when nothing was."""
        held = self._hand.held
        self._do(self._hand.escape())
        self._sharpen()
        return held

    def let_go(self) -> None:
        """Forget what is being dragged, without a word: another person is shown."""
        self._hand.let_go()
        self._sharpen()

    def warm_up(self) -> None:
        """Look for OpenGL and draw somebody unseen: the first picture costs most, and somebody would wait for it."""
        pose = load_dictionary().mean
        floor, view = floor_under(pose), replace(self._hand.view, size=WARM).fitted(pose)
        for draft in (False, True):
            self._rendered(Frame(Scene(pose, (pose[:, [2, 1, 0]],)), view, self._colours, 1.0, floor, draft))

    def finish(self) -> None:
        """Stop moving and give the graphics back."""
        self._stop()
        if self._renderer is not None:
            self._renderer.close()
            self._renderer = None
        self._frame = None

    # Inside: views

    def _looking(self, name: View) -> Viewpoint:
        pose = self._hand.scene.pose
        view = self._placed(self._hand.view).turned(rotation_of(name, pose))
        return view if pose is None else view.fitted(pose)

    def _placed(self, view: Viewpoint) -> Viewpoint:
        """With the eye as far away as the photo's camera was."""
        return replace(view, distance=photo_distance(self._hand.scene, self.focal))

    def _ease(self, view: Viewpoint) -> None:
        if self.isVisible() and motion_is_welcome():
            self._easing.go(self._hand.view, view)
        else:
            self._stop()
            self._show_view(view)

    def _show_view(self, view: Viewpoint) -> None:
        before, self._hand.view = self._hand.view, view
        self._moved(before)

    def _moved(self, before: Viewpoint) -> None:
        if self._hand.view is not before:
            self._changed()
            self.view_changed.emit()

    def _changed(self) -> None:
        self._frame = None
        self.update()

    # Inside: drawing

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        ratio = self.devicePixelRatioF()
        if self._frame is None or self._frame.ratio != ratio:
            hand = self._hand
            self._frame = Frame(hand.scene, hand.view, self._colours, ratio, self._floor, self._moving())
            self._picture = self._rendered(self._frame)
        painter = QPainter(self)
        painter.drawImage(0, 0, self._picture)
        draw_marks(painter, self._hand, self._colours, self._floor)
        if self.hasFocus():
            painter.setPen(self._colours.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _describe(self) -> None:
        """Tell those who do not see it what is selected."""
        text = self.tr("The person's pose among its hypotheses. Tab goes through the joints, plus and minus zoom.")
        selected = joint_text(self._hand, self._hand.selected)
        self.setAccessibleDescription(f"{selected}. {text}" if selected else text)

    def _moving(self) -> bool:
        return self._hand.held or self._easing.running

    def _stop(self) -> None:
        self._easing.stop()
        self._sharpen()

    def _sharpen(self) -> None:
        """What was drawn roughly while it moved is drawn well."""
        if self._frame is not None and self._frame.draft:
            self._changed()

    def _rendered(self, frame: Frame) -> QImage:
        if self._renderer is None:
            self._renderer, problem = choose_renderer()
            self._say(problem)
        try:
            return self._renderer.render(frame)
        except NoGraphicsError as problem:
            self._renderer.close()
            self._renderer = PainterRenderer()
            self._say(str(problem))
            return self._renderer.render(frame)

    def _say(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            self.problem_changed.emit(problem)

    # Inside: the hand

    def _do(self, acts: list[Act]) -> None:
        for act in acts:
            match act:
                case Hovered(joint):
                    self.hovered.emit(joint)
                case Selected(joint):
                    self._describe()
                    self.selected.emit(joint)
                case Dragged(joint, target, gesture):
                    self.dragged.emit(joint, target, gesture)
                case Turned(bone, rotation, gesture):
                    self.turned.emit(bone, rotation, gesture)
                case GivenUp(gesture):
                    self.given_up.emit(gesture)
                case Chosen(ghost):
                    self.candidate_chosen.emit(ghost)
                case Looked(view):
                    self.look(view or self._look)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        button = _BUTTONS.get(event.button())
        if button is not None:
            self._stop()
            self._do(self._hand.press(_xy(event), button, _keys(event)))
            self._show_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        before, pointed = self._hand.view, self._pointed()
        acts = self._hand.move(_xy(event), _keys(event))
        self._moved(before)
        if acts or self._pointed() != pointed:
            self._do(acts)
            self._show_cursor()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        button = _BUTTONS.get(event.button())
        if button is not None:
            self._do(self._hand.release(_xy(event), button))
            self._sharpen()
            self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        acts = self._hand.double(_xy(event)) if event.button() == Qt.MouseButton.LeftButton else []
        if acts:
            self._do(acts)
        else:
            self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        self._stop()
        before, angle = self._hand.view, event.angleDelta()
        notches = (angle.y() or angle.x()) / 120  # Shift and Alt may turn it sideways
        position = event.position()
        if notches:
            xy = position.x(), position.y()
            self._do(self._hand.wheel(xy, notches, _keys(event), event.timestamp()))
            self._moved(before)
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Two fingers drawn apart on a touchpad zoom."""
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._stop()
            position = event.position()
            self._show_view(self._hand.view.zoomed(max(0.1, 1 + event.value()), (position.x(), position.y())))
            return True
        return super().event(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        self._do(self._hand.leave())

    def _pointed(self) -> tuple[object, ...]:
        hand = self._hand
        return hand.ring.name if hand.ring is not None else None, hand.ghost, hand.end

    def _show_cursor(self) -> None:
        hand, shape = self._hand, Qt.CursorShape
        if hand.held:
            self.setCursor(shape.ClosedHandCursor)
        elif hand.joint is not None or hand.ring is not None:
            self.setCursor(shape.OpenHandCursor)
        elif hand.end is not None or hand.ghost is not None:
            self.setCursor(shape.PointingHandCursor)
        else:
            self.setCursor(shape.ArrowCursor)

    # Inside: keys and the widget

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            factor = 1 / ZOOM if event.key() == Qt.Key.Key_Minus else ZOOM
            self._stop()
            self._show_view(self._hand.view.zoomed(factor))
        elif event.key() == Qt.Key.Key_Escape and self.escape():
            pass
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 - Qt's name
        """Tab goes from joint to joint, and out of the widget after the last one."""
        joints, selected = outward_joints(), self._hand.selected
        if self._hand.scene.pose is None or not self.hasFocus():
            return super().focusNextPrevChild(forward)
        at = joints.index(selected) if selected is not None else (-1 if forward else len(joints))
        at += 1 if forward else -1
        if not 0 <= at < len(joints):
            return super().focusNextPrevChild(forward)
        self._hand.selected = joints[at]
        self._do([Selected(joints[at])])
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        self._stop()
        size: XY = float(self.width()), float(self.height())
        fresh = min(self._hand.view.size) <= 1
        self._show_view(self._hand.view.resized(size))
        if fresh:
            self._show_view(self._looking(self._look))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._colours = colours_of(self.palette())
            self._changed()
        super().changeEvent(event)

    def focusInEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        self.update()

    def focusOutEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        self.update()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        self._colours = colours_of(self.palette())
        self._changed()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        self._stop()
        self._do(self._hand.escape() + self._hand.leave())


def _xy(event: QMouseEvent) -> XY:
    return event.position().x(), event.position().y()


def _keys(event: QMouseEvent | QWheelEvent) -> Keys:
    modifiers, keys = event.modifiers(), Keys.NONE
    for qt, key in (
        (Qt.KeyboardModifier.ShiftModifier, Keys.SHIFT),
        (Qt.KeyboardModifier.AltModifier, Keys.ALT),
        (Qt.KeyboardModifier.ControlModifier, Keys.CTRL),
    ):
        if modifiers & qt:
            keys |= key
    return keys
