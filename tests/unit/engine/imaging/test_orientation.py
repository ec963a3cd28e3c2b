"""EXIF orientation: all eight values, applied exactly once, in every format that carries them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageOps
from PIL.ExifTags import Base

from engine.imaging.load import from_bytes
from engine.imaging.orientation import upright

# A 2 x 3 picture turned by hand, as CIPA DC-008 describes the values (where row 0 and column 0 belong).
STORED = np.array([[1, 2, 3], [4, 5, 6]], np.uint8)
BY_HAND = {
    1: [[1, 2, 3], [4, 5, 6]],
    2: [[3, 2, 1], [6, 5, 4]],
    3: [[6, 5, 4], [3, 2, 1]],
    4: [[4, 5, 6], [1, 2, 3]],
    5: [[1, 4], [2, 5], [3, 6]],
    6: [[4, 1], [5, 2], [6, 3]],
    7: [[6, 3], [5, 2], [4, 1]],
    8: [[3, 6], [2, 5], [1, 4]],
}


def exif(orientation: int) -> Image.Exif:
    block = Image.Exif()
    block[Base.Orientation] = orientation
    block[Base.Model] = "Camera"
    return block


def blocks(channels: int) -> npt.NDArray[np.uint8]:
    """A 48 x 80 picture of six flat blocks, robust against lossy compression."""
    colours = np.array([[[250, 10, 10, 255], [10, 250, 10, 40], [10, 10, 250, 255]],
                        [[250, 250, 10, 90], [10, 10, 10, 255], [250, 250, 250, 1]]], np.uint8)  # fmt: skip
    return np.kron(colours[:, :, :channels], np.ones((24, 32, 1), np.uint8))


def encoded(array: npt.NDArray[np.uint8], file_format: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(array).save(stream, file_format, **options)
    return stream.getvalue()


@pytest.mark.parametrize("value", range(1, 9))
def test_by_hand(value: int) -> None:
    np.testing.assert_array_equal(upright(STORED, value), BY_HAND[value])


@pytest.mark.parametrize("value", [0, 9, 77])
def test_senseless_values_leave_the_picture_alone(value: int) -> None:
    np.testing.assert_array_equal(upright(STORED, value), STORED)


@pytest.mark.parametrize("value", range(1, 9))
@pytest.mark.parametrize(
    ("file_format", "options", "channels"),
    [
        ("JPEG", {"quality": 95}, 3),
        ("PNG", {}, 4),
        ("TIFF", {}, 4),
        ("TIFF", {"compression": "tiff_lzw"}, 3),
        ("WEBP", {"lossless": True, "exact": True}, 4),
        ("AVIF", {"quality": 95}, 3),
    ],
)
def test_every_format_applies_it_once(value: int, file_format: str, options: dict[str, Any], channels: int) -> None:
    stored = blocks(channels)
    photo = from_bytes(encoded(stored, file_format, exif=exif(value), **options), "x")
    seen = upright(stored, value)
    # An independent reading of the same file.
    again = ImageOps.exif_transpose(Image.open(io.BytesIO(encoded(stored, file_format, exif=exif(value), **options))))
    assert photo.size == again.size == seen.shape[1::-1]
    tolerance = 30 if file_format in ("JPEG", "AVIF") else 0
    inner = np.s_[8:16, 8:16]  # away from the edges between blocks, where lossy formats ring
    np.testing.assert_allclose(photo.pixels[inner].astype(int), seen[..., :3][inner].astype(int), atol=tolerance)
    assert np.abs(photo.pixels.astype(int) - seen[..., :3]).mean() < 6
    if channels == 4:
        np.testing.assert_array_equal(photo.alpha, seen[..., 3])
    assert photo.exif is not None
    kept = Image.Exif()
    kept.load(photo.exif)
    assert Base.Orientation not in kept
    assert kept[Base.Model] == "Camera"


def test_orientation_in_xmp_is_applied_and_removed() -> None:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r tiff:Orientation="6" dc:title="kept"/></x:xmpmeta>'
    photo = from_bytes(encoded(blocks(3), "JPEG", xmp=xmp, quality=95), "x")
    assert photo.size == (48, 96)
    assert photo.metadata.xmp == xmp.replace(b' tiff:Orientation="6"', b"")


def test_resolution_turns_with_the_picture() -> None:
    photo = from_bytes(encoded(blocks(3), "JPEG", exif=exif(6), dpi=(300, 150)), "x")
    assert photo.metadata.dpi == (150, 300)
