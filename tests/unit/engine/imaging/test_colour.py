"""Profiles: against Little CMS through Pillow, against the published Adobe RGB curve, and against nonsense."""

from __future__ import annotations

import io
import struct
from typing import Any

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from engine.imaging.colour import check_profile, cmyk_to_rgb, srgb_profile, strips, to_8_bit, to_srgb8
from engine.imaging.load import from_bytes
from engine.imaging.photo import Photo

ADOBE_RGB = imagecodecs.cms_profile(
    "rgb", whitepoint=[0.3127, 0.329, 1.0], primaries=[0.64, 0.33, 1, 0.21, 0.71, 1, 0.15, 0.06, 1], gamma=2.19921875
)
GREY_GAMMA = imagecodecs.cms_profile("gray", whitepoint=[0.3127, 0.329, 1.0], gamma=1.8)
NOISE = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)


def adobe_to_srgb(rgb: np.ndarray) -> np.ndarray:
    """Adobe RGB (1998) to sRGB by the published matrices, in double precision."""
    to_xyz = np.array([[0.57667, 0.18556, 0.18823], [0.29734, 0.62736, 0.07529], [0.02703, 0.07069, 0.99134]])
    from_xyz = np.array([[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560], [0.0556434, -0.2040259, 1.0572252]])  # fmt: skip  # noqa: E501
    linear = np.clip((rgb**2.19921875) @ to_xyz.T @ from_xyz.T, 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_adobe_rgb_by_the_book(dtype: Any) -> None:
    whole = np.iinfo(dtype).max
    pixels = (NOISE.astype(np.uint32) * (whole // 255)).astype(dtype)
    result = to_srgb8(pixels, ADOBE_RGB).astype(float)
    expected = adobe_to_srgb(pixels / whole) * 255
    assert np.abs(result - expected).max() < 2.5
    assert np.abs(result - NOISE).max() > 20, "the profile matters"


def test_sixteen_bits_between_the_levels() -> None:
    pixels = np.random.default_rng(2).integers(0, 65536, (100, 100, 3), np.uint16)
    error = np.abs(to_srgb8(pixels, ADOBE_RGB) - adobe_to_srgb(pixels / 65535) * 255)
    assert error.mean() < 0.5
    assert np.quantile(error, 0.999) < 4


def test_same_as_pillow() -> None:
    transform = ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(ADOBE_RGB)),
        ImageCms.createProfile("sRGB"),
        "RGB",
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    expected = np.asarray(ImageCms.applyTransform(Image.fromarray(NOISE), transform))
    np.testing.assert_allclose(to_srgb8(NOISE, ADOBE_RGB).astype(int), expected.astype(int), atol=1)


def test_grey_profile() -> None:
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    linear = (grey / 255.0) ** 1.8
    expected = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055) * 255
    result = to_srgb8(grey, GREY_GAMMA)
    assert result.shape == (16, 16, 3)
    np.testing.assert_allclose(result.astype(float), expected.repeat(3, axis=2), atol=2)


def test_grey_photo_with_an_rgb_profile_is_converted() -> None:
    grey = np.full((3, 4, 1), 128, np.uint8)
    np.testing.assert_array_equal(to_srgb8(grey, ADOBE_RGB), to_srgb8(grey.repeat(3, 2), ADOBE_RGB))


@pytest.mark.parametrize("icc", [None, srgb_profile()])
def test_srgb_costs_no_copy(icc: bytes | None) -> None:
    photo = Photo.from_array(NOISE, icc=icc)
    assert np.shares_memory(photo.rgb8, NOISE)


def test_strips_do_not_show() -> None:
    tall = np.random.default_rng(1).integers(0, 256, (1100, 2000, 3), np.uint8)
    assert len(list(strips(1100, 2000))) > 1
    result = to_srgb8(tall, ADOBE_RGB)
    np.testing.assert_array_equal(result[1040:1060], to_srgb8(np.ascontiguousarray(tall[1040:1060]), ADOBE_RGB))


@pytest.mark.parametrize(("height", "width"), [(1, 1), (5000, 1), (1, 5_000_000), (3000, 3000)])
def test_strips_cover_every_row_once(height: int, width: int) -> None:
    rows = [row for strip in strips(height, width) for row in range(height)[strip]]
    assert rows == list(range(height))


@pytest.mark.parametrize(
    ("icc", "space", "word"),
    [
        (b"junk" * 60, "rgb", "does not match"),
        (srgb_profile()[:300], "rgb", "damaged"),
        (GREY_GAMMA, "rgb", "does not match"),
        (srgb_profile(), "cmyk", "does not match"),
    ],
)
def test_useless_profiles_are_ignored_with_a_word(icc: bytes, space: str, word: str) -> None:
    profile, warning = check_profile(icc, space)
    assert profile is None
    assert warning is not None
    assert word in warning


@pytest.mark.parametrize("icc", [b"junk" * 60, srgb_profile()[:300], b"x"])
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "TIFF"])
def test_broken_profile_in_a_file(icc: bytes, file_format: str) -> None:
    stream = io.BytesIO()
    Image.fromarray(NOISE).save(stream, file_format, icc_profile=icc)
    photo = from_bytes(stream.getvalue(), "x")
    assert photo.icc is None
    assert "colour profile" in photo.warnings[0]
    assert photo.rgb8.shape == NOISE.shape


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
def test_profile_is_kept_and_used_for_display_only(file_format: str) -> None:
    stream = io.BytesIO()
    flat = np.full((32, 32, 3), (40, 200, 60), np.uint8)
    Image.fromarray(flat).save(stream, file_format, icc_profile=ADOBE_RGB)
    photo = from_bytes(stream.getvalue(), "x")
    assert photo.icc == ADOBE_RGB
    np.testing.assert_allclose(photo.pixels.astype(int), flat.astype(int), atol=4)
    np.testing.assert_allclose(photo.rgb8.astype(int), to_srgb8(flat, ADOBE_RGB).astype(int), atol=8)


