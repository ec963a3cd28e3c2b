"""The VOC reader on a small folder in the real layout."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import InputError, PhotoError
from training.data.voc import read_voc


def palette_png(path: Path, labels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.fromarray(labels.astype(np.uint8)).convert("P")
    picture.putdata(labels.ravel().tolist())
    picture.putpalette([7] * 768)
    picture.save(path)


@pytest.fixture
def voc(tmp_path: Path) -> Path:
    """Two photos: a dog (12) and a cat (8) with a contour in the first, two people (15) in the second."""
    root = tmp_path / "VOC2012"
    (root / "JPEGImages").mkdir(parents=True)
    lists = root / "ImageSets" / "Segmentation"
    lists.mkdir(parents=True)
    for name in ("2007_000001", "2007_000002"):
        Image.new("RGB", (8, 6)).save(root / "JPEGImages" / f"{name}.jpg")
    objects, classes = np.zeros((6, 8), np.uint8), np.zeros((6, 8), np.uint8)
    objects[1:4, 1:4], classes[1:4, 1:4] = 1, 12
    objects[4:6, 5:8], classes[4:6, 5:8] = 2, 8
    objects[4, 1:4] = classes[4, 1:4] = 255
    palette_png(root / "SegmentationObject" / "2007_000001.png", objects)
    palette_png(root / "SegmentationClass" / "2007_000001.png", classes)
    objects = np.repeat([[1, 1, 1, 0, 0, 2, 2, 2]], 6, axis=0)
    palette_png(root / "SegmentationObject" / "2007_000002.png", objects)
    palette_png(root / "SegmentationClass" / "2007_000002.png", np.where(objects > 0, 15, 0))
    (lists / "train.txt").write_text("2007_000001\n")
    (lists / "val.txt").write_text("2007_000002\n\n")
    (lists / "trainval.txt").write_text("2007_000001\n2007_000002\n")
    return root


def test_objects_of_a_split(voc: Path) -> None:
    dog, cat = read_voc(voc, "train")
    assert (dog.set, dog.split, dog.id, dog.category, dog.bbox) == ("voc", "train", 1, "dog", (1, 1, 4, 4))
    assert (dog.size, dog.area, dog.border) == ((8, 6), 9 / 48, False)
    assert (cat.category, cat.bbox, cat.border) == ("cat", (5, 4, 8, 6), True)
    target = dog.read_mask()
    assert (target == 1).sum() == 9
    assert (target == 255).sum() == 3
    assert target[5, 6] == 0


def test_every_photo_once_without_a_split(voc: Path) -> None:
    records = read_voc(voc)
    assert [(r.image.stem, r.id, r.split) for r in records] == [
        ("2007_000001", 1, "train"), ("2007_000001", 2, "train"), ("2007_000002", 1, "val"), ("2007_000002", 2, "val"),
    ]  # fmt: skip
    assert {r.split for r in read_voc(voc, "trainval")} == {"trainval"}


def test_class_masks_alone(voc: Path) -> None:
    shutil.rmtree(voc / "SegmentationObject")
    (people,) = read_voc(voc, "val")
    assert (people.category, people.quality) == ("person", "class")
    assert (people.read_mask() == 1).sum() == 36


def test_what_is_missing_is_named(voc: Path) -> None:
    with pytest.raises(InputError, match=r"dev\.txt.*train, trainval, val"):
        read_voc(voc, "dev")
    Image.new("L", (9, 6)).save(voc / "SegmentationClass" / "2007_000002.png")
    with pytest.raises(PhotoError, match="9 x 6 pixels, its photo 8 x 6"):
        read_voc(voc, "val")
    (voc / "JPEGImages" / "2007_000002.jpg").write_bytes(b"")
    with pytest.raises(PhotoError, match=r"2007_000002\.jpg cannot be read"):
        read_voc(voc, "val")
    (voc / "JPEGImages" / "2007_000002.jpg").unlink()
    with pytest.raises(PhotoError, match=r"2007_000002\.jpg does not exist"):
        read_voc(voc, "val")
    shutil.rmtree(voc / "JPEGImages")
    with pytest.raises(InputError, match="JPEGImages is missing"):
        read_voc(voc, "val")
