"""The person's window of MPII, the head size, and photos found by name."""

from __future__ import annotations

import errno
import os
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


def test_a_photo_that_two_names_could_mean_is_neither_s(tmp_path: Path) -> None:
    """Only train is at hand: the photo of val/1.jpg is another one that has the same name."""
    (tmp_path / "train").mkdir()
    for name in ("1.jpg", "2.jpg"):
        (tmp_path / "train" / name).touch()
    found, missing = find_images(["train/1.jpg", "val/1.jpg", "val/2.jpg", "2.jpg"], [tmp_path / "train"])
    assert found == {"2.jpg": tmp_path / "train" / "2.jpg"}
    assert missing == ["train/1.jpg", "val/1.jpg", "val/2.jpg"]
    found, missing = find_images(["train/1.jpg", "val/1.jpg"], [tmp_path])
    assert found == {"train/1.jpg": tmp_path / "train" / "1.jpg"}
    assert missing == ["val/1.jpg"]


def test_a_drive_that_is_gone_holds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jpg").touch()
    listing = Path.iterdir

    def broken(folder: Path) -> object:
        if folder.name == "gone":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return listing(folder)

    monkeypatch.setattr(Path, "iterdir", broken)
    found, missing = find_images(["a.jpg", "b.jpg", "x" * 5000, "n\0l"], [tmp_path / "gone", tmp_path])
    assert found == {"a.jpg": tmp_path / "a.jpg"}
    assert missing == ["b.jpg", "x" * 5000, "n\0l"]
