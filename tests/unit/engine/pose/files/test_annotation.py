"""The person's window of MPII, the head size, and photos found by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import InputError
from engine.pose.files.annotation import head_size, mpii_window
from engine.pose.files.open import find_images


def test_window_is_lower_and_larger_than_annotated() -> None:
    window = mpii_window((100.0, 200.0), 2.0)
    assert (window.width, window.height) == (500, 500)
    assert (window.x0, window.y0) == (100 - 250, 200 + 30 - 250)
    with pytest.raises(InputError):
        mpii_window((100.0, 200.0), 0.0)


def test_head_size_is_six_tenths_of_the_diagonal() -> None:
    assert head_size((10, 20, 40, 60)) == pytest.approx(30)


def test_photos_are_found_by_path_name_or_stem(tmp_path: Path) -> None:
    for name in ("a/x.jpg", "a/y.webp", "b/x.jpg", "b/c/z.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    names = ["x.jpg", "elsewhere/y.jpg", "c/z.jpg", "none.jpg", "x.jpg"]
    found, missing = find_images(names, [tmp_path / "a", tmp_path / "b", tmp_path / "gone"])
    assert found == {
        "x.jpg": tmp_path / "a/x.jpg",
        "elsewhere/y.jpg": tmp_path / "a/y.webp",
        "c/z.jpg": tmp_path / "b/c/z.jpg",
    }
    assert missing == ["none.jpg"]
