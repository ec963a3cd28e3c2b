"""Crop windows: registration, what lies outside, and the pyramid."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.imaging.window import Pyramid, Window, extract

U8 = npt.NDArray[np.uint8]


def blob(width: int, height: int, x: float, y: float, sigma: float) -> U8:
    columns, rows = np.arange(width) + 0.5, np.arange(height)[:, None] + 0.5
    value = 250 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * sigma**2))
    return np.rint(value).astype(np.uint8)[:, :, None].repeat(3, axis=2)


def centroid(rgb: U8) -> npt.NDArray[np.float64]:
    weight = rgb[:, :, 0].astype(np.float64)
    rows, columns = np.mgrid[: weight.shape[0], : weight.shape[1]] + 0.5
    return np.array([(weight * columns).sum(), (weight * rows).sum()]) / weight.sum()


@pytest.mark.parametrize("side", [41.3, 96.0, 211.7, 380.1])
@pytest.mark.parametrize("out", [32, 57, 300])
@pytest.mark.parametrize("pyramid", [False, True])
def test_registration_is_exact_to_a_hundredth_of_a_pixel(side: float, out: int, pyramid: bool) -> None:
    photo = blob(500, 400, 251.37, 198.81, side / 14)
    window = Window.around(251.37 + 0.07 * side, 198.81 - 0.05 * side, side)
    crop, _ = Pyramid(photo).extract(window, out, out) if pyramid else extract(photo, window, out, out)
    error = window.to_source(centroid(crop), out, out) - centroid(photo)
    assert np.abs(error).max() < 0.01 * max(1.0, side / out)


@pytest.mark.parametrize("out", [20, 80, 200])
def test_a_ramp_stays_the_same_ramp(out: int) -> None:
    photo = np.tile(np.arange(250, dtype=np.uint8)[None, :, None], (100, 1, 3))  # value = x - 0.5
    window = Window(30.25, 20.5, 80, 40)
    crop, valid = extract(photo, window, out, out // 2)
    x = window.to_source(np.stack([np.arange(out) + 0.5, np.zeros(out)], -1), out, out // 2)[:, 0]
    np.testing.assert_allclose(crop[out // 4, :, 0], x - 0.5, atol=0.51 + 0.02)  # half a level is rounding
    assert valid.all()


def test_whole_pixels_are_copied() -> None:
    photo = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)
    crop, valid = extract(photo, Window(5, 7, 20, 11), 20, 11)
    np.testing.assert_array_equal(crop, photo[7:18, 5:25])
    assert valid.all()


def test_shrinking_averages_and_does_not_alias() -> None:
    board = ((np.indices((256, 256)).sum(0) % 2) * 255).astype(np.uint8)[:, :, None].repeat(3, 2)
    for crop in (
        extract(board, Window(0, 0, 256, 256), 24, 24)[0],
        Pyramid(board).extract(Window(0, 0, 256, 256), 24, 24)[0],
    ):
        np.testing.assert_allclose(crop.astype(int), 127.5, atol=3)


def test_partly_outside() -> None:
    photo = np.full((20, 30, 3), 200, np.uint8)
    crop, valid = extract(photo, Window(-10, -5, 20, 10), 20, 10, fill=7)
    expected = np.zeros((10, 20), bool)
    expected[5:, 10:] = True
    np.testing.assert_array_equal(valid, expected)
    assert (crop[valid] == 200).all()
    assert (crop[~valid] == 7).all()


@pytest.mark.parametrize("window", [Window(100, 0, 10, 10), Window(-10, 0, 10, 10), Window(0, 30.5, 3, 3), Window(-1e9, -1e9, 5, 5)])  # fmt: skip  # noqa: E501
def test_wholly_outside(window: Window) -> None:
    crop, valid = extract(np.full((20, 30, 3), 200, np.uint8), window, 8, 8, fill=3)
    assert not valid.any()
    assert (crop == 3).all()


@given(
    size=st.sampled_from([(1, 1), (1, 5000), (5000, 1), (3, 7), (640, 479)]),
    x=st.floats(-50, 700),
    y=st.floats(-50, 700),
    side=st.floats(0.01, 20000),
    out=st.tuples(st.integers(1, 40), st.integers(1, 40)),
)
def test_any_window_on_any_photo(size: tuple[int, int], x: float, y: float, side: float, out: tuple[int, int]) -> None:
    width, height = size
    photo = np.full((height, width, 3), 90, np.uint8)
    window = Window(x - side / 2, y - side / 2, side, side)
    crop, valid = Pyramid(photo).extract(window, *out)
    assert crop.shape == (out[1], out[0], 3)
    assert (crop[valid] == 90).all()
    assert (crop[~valid] == 0).all()
    # Centres inside, decided independently; ties within rounding are left open.
    columns, rows = np.meshgrid(np.arange(out[0]) + 0.5, np.arange(out[1]) + 0.5)
    source = window.to_source(np.stack([columns, rows], -1), *out)
    margin = 1e-6 * max(1.0, side)
    surely_in = ((source > margin) & (source < np.array(size) - margin)).all(-1)
    surely_out = ((source < -margin) | (source > np.array(size) + margin)).any(-1)
    assert valid[surely_in].all()
    assert not valid[surely_out].any()


@given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4), st.floats(0.1, 1e4), st.floats(0.1, 1e4))
def test_maps_are_inverse(x0: float, y0: float, width: float, height: float) -> None:
    window = Window(x0, y0, width, height)
    points = np.array([[0.5, 0.5], [31.7, 12.2], [-4.0, 99.0]])
    there = window.to_source(points, 64, 48)
    np.testing.assert_allclose(window.to_window(there, 64, 48), points, atol=1e-6 * max(1, 1e4 / min(width, height)))


def test_maps_by_hand() -> None:
    window = Window(10, 20, 100, 50)
    assert window.to_source([0.5, 0.5], 50, 50).tolist() == [11.0, 20.5]
    assert window.to_window([110, 70], 50, 25).tolist() == [50, 25]
    assert Window.square_over(30, 10) == Window(0, -10, 30, 30)


def test_pyramid_levels_are_built_once_and_only_when_needed() -> None:
    photo = np.random.default_rng(0).integers(0, 256, (33, 70, 3), np.uint8)
    pyramid = Pyramid(photo)
    assert pyramid.level(0) is photo
    assert pyramid.level(2).shape == (9, 18, 3)
    assert pyramid.level(2) is pyramid.level(2)
    exact = photo[:32].reshape(16, 2, 35, 2, 3).mean((1, 3))
    even = Pyramid(np.ascontiguousarray(photo[:32])).level(1)
    np.testing.assert_allclose(even.astype(float), exact, atol=0.51)


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, -1), (math.nan, 5), (math.inf, 5)])
def test_windows_without_area_are_refused(width: float, height: float) -> None:
    with pytest.raises(InputError, match="area"):
        Window(0, 0, width, height)


def test_crops_without_pixels_are_refused() -> None:
    with pytest.raises(InputError, match="at least one pixel"):
        extract(np.zeros((3, 3, 3), np.uint8), Window(0, 0, 3, 3), 0, 4)


def test_masks_can_be_cropped_too() -> None:
    crop, _ = extract(np.full((9, 9), 50, np.uint8), Window(1, 1, 4, 4), 8, 8)
    assert crop.shape == (8, 8)
    assert (crop == 50).all()