def test_cmyk_without_profile_by_hand() -> None:
    cmyk = np.array([[[0, 0, 0, 0], [255, 0, 0, 0], [0, 0, 0, 255], [51, 102, 0, 51]]], np.uint8)
    by_hand = [[255, 255, 255], [0, 255, 255], [0, 0, 0], [163, 122, 204]]
    assert cmyk_to_rgb(cmyk, None)[0].tolist() == by_hand


def test_16_to_8_bits_at_the_ends() -> None:
    assert to_8_bit(np.array([0, 128, 129, 65535 - 129, 65535 - 128, 65535], np.uint16)).tolist() == [0, 0, 1, 254, 255, 255]  # fmt: skip  # noqa: E501


def cmyk_profile() -> bytes:
    """A minimal ICC.1 profile: paper is L = 100, full cyan a grey of L = 50, every other corner of the inks black.

    One 'mft1' table with two grid points an ink and 8-bit Lab (L: 255 = 100; a, b: 128 = 0).
    """
    lightness = {0: 255, 0b1000: 128}  # no ink, full cyan; everything else is black
    grid = bytes(v for corner in range(16) for v in (lightness.get(corner, 0), 128, 128))
    identity = bytes(range(256))
    matrix = b"".join(struct.pack(">i", 65536 if i % 4 == 0 else 0) for i in range(9))
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + matrix + identity * 4 + grid + identity * 3
    white = b"XYZ " + bytes(4) + struct.pack(">3i", 63190, 65536, 54061)
    start = 128 + 4 + 2 * 12
    tags = struct.pack(">I", 2)
    tags += (
        b"A2B0" + struct.pack(">II", start, len(table)) + b"wtpt" + struct.pack(">II", start + len(table), len(white))
    )
    header = bytearray(128)
    header[0:4] = struct.pack(">I", start + len(table) + len(white))
    header[8:12] = b"\x02\x40\x00\x00"
    header[12:24] = b"prtrCMYKLab "
    header[36:40] = b"acsp"
    header[68:80] = struct.pack(">3i", 63190, 65536, 54061)  # D50
    return bytes(header) + tags + table + white


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF", "TIFF16"])
def test_cmyk_goes_through_its_profile(file_format: str) -> None:
    cmyk = np.zeros((32, 64, 4), np.uint8)
    cmyk[:, 32:, 0] = 255
    stream = io.BytesIO()
    if file_format == "TIFF16":
        deep = cmyk.astype(np.uint16) * 257
        tifffile.imwrite(stream, deep, photometric="separated", iccprofile=cmyk_profile(), metadata=None)
    else:
        Image.fromarray(cmyk, "CMYK").save(stream, file_format, icc_profile=cmyk_profile())
    photo = from_bytes(stream.getvalue(), "x")
    assert photo.warnings == ()
    assert photo.icc is None, "the pixels are sRGB now"
    np.testing.assert_allclose(photo.pixels[8, 8].astype(int), [255, 255, 255], atol=3)
    # Lab (50.2, 0, 0) is sRGB grey 119; the formula without a profile would say (0, 255, 255).
    np.testing.assert_allclose(photo.pixels[8, 56].astype(int), [119, 119, 119], atol=4)
