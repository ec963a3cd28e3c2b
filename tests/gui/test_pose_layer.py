"""What the Pose workspace draws over the photo, told by pixels."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.canvas.joint_words import joint_words
from app.canvas.pose_items import ERROR
from app.canvas.pose_marks import RADIUS, draw_visible
from app.canvas.pyramid import Pyramid
from app.canvas.sides import ON_PHOTO, SHAPES, side_of
from engine.imaging.window import Window
from engine.pose.joints import MPII_16
from engine.pose.session import SkeletonMaps
from tests.gui.pose_stage import GREY, Stage, joint, spread, with_pose

GROUND = QColor(GREY, GREY, GREY)
ANKLE, KNEE, HIP = joint("r_ankle"), joint("r_knee"), joint("r_hip")


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    return Stage(qtbot)


def xy(name: str) -> tuple[float, float]:
    """Where `spread` puts a joint."""
    i = joint(name)
    return 60.0 + 60 * (i % 4), 40.0 + 40 * (i // 4)


def close(a: QColor, b: QColor, by: int = 24) -> bool:
    return all(abs(p - q) <= by for p, q in zip(a.getRgb()[:3], b.getRgb()[:3], strict=True))


def one_bone(**visibility: int):
    """Nobody but the wrists, which no bone joins, and what is named."""
    rest = dict.fromkeys(MPII_16.joints, 0)
    return spread(**(rest | visibility))


def test_the_three_states_look_different(stage: Stage) -> None:
    stage.layer.show_state(one_bone(l_wrist=2, r_wrist=1))
    left, right, middle = (ON_PHOTO.of(side) for side in ("left", "right", "middle"))
    assert close(stage.colour(*xy("l_wrist")), left)  # visible: full
    assert close(stage.colour(*xy("r_wrist")), GROUND)  # hidden: the photo is seen through it
    assert close(stage.colour(*xy("r_wrist"), dx=-RADIUS * 0.88 + 0.4), right, 60)  # … and its edge has the colour
    assert close(stage.colour(*xy("pelvis")), GROUND)  # unknown: nothing
    assert close(stage.colour(*xy("pelvis"), dx=-RADIUS), GROUND)
    assert not close(left, right)
    assert not close(middle, right)


def test_sides_differ_in_shape(qapp: object) -> None:
    """Only a square has corners, and only a diamond a point at the top."""
    assert {side_of(name): SHAPES[side_of(name)] for name in ("l_wrist", "r_wrist", "pelvis")} == SHAPES
    assert len(set(SHAPES.values())) == 3
    inked = {}
    for side in SHAPES:
        image = QImage(100, 100, QImage.Format.Format_RGB32)
        image.fill(QColor("black"))
        painter = QPainter(image)
        draw_visible(painter, QPointF(50, 50), side, ON_PHOTO.of(side), 40)
        painter.end()
        inked[SHAPES[side]] = [image.pixelColor(x, y).lightness() > 100 for x, y in ((50, 50), (19, 19), (50, 5))]
    assert inked == {
        "disc": [True, False, False],
        "square": [True, True, False],
        "diamond": [True, False, True],
    }


def test_bones_join_known_joints_only(stage: Stage) -> None:
    (ax, ay), (kx, ky) = xy("r_ankle"), xy("r_knee")
    between = ((ax + kx) / 2, (ay + ky) / 2)
    stage.layer.show_state(one_bone(r_ankle=2, r_knee=2))
    full = stage.colour(*between)
    assert close(full, ON_PHOTO.of("right"))
    stage.layer.show_state(one_bone(r_ankle=2, r_knee=1))
    assert not close(stage.colour(*between), full)  # fainter
    assert not close(stage.colour(*between), GROUND)
    stage.layer.show_state(one_bone(r_ankle=2))
    assert close(stage.colour(*between), GROUND)


@pytest.mark.parametrize("zoom", [0.4, 1.0, 5.0])
def test_signs_keep_their_size_on_screen(stage: Stage, zoom: float) -> None:
    stage.layer.show_state(one_bone(l_wrist=2))
    x, y = xy("l_wrist")
    stage.canvas.navigation.zoom_to(zoom, stage.at(x, y))
    row = stage.row(x, y, range(-20, 21))
    assert 2 * RADIUS <= sum(not close(c, GROUND, 4) for c in row) <= 2 * RADIUS + 7


def test_signs_outside_the_photo_are_drawn(stage: Stage) -> None:
    state = spread()
    joints = state.joints.copy()
    joints[joint("l_wrist")] = (-12.0, 100.0)
    stage.layer.show_state(type(state)(joints, state.visibility))
    assert close(stage.colour(-12, 100), ON_PHOTO.of("left"))


@pytest.mark.parametrize("zoom", [0.1, 1.0])
def test_a_sign_is_seen_whose_joint_is_just_out_of_view(stage: Stage, zoom: float) -> None:
    stage.layer.show_state(one_bone(l_wrist=2))
    stage.canvas.show_photo(Pyramid.of_photo(np.full((2000, 3000, 3), GREY, np.uint8)))
    stage.canvas.navigation.zoom_to(zoom * stage.canvas.devicePixelRatioF())
    place = stage.at(*xy("l_wrist"))
    stage.canvas.navigation.pan(QPointF(350, -6) - place)
    assert stage.at(*xy("l_wrist")).y() == pytest.approx(-6, abs=1)
    assert not close(stage.colour(*xy("l_wrist"), dy=7), GROUND)  # the dark rim


def test_a_moved_joint_leaves_nothing_behind(stage: Stage) -> None:
    stage.layer.show_state(one_bone(l_wrist=2))
    stage.layer.show_selected(joint("l_wrist"))
    assert not close(stage.colour(*xy("l_wrist")), GROUND)
    stage.layer.show_state(one_bone(r_ankle=2))
    assert close(stage.colour(*xy("l_wrist")), GROUND)
    assert close(stage.colour(*xy("l_wrist"), dx=RADIUS + 30), GROUND)  # nor its name


def test_selection_and_hover_ring_the_joint(stage: Stage) -> None:
    stage.layer.show_state(one_bone(l_wrist=2))
    ring = {"dx": -(RADIUS + 1.5 + 4.0)}
    assert close(stage.colour(*xy("l_wrist"), **ring), GROUND)
    stage.layer.show_hover(joint("l_wrist"))
    faint = stage.colour(*xy("l_wrist"), **ring)
    stage.layer.show_hover(None)
    stage.layer.show_selected(joint("l_wrist"))
    strong = stage.colour(*xy("l_wrist"), **ring)
    assert strong.lightness() > faint.lightness() > GREY
    stage.layer.show_selected(None)
    assert close(stage.colour(*xy("l_wrist"), **ring), GROUND)


def test_the_reprojection_and_its_error_lines(stage: Stage) -> None:
    near = one_bone(l_wrist=2)
    state = with_pose(spread(), shift=25.0)
    x, y = xy("l_wrist")
    only = type(state)(near.joints, near.visibility, pose=state.pose, camera=state.camera)
    stage.layer.show_state(only)
    assert close(stage.colour(x + 25, y), QColor("white"))
    assert close(stage.colour(x + 14, y), ERROR)
    assert close(stage.colour(x, y), ON_PHOTO.of("left"))
    stage.layer.show_parts(detection=True, reprojection=False, maps=0.5)
    assert close(stage.colour(x + 25, y), GROUND)
    assert close(stage.colour(x + 14, y), GROUND)


def test_a_small_error_hides_no_sign(stage: Stage) -> None:
    near = with_pose(spread(), shift=0.5)
    some = one_bone(l_wrist=2, r_wrist=1)
    stage.layer.show_state(type(near)(some.joints, some.visibility, pose=near.pose, camera=near.camera))
    x, y = xy("l_wrist")
    assert close(stage.colour(x, y), ON_PHOTO.of("left"))
    assert not close(stage.colour(*xy("r_wrist")), QColor("white"), 60)
    stage.layer.show_parts(detection=False, reprojection=True, maps=0.5)
    assert close(stage.colour(x + 0.5, y), QColor("white"))


def test_detection_can_be_hidden_alone(stage: Stage) -> None:
    stage.layer.show_state(with_pose(spread(), shift=25.0))
    stage.layer.show_parts(detection=False, reprojection=True, maps=0.5)
    x, y = xy("l_wrist")
    assert close(stage.colour(x, y, dy=4), GROUND)
    assert close(stage.colour(x + 25, y), QColor("white"))
    assert stage.layer.joint_at(stage.at(x, y)) is None  # what is not seen is not taken hold of


def test_the_whole_layer_goes_and_comes(stage: Stage) -> None:
    stage.layer.show_state(spread())
    stage.layer.show(False)
    assert close(stage.colour(*xy("l_wrist")), GROUND)
    assert stage.layer.joint_at(stage.at(*xy("l_wrist"))) is None
    stage.layer.show(True)
    assert close(stage.colour(*xy("l_wrist")), ON_PHOTO.of("left"))


def test_maps_lie_over_their_window_and_black_is_clear(stage: Stage) -> None:
    front = np.zeros((10, 10, 3), np.uint8)
    front[:, 5:] = (0, 0, 255)
    back = np.zeros((10, 10, 3), np.uint8)
    back[5:] = (205, 0, 0)
    maps = SkeletonMaps(Window(100, 60, 80, 80), front, back)
    stage.layer.show_parts(detection=True, reprojection=True, maps=0.5)
    stage.layer.show_maps(maps, "foreground")
    assert close(stage.colour(160, 70), QColor(GREY // 2, GREY // 2, (GREY + 255) // 2))
    assert close(stage.colour(110, 70), GROUND)
    assert close(stage.colour(190, 70), GROUND)
    stage.layer.show_maps(maps, "background")
    assert close(stage.colour(110, 130), QColor((GREY + 205) // 2, GREY // 2, GREY // 2))
    assert close(stage.colour(160, 70), GROUND)
    stage.layer.show_maps(None, "background")
    assert close(stage.colour(110, 130), GROUND)


def test_what_networks_read_everywhere_is_not_shown(stage: Stage) -> None:
    noise = np.full((10, 10, 3), 9, np.uint8)
    stage.layer.show_parts(detection=True, reprojection=True, maps=1.0)
    stage.layer.show_maps(SkeletonMaps(Window(100, 60, 80, 80), noise, noise), "foreground")
    assert close(stage.colour(140, 100), GROUND, 1)


def test_other_people_are_faint_until_the_mouse_is_there(stage: Stage) -> None:
    other = one_bone(r_ankle=2, r_knee=2).joints
    (ax, ay), (kx, _) = xy("r_ankle"), xy("r_knee")
    stage.layer.show_others([("b", other)])
    faint = stage.colour((ax + kx) / 2, ay).lightness()
    stage.layer.show_hovered_person("b")
    assert stage.colour((ax + kx) / 2, ay).lightness() > faint > GREY + 10
    stage.layer.show_others([])
    assert close(stage.colour((ax + kx) / 2, ay), GROUND)


def test_other_people_follow_the_photo(stage: Stage) -> None:
    """What is kept of their drawing is scrolled and made anew as it has to be."""
    stage.layer.show_others([("b", one_bone(r_ankle=2, r_knee=2).joints)])
    (ax, ay), (kx, _) = xy("r_ankle"), xy("r_knee")
    middle = ((ax + kx) / 2, ay)
    for zoom in (1.0, 12.0, 30.0):
        stage.canvas.navigation.zoom_to(zoom, stage.at(*middle))
        stage.canvas.navigation.pan(QPointF(350, 250) - stage.at(*middle))
        stage.picture()
        for shift in (0, 35, -90):
            stage.canvas.navigation.pan(QPointF(0, shift))
            assert stage.colour(*middle).lightness() > GREY + 30
            assert stage.colour(*middle, dy=6).lightness() <= GREY
            assert stage.colour(*middle, dy=-6).lightness() <= GREY


def test_the_nearest_joint_is_found_in_screen_pixels(stage: Stage) -> None:
    stage.layer.show_state(spread(r_knee=0))
    for zoom in (0.5, 3.0):
        stage.canvas.navigation.zoom_to(zoom)
        stage.canvas.navigation.reveal(QPointF(*xy("r_hip")))
        place = stage.at(*xy("r_hip"))
        assert stage.layer.joint_at(place) == HIP
        assert stage.layer.joint_at(place + QPointF(7, 7)) == HIP
        assert stage.layer.joint_at(place + QPointF(14, 0)) is None
    assert stage.layer.joint_at(stage.at(*xy("r_knee"))) is None
    stage.layer.show_state(None)
    assert stage.layer.joint_at(stage.at(*xy("r_hip"))) is None


def test_of_two_joints_in_one_place_the_selected_one_is_meant(stage: Stage) -> None:
    state = spread()
    joints = state.joints.copy()
    joints[KNEE] = joints[ANKLE]
    stage.layer.show_state(type(state)(joints, state.visibility))
    for chosen in (ANKLE, KNEE):
        stage.layer.show_selected(chosen)
        assert stage.layer.joint_at(stage.at(*xy("r_ankle"))) == chosen


def test_people_are_found_by_their_bones(stage: Stage) -> None:
    first, second = one_bone(r_ankle=2, r_knee=2), one_bone(l_wrist=2)
    stage.layer.show_others([("a", first.joints), ("b", second.joints), ("c", np.full((16, 2), np.nan))])
    (ax, ay), (kx, _) = xy("r_ankle"), xy("r_knee")
    assert stage.layer.person_at(stage.at((ax + kx) / 2, ay) + QPointF(0, 5)) == "a"
    assert stage.layer.person_at(stage.at((ax + kx) / 2, ay) + QPointF(0, 12)) is None
    assert stage.layer.person_at(stage.at(*xy("l_wrist"))) == "b"


def test_every_joint_has_its_own_words(qapp: object) -> None:
    words = [joint_words(i) for i in range(16)]
    assert len(set(words)) == 16
    for name, said in zip(MPII_16.joints, words, strict=True):
        side = side_of(name)
        assert said.startswith(side) or side == "middle"
    assert joint_words(ANKLE, hidden=True) == "right ankle, hidden"


def test_a_name_stays_inside_the_picture_though_more_is_drawn_at_once(stage: Stage, qtbot: QtBot) -> None:
    """The picture is a part of a window that is drawn as a whole; the joint is at its right edge."""
    window, canvas = QWidget(), stage.canvas
    qtbot.addWidget(window)
    canvas.setParent(window)
    canvas.setGeometry(0, 0, 300, 200)
    window.resize(600, 200)
    window.show()
    canvas.show()
    state = one_bone(r_wrist=2)
    stage.layer.show_state(state)
    stage.layer.show_selected(joint("r_wrist"))
    place = canvas.screen_point(QPointF(*xy("r_wrist")))
    canvas.navigation.pan(QPointF(280, 100) - place)
    image = window.grab().toImage()
    ratio = image.devicePixelRatio()

    def dark(x: float) -> bool:
        return image.pixelColor(round(x * ratio), round(108 * ratio)).lightness() < 60

    assert any(dark(x) for x in range(180, 262))
    canvas.setParent(None)
