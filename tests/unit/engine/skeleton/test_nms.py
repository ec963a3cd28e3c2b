import math

import cv2
import numpy as np
import pytest

from engine.errors import InputError
from engine.skeleton.nms import BORDER, MARGIN, across, suppress


def ridge(degrees: float, sigma: float = 3.0, size: int = 101) -> tuple[np.ndarray, np.ndarray]:
    """A Gaussian ridge through the middle; its direction across is at `degrees`. Also the signed distance from it."""
    y, x = np.mgrid[:size, :size] - size // 2
    distance = x * math.cos(math.radians(degrees)) + y * math.sin(math.radians(degrees))
    return np.exp(-(distance**2) / (2 * sigma**2)).astype(np.float32), distance


@pytest.mark.parametrize("degrees", range(0, 180, 15))
@pytest.mark.parametrize("sigma", [1.5, 3.0, 5.0])
def test_a_ridge_of_any_direction_leaves_its_centre_line(degrees: int, sigma: float) -> None:
    probability, distance = ridge(degrees, sigma)
    inner = np.s_[15:-15, 15:-15]
    kept, distance = suppress(probability)[inner] > 0, distance[inner]
    assert np.abs(distance[kept]).max() < 1
    assert kept[np.abs(distance) < 0.4].all(), "the pixels on the line itself stay"
    length = 71 / max(abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees))))
    assert length * 0.7 < kept.sum() < 2.2 * length


@pytest.mark.parametrize("degrees", [10, 35, 90, 120, 170])
def test_the_direction_across(degrees: int) -> None:
    probability, distance = ridge(degrees)
    angle = np.degrees(across(probability))[15:-15, 15:-15][np.abs(distance[15:-15, 15:-15]) < 1]
    error = (angle - degrees + 90) % 180 - 90
    assert np.abs(error).max() < 3


def test_values_are_those_of_the_map_and_faded_along_the_border() -> None:
    probability, _ = ridge(90, size=61)
    probability *= np.float32(0.7)
    row = suppress(probability)[30]
    assert np.allclose(row[BORDER:-BORDER], 0.7)
    assert np.allclose(row[:BORDER], 0.7 * np.arange(BORDER) / BORDER)
    assert np.allclose(row[::-1], row)


def test_the_ends_of_a_line_are_kept() -> None:
    line = np.zeros((80, 120), np.float32)
    line[40, 30:91] = 1
    probability = cv2.GaussianBlur(line, (0, 0), 2)
    columns = np.flatnonzero(suppress(probability)[40] > 0.1 * probability.max())
    assert columns.min() <= 30
    assert columns.max() >= 90
    assert np.array_equal(columns, np.arange(columns.min(), columns.max() + 1))


def test_a_plateau_stays_and_nothing_stays_nothing() -> None:
    plateau = np.zeros((60, 60), np.float32)
    plateau[20:40, 20:40] = 1
    assert (suppress(plateau)[23:37, 23:37] == 1).all()
    assert not suppress(np.zeros((50, 40), np.float32)).any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2), (3, 200), (200, 3), (0, 0), (0, 5)])
def test_tiny_maps(shape: tuple[int, int]) -> None:
    probability = np.random.default_rng(0).random(shape).astype(np.float32)
    result = suppress(probability)
    assert result.shape == shape
    assert result.dtype == np.float32
    assert (result <= probability).all()


def test_wrong_shape() -> None:
    with pytest.raises(InputError, match="two axes"):
        suppress(np.zeros((3, 4, 1), np.float32))


def test_the_same_as_pixel_by_pixel() -> None:
    noise = np.random.default_rng(3).random((40, 55)).astype(np.float32)
    probability = cv2.GaussianBlur(noise, (0, 0), 2)
    height, width = probability.shape
    angle, expected = across(probability), np.zeros_like(probability)
    for row in range(height):
        for column in range(width):
            keep = True
            for side in (-1, 1):
                x = column + side * math.cos(angle[row, column])
                y = row + side * math.sin(angle[row, column])
                sample = 0.0
                for j in (math.floor(y), math.floor(y) + 1):
                    for i in (math.floor(x), math.floor(x) + 1):
                        weight = (1 - abs(x - i)) * (1 - abs(y - j))
                        sample += weight * probability[min(max(j, 0), height - 1), min(max(i, 0), width - 1)]
                keep &= sample <= MARGIN * probability[row, column]
            fade = min(row, height - 1 - row, BORDER) / BORDER * min(column, width - 1 - column, BORDER) / BORDER
            expected[row, column] = probability[row, column] * keep * fade
    result = suppress(probability)
    assert np.mean(np.isclose(result, expected, atol=1e-6)) > 0.999  # float32 decides a tie now and then
    assert 0.1 < np.mean(result > 0) < 0.9
