"""Photos for thumbnails: smaller, else the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import Base

from engine.errors import PhotoError
from engine.imaging.load import load, load_reduced


def saved(path: Path, kind: str, size: tuple[int, int] = (643, 481), orientation: int = 1) -> Path:
    """Dark at the left, bright at the right, blue below."""
    width, height = size
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, width).astype(np.uint8)
    pixels[..., 2] = np.linspace(0, 255, height).astype(np.uint8)[:, None]
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    Image.fromarray(pixels).save(path, kind, exif=exif)
    return path


@pytest.mark.parametrize("reduce", [1, 2, 4, 8])
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_jpeg_is_reduced_and_upright(tmp_path: Path, reduce: int, orientation: int) -> None:
    path = saved(tmp_path / "a.jpg", "JPEG", orientation=orientation)
    whole, reduced = load(path), load_reduced(path, reduce)
    assert reduced.factor == pytest.approx(reduce, rel=0.02)
    assert reduced.photo.width == pytest.approx(whole.width / reduce, abs=1)
    assert reduced.photo.height == pytest.approx(whole.height / reduce, abs=1)
    expected = Image.fromarray(whole.rgb8).resize(reduced.photo.size, Image.Resampling.BOX)
    assert np.abs(np.asarray(expected, int) - reduced.photo.rgb8).mean() < 3


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_other_formats_come_whole(tmp_path: Path, kind: str) -> None:
    reduced = load_reduced(saved(tmp_path / "a", kind), 8)
    assert reduced.factor == 1
    assert reduced.photo.size == (643, 481)


def test_a_tiny_jpeg_keeps_a_pixel(tmp_path: Path) -> None:
    assert min(load_reduced(saved(tmp_path / "a.jpg", "JPEG", (5, 3)), 8).photo.size) >= 1


@pytest.mark.parametrize("content", [b"", b"\xff\xd8 nothing", None])
def test_what_is_no_photo_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.jpg"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PhotoError, match=r"a\.jpg"):
        load_reduced(path, 4)


def test_too_large_a_photo_is_refused_by_its_own_size(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="643 x 481"):
        load_reduced(saved(tmp_path / "a.jpg", "JPEG"), 8, max_pixels=100_000)
