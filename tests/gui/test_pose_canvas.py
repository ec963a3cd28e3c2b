"""The 3D canvas with the painter, by mouse and keys, on a screen that nobody sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPalette, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from scipy.spatial.transform import Rotation

from app import theme
from app.canvas.sides import ON_DARK, ON_LIGHT
from app.canvas3d import easing
from app.canvas3d.canvas import VIEWS, PoseCanvas
from app.canvas3d.choosing import SWITCH, choose_renderer
from app.canvas3d.gizmo import gizmo_ends
from app.canvas3d.looking import photo_distance, rotation_of, turntable
from app.canvas3d.painter import PainterRenderer
from app.canvas3d.scene import Scene
from engine.pose.camera import WeakPerspective
from engine.pose.kinematics import bone_index, rotate_bone
from tests.unit.app.canvas3d.poses import joint, standing

NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
WRIST = joint("l_wrist")
EMPTY = (560.0, 60.0)
XY = tuple[float, float]


class Mouse:
    """Events made by hand, and what the canvas told."""

    def __init__(self, canvas: PoseCanvas) -> None:
        self.canvas = canvas
        self.told: list[tuple[object, ...]] = []
        for name in ("hovered", "selected", "dragged", "turned", "candidate_chosen"):
            getattr(canvas, name).connect(lambda *values, name=name: self.told.append((name, *values)))

    def take(self) -> list[tuple[object, ...]]:
        told, self.told = self.told, []
        return told

    def last(self, name: str) -> tuple[object, ...]:
        return [each[1:] for each in self.take() if each[0] == name][-1]

    def send(
        self,
        kind: QEvent.Type,
        xy: XY,
        button: Qt.MouseButton = LEFT,
        keys: Qt.KeyboardModifier = NONE,
    ) -> None:
        place = QPointF(*xy)
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
        QApplication.sendEvent(
            self.canvas, QMouseEvent(kind, place, self.canvas.mapToGlobal(place), button, held, keys)
        )

    def move(self, xy: XY) -> None:
        self.send(QEvent.Type.MouseMove, xy, Qt.MouseButton.NoButton)

    def press(self, xy: XY, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        self.send(QEvent.Type.MouseButtonPress, xy, button, keys)

    def pull(self, xy: XY, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        self.send(QEvent.Type.MouseMove, xy, button, keys)

    def release(self, xy: XY, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        self.send(QEvent.Type.MouseButtonRelease, xy, button, keys)

    def click(self, xy: XY) -> None:
        self.press(xy)
        self.release(xy)

    def wheel(self, xy: XY, notches: int) -> None:
        place = QPointF(*xy)
        event = QWheelEvent(
            place, self.canvas.mapToGlobal(place), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, NONE,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(self.canvas, event)

    def at(self, point: np.ndarray) -> XY:
        x, y = self.canvas.view.project(point)
        return float(x), float(y)


@pytest.fixture
def canvas(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[PoseCanvas]:
    monkeypatch.setattr("app.canvas3d.canvas.motion_is_welcome", lambda: False)
    made = PoseCanvas()
    made.setPalette(theme.palette(theme.DARK))
    made.resize(600, 600)
    made.show_scene(Scene(pose=standing(), camera=WeakPerspective(0.25, 300, 200), photo_size=(640, 480)))
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.finish()
    shiboken6.delete(made)


@pytest.fixture
def mouse(canvas: PoseCanvas) -> Mouse:
    return Mouse(canvas)


def pixel(picture: QImage, xy: XY) -> np.ndarray:
    colour = picture.pixelColor(round(xy[0] * picture.devicePixelRatio()), round(xy[1] * picture.devicePixelRatio()))
    return np.array([colour.red(), colour.green(), colour.blue()])


def test_it_says_why_there_is_no_opengl(canvas: PoseCanvas, monkeypatch: pytest.MonkeyPatch) -> None:
    canvas.grab()
    assert "offscreen" in canvas.problem
    monkeypatch.setenv(SWITCH, "1")
    renderer, problem = choose_renderer()
    assert isinstance(renderer, PainterRenderer)
    assert SWITCH in problem


def test_warming_up_shows_nothing_of_it(canvas: PoseCanvas) -> None:
    before, view = canvas.grab().toImage(), canvas.view
    canvas.warm_up()
    assert canvas.view is view
    assert canvas.grab().toImage() == before


def test_it_can_be_heard(canvas: PoseCanvas) -> None:
    assert canvas.accessibleName()
    assert "Tab" in canvas.accessibleDescription()
    canvas.show_selected(joint("l_knee"))
    assert canvas.accessibleDescription().startswith("left knee · 50 mm nearer")
    canvas.show_selected(None)
    assert canvas.accessibleDescription().startswith("The person")


def test_the_photo_view_is_the_picture_of_the_weak_perspective_camera(canvas: PoseCanvas) -> None:
    seen, photo = canvas.view.project(standing()), WeakPerspective(0.25, 300, 200).project(standing())
    scale = np.ptp(seen[:, 0]) / np.ptp(photo[:, 0])
    assert np.allclose(seen - seen[0], (photo - photo[0]) * scale)
    assert (canvas.view_axes() == np.eye(3)).all()


def test_with_perspective_the_eye_is_where_the_photo_was_taken(canvas: PoseCanvas) -> None:
    canvas.set_perspective(True)
    assert canvas.view.distance == photo_distance(Scene(camera=WeakPerspective(0.25, 0, 0), photo_size=(640, 480)))
    assert canvas.view.distance == pytest.approx(800 / 0.25)
    assert canvas.view.perspective
    canvas.set_perspective(False)
    assert not canvas.view.perspective


@pytest.mark.parametrize("colours", [theme.DARK, theme.LIGHT])
def test_left_and_right_are_seen(canvas: PoseCanvas, mouse: Mouse, colours: theme.Colours) -> None:
    canvas.setPalette(theme.palette(colours))
    picture = canvas.grab().toImage()
    sides = ON_DARK if colours is theme.DARK else ON_LIGHT
    for side, name in (("left", "l"), ("right", "r")):
        forearm = (standing()[joint(f"{name}_elbow")] + standing()[joint(f"{name}_wrist")]) / 2
        ideal = sides.of(side)  # type: ignore[arg-type]
        seen = pixel(picture, mouse.at(forearm)) / max(pixel(picture, mouse.at(forearm)))
        wanted = np.array([ideal.red(), ideal.green(), ideal.blue()]) / max(ideal.red(), ideal.green(), ideal.blue())
        assert np.allclose(seen, wanted, atol=0.12)
    assert np.ptp(pixel(picture, EMPTY)) < 12  # the ground is grey


def test_the_shapes_differ_too(canvas: PoseCanvas, mouse: Mouse) -> None:
    """A cube fills the corner of its square, a ball does not."""
    picture = canvas.grab().toImage()
    scale = canvas.view.scale
    for name, filled in (("l_wrist", False), ("r_wrist", True)):
        outwards = 1 if name[0] == "l" else -1
        x, y = mouse.at(standing()[joint(name)])
        corner = pixel(picture, (x + outwards * 34 * scale * 0.74, y - 34 * scale * 0.74))
        assert bool(np.ptp(corner) > 40) is filled


def test_hovering_marks_tells_and_names(canvas: PoseCanvas, mouse: Mouse) -> None:
    before = canvas.grab().toImage()
    mouse.move(mouse.at(standing()[WRIST]))
    assert mouse.take() == [("hovered", WRIST)]
    assert canvas.grab().toImage() != before
    mouse.move(EMPTY)
    assert mouse.take() == [("hovered", None)]
    assert canvas.grab().toImage() == before
    canvas.show_hover(WRIST)
    assert mouse.take() == []
    assert canvas.grab().toImage() != before


def test_what_is_selected_pinned_warned_and_edited_is_marked_differently(canvas: PoseCanvas) -> None:
    plain = Scene(pose=standing())
    pictures = []
    for scene in (
        plain,
        replace(plain, pins=frozenset({WRIST})),
        replace(plain, warned=frozenset({WRIST})),
        replace(plain, edited=frozenset({WRIST})),
    ):
        canvas.show_scene(scene)
        pictures.append(canvas.grab().toImage())
    canvas.show_scene(plain)
    canvas.show_selected(WRIST)
    pictures.append(canvas.grab().toImage())
    assert all(a != b for i, a in enumerate(pictures) for b in pictures[:i])


def test_dragging_a_joint_keeps_its_depth_in_the_view(canvas: PoseCanvas, mouse: Mouse) -> None:
    canvas.look("top")
    x, y = mouse.at(standing()[WRIST])
    mouse.press((x, y))
    mouse.pull((x + 30, y + 10))
    number, target, gesture = mouse.last("dragged")
    assert number == WRIST
    assert np.allclose(canvas.view.project(target), (x + 30, y + 10))
    assert np.allclose(canvas.view.depth(target), canvas.view.depth(standing()[WRIST]))
    # The workspace moves the pose meanwhile; the drag goes on from where it began.
    canvas.show_scene(Scene(pose=standing() + (np.arange(16) == WRIST)[:, None] * np.asarray(target)))
    mouse.pull((x + 40, y))
    _, target, same = mouse.last("dragged")
    assert same is gesture
    assert np.allclose(canvas.view.project(target), (x + 40, y))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    _, target, same = mouse.last("dragged")
    assert same is gesture
    assert np.array_equal(target, standing()[WRIST])
    mouse.pull((x + 60, y))
    assert not [each for each in mouse.take() if each[0] == "dragged"]


def test_alt_and_the_wheel_change_the_depth_alone(canvas: PoseCanvas, mouse: Mouse) -> None:
    canvas._show_view(canvas.view.turned(turntable(0.5, 0.3)))
    x, y = mouse.at(standing()[WRIST])
    mouse.wheel((x, y), 2)
    _, target, _ = mouse.last("dragged")
    assert np.allclose(target - standing()[WRIST], 40 * canvas.view_axes()[2])
    mouse.press((x, y), keys=Qt.KeyboardModifier.AltModifier)
    mouse.pull((x, y + 20), keys=Qt.KeyboardModifier.AltModifier)
    _, target, _ = mouse.last("dragged")
    assert np.allclose(target - standing()[WRIST], -20 / canvas.view.scale * canvas.view_axes()[2])
    mouse.release((x, y + 20))


def test_rings_turn_a_bone_and_back(canvas: PoseCanvas, mouse: Mouse) -> None:
    mouse.click(mouse.at(standing()[WRIST]))
    assert ("selected", WRIST) in mouse.take()
    elbow = mouse.at(standing()[joint("l_elbow")])
    top, side = (elbow[0], elbow[1] - 64), (elbow[0] + 64, elbow[1])
    mouse.press(top)
    mouse.pull(side)
    bone, rotation, gesture = mouse.last("turned")
    assert bone == bone_index("l_elbow", "l_wrist")
    turned = rotate_bone(standing(), bone, rotation)
    assert turned[WRIST, 1] > standing()[WRIST, 1] + 100  # a quarter turn, clockwise as the photo shows it
    mouse.pull(top)
    _, rotation, same = mouse.last("turned")
    assert same is gesture
    assert np.allclose(rotate_bone(standing(), bone, rotation), standing())
    mouse.release(top)


def test_candidates_are_chosen_by_a_click(canvas: PoseCanvas, mouse: Mouse) -> None:
    ghost = standing()
    ghost[WRIST] += (0, 500, 0)
    canvas.show_scene(Scene(pose=standing(), ghosts=(standing(), ghost), chosen=0))
    faint = (standing()[joint("l_elbow")] + ghost[WRIST]) / 2
    before = canvas.grab().toImage()
    mouse.move(mouse.at(faint))
    assert canvas.grab().toImage() != before
    mouse.click(mouse.at(faint))
    assert mouse.last("candidate_chosen") == (1,)


def test_views_by_name_by_the_corner_and_back_by_a_double_click(canvas: PoseCanvas, mouse: Mouse) -> None:
    for view in VIEWS:
        canvas.look(view)
        assert np.allclose(canvas.view_axes(), rotation_of(view, standing()))
    canvas.look("photo")
    mouse.move(tuple(gizmo_ends(canvas.view, standing())["top"][0]))
    canvas.resize(200, 200)  # no room for the corner any more
    assert not canvas.grab().isNull()
    canvas.resize(600, 600)
    canvas.look("photo")
    corner = gizmo_ends(canvas.view, standing())["top"][0]
    mouse.click(tuple(corner))
    assert np.allclose(canvas.view_axes(), rotation_of("top", standing()))
    mouse.press(EMPTY)
    mouse.pull((500, 100))
    mouse.release((500, 100))
    mouse.wheel(EMPTY, 5)
    assert not np.allclose(canvas.view_axes(), rotation_of("top", standing()))
    mouse.send(QEvent.Type.MouseButtonDblClick, EMPTY)
    assert np.allclose(canvas.view_axes(), rotation_of("top", standing()))
    places = canvas.view.project(standing())
    assert (places > 0).all()
    assert (places < 600).all()


def test_a_view_is_reached_step_by_step_and_a_press_stops_it(
    canvas: PoseCanvas, mouse: Mouse, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr("app.canvas3d.canvas.motion_is_welcome", lambda: True)
    monkeypatch.setattr(easing, "DURATION", 180)
    seen: list[np.ndarray] = []
    canvas.view_changed.connect(lambda: seen.append(canvas.view_axes()))
    canvas.look("side")
    qtbot.waitUntil(lambda: not canvas._easing.running)
    assert np.allclose(seen[-1], rotation_of("side", standing()))
    assert all(np.allclose(axes @ axes.T, np.eye(3)) for axes in seen)
    canvas.look("photo")
    mouse.press(EMPTY, Qt.MouseButton.MiddleButton)
    assert not canvas._easing.running
    mouse.release(EMPTY, Qt.MouseButton.MiddleButton)


def test_tab_goes_through_the_joints_and_on(canvas: PoseCanvas, mouse: Mouse, qtbot: QtBot) -> None:
    around = QWidget()
    box = QVBoxLayout(around)
    field = QLineEdit()
    box.addWidget(canvas)
    box.addWidget(field)
    around.resize(600, 700)
    around.show()
    around.activateWindow()
    qtbot.waitExposed(around)
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    seen = []
    for _ in range(16):
        QTest.keyClick(canvas, Qt.Key.Key_Tab)
        seen.append(mouse.last("selected")[0])
    assert seen[0] == joint("thorax")
    assert sorted(seen) == list(range(16))
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    assert field.hasFocus()
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert mouse.last("selected") == (seen[-2],)
    scale = canvas.view.scale
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.view.scale > scale
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.view.scale == pytest.approx(scale)
    canvas.setParent(None)
    shiboken6.delete(around)


def test_it_draws_again_only_when_something_changed(canvas: PoseCanvas, mouse: Mouse) -> None:
    canvas.grab()
    renderer, drawn = canvas._renderer, []
    assert renderer is not None
    original = renderer.render
    renderer.render = lambda frame: drawn.append(frame) or original(frame)  # type: ignore[method-assign]
    canvas.grab()
    mouse.move(mouse.at(standing()[WRIST]))  # marks lie over the picture
    canvas.grab()
    assert drawn == []
    canvas.set_navigation("arcball")
    canvas.grab()
    assert drawn == []
    canvas.show_scene(Scene(pose=standing()))
    canvas.grab()
    assert len(drawn) == 1
    canvas.resize(500, 400)
    assert canvas.grab().width() == 500
    assert len(drawn) >= 2


def test_what_is_drawn_roughly_while_it_moves_is_drawn_well_after(canvas: PoseCanvas, mouse: Mouse) -> None:
    canvas.show_scene(Scene(pose=standing(), ghosts=(Rotation.from_rotvec([0, 0.3, 0]).apply(standing()),)))
    mouse.press(EMPTY)
    mouse.pull((520, 80))
    rough = canvas.grab().toImage()
    assert canvas._frame is not None
    assert canvas._frame.draft
    mouse.release((520, 80))
    assert canvas.grab().toImage() != rough
    assert canvas._frame is not None
    assert not canvas._frame.draft


def test_a_raised_candidate_is_marked(canvas: PoseCanvas, mouse: Mouse) -> None:
    canvas.show_scene(Scene(pose=standing(), ghosts=(Rotation.from_rotvec([0, 0.3, 0]).apply(standing()),)))
    before = canvas.grab().toImage()
    canvas.show_raised(0)
    assert canvas.grab().toImage() != before
    canvas.show_raised(None)
    assert canvas.grab().toImage() == before
    canvas.show_raised(7)
    assert canvas.grab().toImage() == before
    assert mouse.take() == []


def test_a_renderer_that_fails_is_replaced(canvas: PoseCanvas) -> None:
    from app.canvas3d.frame import Frame, NoGraphicsError

    class Broken:
        slow = False
        closed = False

        def render(self, frame: Frame) -> QImage:
            raise NoGraphicsError("the graphics driver went away")

        def close(self) -> None:
            self.closed = True

    said: list[str] = []
    canvas.problem_changed.connect(said.append)
    broken = canvas._renderer = Broken()
    canvas.look("top")
    assert not canvas.grab().isNull()
    assert broken.closed
    assert isinstance(canvas._renderer, PainterRenderer)
    assert "went away" in canvas.problem
    assert said == [canvas.problem]


def test_nothing_to_show(qtbot: QtBot) -> None:
    canvas = PoseCanvas()
    canvas.setPalette(QPalette())
    canvas.resize(160, 160)
    canvas.show()
    qtbot.waitExposed(canvas)
    assert not canvas.grab().isNull()
    canvas.show_scene(Scene(ghosts=(standing(),)))
    canvas.look("side")
    canvas._easing.stop()
    assert not canvas.grab().isNull()
    canvas.show_scene(Scene(pose=standing() * 0))  # nobody is this small, but files are what they are
    canvas.show_scene(Scene(pose=standing()))
    canvas.frame_pose()
    assert not canvas.grab().isNull()
    canvas.finish()
    shiboken6.delete(canvas)
