from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from app.canvas3d.viewpoint import SCALES, Viewpoint
from tests.unit.app.canvas3d.poses import standing

angle = st.floats(-3, 3)
number = st.floats(-800, 800)


@st.composite
def views(draw: st.DrawFn) -> Viewpoint:
    rotation = Rotation.from_rotvec([draw(angle), draw(angle), draw(angle)]).as_matrix()
    target = np.array([draw(number), draw(number), draw(number)])
    return Viewpoint(
        (700.0, 500.0), rotation, target, draw(st.floats(0.05, 5)), draw(st.floats(3000, 9000)), draw(st.booleans())
    )


def test_hand_worked_without_perspective() -> None:
    view = Viewpoint((200.0, 100.0), scale=0.5, target=np.array([10.0, 20.0, 0.0]))
    assert view.project((30.0, 0.0, 999.0)).tolist() == [110.0, 40.0]
    assert view.field_of_view == 0


def test_hand_worked_with_perspective() -> None:
    view = Viewpoint((200.0, 100.0), scale=0.5, distance=1000.0, perspective=True)
    assert view.project((100.0, 0.0, 0.0)).tolist() == [150.0, 50.0]
    assert view.project((100.0, 0.0, 1000.0)).tolist() == [125.0, 50.0]  # twice as far, half as large
    assert view.field_of_view == pytest.approx(2 * np.degrees(np.arctan(50 / 500)))


@given(views(), st.tuples(number, number), st.floats(-1500, 1500))
def test_what_is_projected_comes_back(view: Viewpoint, xy: tuple[float, float], depth: float) -> None:
    point = view.unproject(xy, depth)
    assert np.allclose(view.project(point), xy, atol=1e-6)
    assert np.allclose(view.depth(point), depth, atol=1e-6)
    assert np.allclose(view.from_view(view.to_view(point)), point, atol=1e-6)


@given(views(), st.tuples(number, number), st.floats(0.3, 3))
def test_zoom_keeps_what_is_under_the_mouse(view: Viewpoint, xy: tuple[float, float], factor: float) -> None:
    under = view.unproject(xy)
    after = view.zoomed(factor, xy)
    assert SCALES[0] <= after.scale <= SCALES[1]
    assert np.allclose(after.project(under), xy, atol=1e-6)


@given(views(), st.tuples(number, number))
def test_pan_pushes_the_target_plane(view: Viewpoint, by: tuple[float, float]) -> None:
    assert np.allclose(view.panned(by).project(view.target), view.centre + by, atol=1e-6)


@given(views())
def test_fitted_is_in_the_middle_and_fills_it(view: Viewpoint) -> None:
    flat = view.fitted(standing(), margin=0.1)
    places = flat.project(standing())
    low, high = places.min(0), places.max(0)
    # In perspective the middle of the picture and its size are found step by step.
    assert np.allclose((low + high) / 2, flat.centre, atol=3)
    free = np.minimum(low, np.array(flat.size) - high)
    assert free.min() == pytest.approx(50, abs=3)
    assert np.allclose(flat.rotation, view.rotation)


@given(views(), st.tuples(number, number, st.floats(-900, 1500)))
def test_the_matrix_of_opengl_sees_the_same(view: Viewpoint, point: tuple[float, float, float]) -> None:
    seen = view.from_view(point)
    x, y, z, w = view.matrix() @ (*seen, 1.0)
    width, height = view.size
    assert np.allclose([(x / w + 1) / 2 * width, (1 - y / w) / 2 * height], view.project(seen), atol=1e-5)
    assert -1 <= z / w <= 1
    nearer = view.matrix() @ (*view.from_view(np.array(point) - (0, 0, 5)), 1.0)
    assert nearer[2] / nearer[3] < z / w


def test_a_ray_goes_through_what_is_seen() -> None:
    view = Viewpoint((300.0, 300.0), distance=2000.0, perspective=True)
    start, direction = view.ray((20.0, 270.0))
    assert np.allclose(view.project(start + 700 * direction), (20, 270))
    assert np.allclose(np.cross(direction, view.towards(start)), 0, atol=1e-9)


def test_between_ends_where_it_should() -> None:
    one = Viewpoint((100.0, 100.0))
    other = replace(one.turned(Rotation.from_rotvec([0, 1.0, 0]).as_matrix()), scale=1.2, target=np.array([1.0, 2, 3]))
    assert one.between(other, 1.0) is other
    assert np.allclose(one.between(other, 0.0).rotation, one.rotation)
    half = one.between(other, 0.5)
    assert np.allclose(half.rotation, Rotation.from_rotvec([0, 0.5, 0]).as_matrix())
    assert half.scale == pytest.approx((0.3 * 1.2) ** 0.5)


def test_resizing_keeps_what_is_in_view() -> None:
    view = Viewpoint((400.0, 200.0), scale=0.4)
    assert view.resized((800.0, 400.0)).scale == pytest.approx(0.8)
    assert view.resized((800.0, 400.0)).resized((400.0, 200.0)).scale == pytest.approx(0.4)
