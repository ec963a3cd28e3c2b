"""The DAVIS reader on small folders in the layouts of 2016 and 2017."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import InputError, PhotoError
from training.data.davis import read_davis


def write_frame(root: Path, sequence: str, frame: int, labels: np.ndarray, palette: bool) -> None:
    photo = root / "JPEGImages" / "480p" / sequence / f"{frame:05d}.jpg"
    mask = root / "Annotations" / "480p" / sequence / f"{frame:05d}.png"
    for path in (photo, mask):
        path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (labels.shape[1], labels.shape[0])).save(photo)
    picture = Image.fromarray(labels.astype(np.uint8))
    if palette:
        picture = picture.convert("P")
        picture.putdata(labels.ravel().tolist())
    picture.save(mask)


def labels(*columns: int) -> np.ndarray:
    """6 rows of the given labels."""
    return np.repeat([columns], 6, axis=0)


@pytest.fixture
def davis2017(tmp_path: Path) -> Path:
    write_frame(tmp_path, "bear", 0, labels(0, 1, 1, 0, 0), palette=True)
    write_frame(tmp_path, "bear", 1, labels(0, 0, 1, 1, 0), palette=True)
    write_frame(tmp_path, "bike", 0, labels(0, 1, 1, 2, 2), palette=True)
    write_frame(tmp_path, "bike", 1, labels(0, 0, 0, 0, 0), palette=True)
    lists = tmp_path / "ImageSets" / "2017"
    lists.mkdir(parents=True)
    (lists / "train.txt").write_text("bear\n")
    (lists / "val.txt").write_text("bike\n")
    return tmp_path


def test_davis_2017(davis2017: Path) -> None:
    bears = read_davis(davis2017, "train")
    assert [(r.image.name, r.id, r.category, r.bbox) for r in bears] == [
        ("00000.jpg", 1, "bear", (1, 0, 3, 6)),
        ("00001.jpg", 1, "bear", (2, 0, 4, 6)),
    ]
    bikes = read_davis(davis2017, "val")
    assert [(r.id, r.border) for r in bikes] == [(1, True), (2, True)]
    assert (bikes[1].read_mask() == labels(0, 0, 0, 1, 1)).all()
    assert [r.split for r in read_davis(davis2017)] == ["train", "train", "val", "val"]
    assert len({r.key for r in bears}) == 2


def test_davis_2016(tmp_path: Path) -> None:
    write_frame(tmp_path, "camel", 0, labels(0, 255, 255, 0), palette=False)
    write_frame(tmp_path, "camel", 1, labels(0, 0, 255, 0), palette=False)
    lists = tmp_path / "ImageSets" / "480p"
    lists.mkdir(parents=True)
    (lists / "val.txt").write_text("/JPEGImages/480p/camel/00001.jpg /Annotations/480p/camel/00001.png\n")
    (record,) = read_davis(tmp_path, "val")
    assert record.image.name == "00001.jpg"
    assert (record.read_mask() == labels(0, 0, 1, 0)).all()


def test_what_is_missing_is_named(davis2017: Path) -> None:
    with pytest.raises(InputError, match=r"test\.txt.*train, val"):
        read_davis(davis2017, "test")
    (davis2017 / "JPEGImages" / "480p" / "bear" / "00001.jpg").unlink()
    with pytest.raises(PhotoError, match=r"00001\.jpg does not exist"):
        read_davis(davis2017, "train")
    (davis2017 / "ImageSets" / "2017" / "val.txt").write_text("unknown\n")
    with pytest.raises(InputError, match="no annotations of unknown"):
        read_davis(davis2017, "val")
    with pytest.raises(InputError, match="480p is missing"):
        read_davis(davis2017 / "ImageSets")
