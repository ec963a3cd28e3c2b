from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.canvas3d.looking import turntable
from app.canvas3d.rings import RADIUS, TWIST, rings_of
from app.canvas3d.viewpoint import Viewpoint
from engine.pose.kinematics import bone_index, rotate_bone
from tests.unit.app.canvas3d.poses import joint, standing

FOREARM = bone_index("l_elbow", "l_wrist")
VIEW = Viewpoint((500.0, 500.0)).fitted(standing())
SLANTED = VIEW.turned(turntable(0.6, 0.4))


def ring(name: str, view: Viewpoint) -> object:
    return next(ring for ring in rings_of(standing(), FOREARM, view) if ring.name == name)


@pytest.mark.parametrize("zoom", [1.0, 3.0])
def test_rings_lie_around_the_inner_end_and_keep_their_size(zoom: float) -> None:
    view = VIEW.zoomed(zoom)
    depth, swing, twist = rings_of(standing(), FOREARM, view)
    elbow = standing()[joint("l_elbow")]
    for each, size in ((depth, RADIUS), (swing, RADIUS), (twist, RADIUS * TWIST)):
        assert np.allclose(each.pivot, elbow)
        away = np.linalg.norm(view.project(each.points()) - view.project(elbow), axis=1)
        assert away.max() == pytest.approx(size, rel=5e-3)
        assert np.allclose(each.points()[0], each.points()[-1])
    assert np.allclose(np.cross(twist.axis, (1, 0, 0)), 0)  # along the forearm
    assert np.allclose(np.cross(swing.axis, (0, 0, 1)), 0)  # as the photo shows it
    assert np.allclose(np.cross(depth.axis, (0, 1, 0)), 0)


def test_a_quarter_turn_of_the_swing_ring() -> None:
    swing = ring("swing", VIEW)
    x, y = VIEW.project(swing.pivot)
    rotation = swing.rotation(VIEW, (x + RADIUS, y), (x, y + RADIUS))
    turned = rotate_bone(standing(), FOREARM, rotation)
    assert np.allclose(turned[joint("l_wrist")], standing()[joint("l_elbow")] + (0, 250, 0))


@pytest.mark.parametrize("name", ["depth", "swing", "twist"])
@pytest.mark.parametrize("view", [VIEW, SLANTED])
@given(by=st.tuples(st.floats(-40, 40), st.floats(-40, 40)))
def test_a_ring_turned_back_gives_the_pose_back(name: str, view: Viewpoint, by: tuple[float, float]) -> None:
    held = ring(name, view)
    start = tuple(view.project(held.points()[9]))
    now = (start[0] + by[0], start[1] + by[1])
    assert held.angle(view, start, start) == 0
    assert (held.rotation(view, start, now) * held.rotation(view, now, start)).magnitude() == pytest.approx(0, abs=1e-6)


def test_a_ring_seen_from_its_edge_is_pulled() -> None:
    depth = ring("depth", VIEW)
    x, y = VIEW.project(depth.pivot)
    pulled = rotate_bone(standing(), FOREARM, depth.rotation(VIEW, (x, y), (x - 20, y)))
    wrist, before = pulled[joint("l_wrist")], standing()[joint("l_wrist")]
    assert wrist[0] < before[0]
    assert wrist[1] == pytest.approx(before[1])
    assert abs(wrist[2]) > 50  # 20 px of a radius of 64 px are 18 degrees
    assert abs(depth.angle(VIEW, (x, y), (x - 20, y))) == pytest.approx(20 / RADIUS, rel=1e-3)


@given(st.tuples(st.floats(0, 500), st.floats(0, 500)))
def test_steps(now: tuple[float, float]) -> None:
    swing = ring("swing", VIEW)
    assume(np.hypot(*(VIEW.project(swing.pivot) - now)) > 1)
    start = tuple(VIEW.project(swing.points()[0]))
    angle = np.degrees(swing.rotation(VIEW, start, now, np.radians(5)).magnitude())
    assert angle / 5 == pytest.approx(round(angle / 5), abs=1e-6)


def test_a_bone_without_length_has_rings_too() -> None:
    pose = standing()
    pose[joint("l_wrist")] = pose[joint("l_elbow")]
    for each in rings_of(pose, FOREARM, VIEW):
        assert np.linalg.norm(each.axis) == pytest.approx(1)
