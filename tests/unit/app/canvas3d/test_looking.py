from __future__ import annotations

from dataclasses import replace
from math import hypot, pi

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from app.canvas3d.looking import (
    CLOSEST,
    VIEWS,
    angles,
    heading,
    levelled,
    orbited,
    photo_distance,
    rotation_of,
    turntable,
)
from app.canvas3d.scene import Scene
from app.canvas3d.viewpoint import DISTANCE, Viewpoint
from engine.pose.camera import WeakPerspective
from tests.unit.app.canvas3d.poses import joint, standing

place = st.tuples(st.floats(0, 400), st.floats(0, 300))


@given(st.floats(-3.1, 3.1), st.floats(-1.5, 1.5))
def test_angles_invert_the_turntable(azimuth: float, elevation: float) -> None:
    rotation = turntable(azimuth, elevation)
    assert np.allclose(rotation @ rotation.T, np.eye(3))
    assert np.linalg.det(rotation) == pytest.approx(1)
    assert rotation[0, 1] == 0  # no roll
    assert np.allclose(angles(rotation), (azimuth, elevation), atol=1e-6)


def test_straight_from_above_the_azimuth_is_still_known() -> None:
    assert np.allclose(angles(turntable(0.7, pi / 2)), (0.7, pi / 2), atol=1e-6)
    assert np.allclose(turntable(0.7, 9.0), turntable(0.7, pi / 2))


@pytest.mark.parametrize("how", ["turntable", "arcball"])
@given(start=place, now=place)
def test_a_drag_back_gives_the_view_back(how: str, start: tuple[float, float], now: tuple[float, float]) -> None:
    view = Viewpoint((400.0, 300.0), turntable(0.4, 0.2))
    there = orbited(view, start, now, how)  # type: ignore[arg-type]
    assert np.allclose(there.rotation @ there.rotation.T, np.eye(3))
    assert np.allclose(orbited(view, start, start, how).rotation, view.rotation)  # type: ignore[arg-type]
    if how == "arcball":
        assert np.allclose(orbited(there, now, start, "arcball").rotation, view.rotation, atol=1e-9)


@pytest.mark.parametrize("how", ["turntable", "arcball"])
def test_the_front_follows_the_mouse(how: str) -> None:
    view, front = Viewpoint((400.0, 300.0)), np.array([0.0, 0.0, -100.0])
    right = orbited(view, (200, 150), (230, 150), how).project(front)  # type: ignore[arg-type]
    down = orbited(view, (200, 150), (200, 180), how).project(front)  # type: ignore[arg-type]
    assert right[0] > 205
    assert right[1] == pytest.approx(150)
    assert down[1] > 155
    assert down[0] == pytest.approx(200)


def test_the_turntable_stops_above() -> None:
    view = orbited(Viewpoint((400.0, 300.0)), (0, 0), (0, 5000), "turntable")
    assert np.allclose(view.rotation[2], (0, 1, 0))


def test_levelling_takes_the_roll_and_nothing_else() -> None:
    rolled = Viewpoint().turned(Rotation.from_rotvec([0, 0, 0.5]).as_matrix() @ turntable(0.3, 0.2))
    assert np.allclose(levelled(rolled).rotation, turntable(0.3, 0.2))


def test_the_views_of_one_who_faces_the_camera() -> None:
    assert heading(standing()) == 0
    assert np.allclose(rotation_of("photo", standing()), np.eye(3))
    assert np.allclose(rotation_of("front", standing()), np.eye(3))
    side, top = rotation_of("side", standing()), rotation_of("top", standing())
    assert np.allclose(side[2], (1, 0, 0))  # from their right towards their left
    assert np.allclose(side[0], (0, 0, -1))  # they look to the right
    assert np.allclose(top[2], (0, 1, 0))
    assert np.allclose(top[0], (1, 0, 0))


@pytest.mark.parametrize("turn", [0.5, 2.0, -2.5])
def test_front_is_where_the_face_is(turn: float) -> None:
    pose = Rotation.from_rotvec([0, turn, 0]).apply(standing())
    seen = pose @ rotation_of("front", pose).T
    assert seen[joint("r_wrist"), 0] == pytest.approx(-700)
    assert seen[joint("l_knee"), 2] == pytest.approx(-50)  # knees are before the hips
    assert np.allclose(rotation_of("photo", pose), np.eye(3))


def test_one_who_lies_on_the_side_is_seen_as_in_the_photo() -> None:
    lying = Rotation.from_rotvec([0, 0, pi / 2]).apply(standing())
    assert heading(lying) == 0
    assert heading(None) == 0
    for view in VIEWS:
        assert np.allclose(np.linalg.det(rotation_of(view, None)), 1)


def test_the_distance_follows_from_the_size_in_the_photo() -> None:
    scene = Scene(pose=standing(), camera=WeakPerspective(0.25, 0, 0), photo_size=(1200, 900))
    assert photo_distance(scene) == pytest.approx(hypot(1200, 900) / 0.25)
    assert photo_distance(scene, focal=1000.0) == pytest.approx(4000.0)
    assert photo_distance(replace(scene, photo_size=None)) == DISTANCE
    assert photo_distance(replace(scene, photo_size=None), focal=1000.0) == pytest.approx(4000.0)
    assert photo_distance(replace(scene, camera=None)) == DISTANCE
    assert photo_distance(replace(scene, camera=WeakPerspective(30.0, 0, 0))) == CLOSEST
