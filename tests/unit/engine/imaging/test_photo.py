"""Photos made of arrays, and the table of formats."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.errors import InputError
from engine.imaging.formats import (
    RAW_EXTENSIONS,
    by_extension,
    format_names,
    readable_extensions,
    writable_extensions,
)
from engine.imaging.photo import Photo


@pytest.mark.parametrize(
    ("array", "pixels", "alpha", "depth"),
    [
        (np.full((3, 4), 9, np.uint8), [9], None, 8),
        (np.full((3, 4, 1), 9, np.uint16), [9], None, 16),
        (np.full((3, 4, 2), 9, np.uint8), [9], 9, 8),
        (np.full((3, 4, 3), 9, np.uint8), [9, 9, 9], None, 8),
        (np.full((3, 4, 4), 9, ">u2"), [9, 9, 9], 9, 16),
        (np.ones((3, 4), np.bool_), [255], None, 8),
        (np.full((3, 4, 3), 0.5, np.float32), [32768] * 3, None, 16),
    ],
)
def test_from_array(array: Any, pixels: list[int], alpha: int | None, depth: int) -> None:
    photo = Photo.from_array(array)
    assert (photo.size, photo.width, photo.height, photo.bit_depth) == ((4, 3), 4, 3, depth)
    assert photo.pixels[1, 2].tolist() == pixels
    assert (None if photo.alpha is None else photo.alpha[1, 2]) == alpha
    assert photo.rgb8.shape == (3, 4, 3)
    assert photo.rgb8.dtype == np.uint8


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((3, 4, 5), np.uint8),
        np.zeros((3,), np.uint8),
        np.zeros((3, 4), np.int64),
        np.full((3, 4), np.nan),
        np.full((3, 4), 1.01),
        np.full((3, 4), -0.01),
    ],
)
def test_what_is_no_photo_is_refused(array: Any) -> None:
    with pytest.raises(InputError):
        Photo.from_array(array)


def test_arrays_cannot_be_changed_through_a_photo_and_callers_keep_theirs() -> None:
    array = np.zeros((3, 4, 3), np.uint8)
    photo = Photo.from_array(array)
    with pytest.raises(ValueError, match="read-only"):
        photo.pixels[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        photo.rgb8[0] = 1
    array[0] = 1  # the caller's own array stays writable


def test_rgb8_is_computed_once() -> None:
    photo = Photo.from_array(np.zeros((3, 4), np.uint16))
    assert photo.rgb8 is photo.rgb8


def test_formats() -> None:
    assert {".jpg", ".png", ".tif", ".webp", ".bmp", ".gif"} <= set(readable_extensions())
    assert writable_extensions() == (".png", ".tif", ".tiff", ".webp")
    assert not RAW_EXTENSIONS & set(readable_extensions())
    found = by_extension(".JPeG")
    assert found is not None
    assert (found.name, found.writable) == ("JPEG", False)
    assert by_extension(".xyz") is None
    assert format_names().startswith("JPEG, PNG, TIFF")
