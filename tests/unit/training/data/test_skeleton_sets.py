"""Layouts of the published skeleton sets on small folders."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from engine.errors import InputError, PhotoError
from training.data.skeleton_sets import holds_skeletons, open_skeletons

EDGE, SKELETON = np.zeros((9, 12), np.uint8), np.zeros((9, 12), np.uint8)
EDGE[2, 1:11] = EDGE[6, 1:11] = 1
SKELETON[4, 3:9] = 1


def photo(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (12, 9)).save(path)
    return path


def mat(path: Path, **fields: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    savemat(path, fields)
    return path


@pytest.fixture
def sk_large(tmp_path: Path) -> Path:
    root = tmp_path / "SK-LARGE"
    for split, names in {"train": ("b", "a"), "test": ("c",)}.items():
        for name in names:
            photo(root / "images" / split / f"{name}.jpg")
            mat(root / "groundTruth" / split / f"{name}.mat", edge=EDGE, symmetry=SKELETON)
    return root


def test_sk_large(sk_large: Path) -> None:
    first, second = open_skeletons(sk_large, "train")
    assert (first.image.name, second.image.name) == ("a.jpg", "b.jpg")
    assert (first.set, first.split) == ("SK-LARGE", "train")
    truth = first.read()
    np.testing.assert_array_equal(truth.skeleton, SKELETON == 1)
    assert truth.diameter is not None
    assert truth.diameter[truth.skeleton].tolist() == [4] * 6
    assert [(r.split, r.image.stem) for r in open_skeletons(sk_large)] == [
        ("test", "c"),
        ("train", "a"),
        ("train", "b"),
    ]


def test_a_folder_of_sets(sk_large: Path) -> None:
    other = sk_large.parent / "SK506"
    photo(other / "images" / "test" / "z.jpg")
    mat(other / "groundTruth" / "test" / "z.mat", edge=EDGE, symmetry=SKELETON)
    (sk_large.parent / "else").mkdir()
    assert [(r.set, r.image.stem) for r in open_skeletons(sk_large.parent, "test")] == [
        ("SK-LARGE", "c"),
        ("SK506", "z"),
    ]


def test_wh_symmax(tmp_path: Path) -> None:
    root = tmp_path / "WH-SYMMAX"
    photo(root / "images" / "train" / "h.jpg")
    photo(root / "images" / "test" / "unlabelled.jpg")
    mat(root / "basic" / "skel" / "h.mat", skel=SKELETON)
    mat(root / "basic" / "edge" / "h.mat", edge=EDGE)
    (record,) = open_skeletons(root, "train")
    truth = record.read()
    assert truth.diameter is not None
    assert truth.diameter.max() == 4
    with pytest.raises(PhotoError, match=r"no skeleton for the photo .*unlabelled"):
        open_skeletons(root, "test")


def test_symmax_and_pictures_without_splits(tmp_path: Path) -> None:
    photo(tmp_path / "images" / "1.jpg")
    photo(tmp_path / "images" / "2.jpg")
    mat(tmp_path / "groundTruth" / "gt_1.mat", gt=np.stack([SKELETON, SKELETON.T[:9, :1].repeat(12, 1) * 0], 2))
    Image.fromarray(SKELETON * 255).save(tmp_path / "groundTruth" / "2.png")
    for record in open_skeletons(tmp_path):
        np.testing.assert_array_equal(record.read().skeleton, SKELETON == 1)
        assert record.split == ""


@pytest.mark.parametrize("ending", ["lst", "txt"])
def test_lists_of_pairs(tmp_path: Path, ending: str) -> None:
    root = tmp_path / "SK506"
    photo(root / "aug" / "im_scale1" / "o0" / "a.jpg")
    (root / "aug" / "gt").mkdir()
    Image.fromarray(SKELETON * np.uint8(13)).save(root / "aug" / "gt" / "a.png")
    name = root / "aug" / f"train_pair.{ending}"
    name.write_bytes(b"./im_scale1/o0/a.jpg gt/a.png\r\n\r\naug/im_scale1/o0/a.jpg aug/gt/a.png\r\n")
    for path in (root / "aug", name, root):
        records = open_skeletons(path)
        assert [(r.set, r.split, r.image.stem) for r in records] == [("aug", "train", "a")] * 2
    truth = records[1].read()
    assert truth.diameter is not None
    assert truth.diameter.max() == 13
    name.write_text("gone.jpg gt/a.png\n")
    with pytest.raises(PhotoError, match=r"no file gone\.jpg"):
        open_skeletons(name)
    name.write_text("im_scale1/o0/a.jpg\n")
    with pytest.raises(InputError, match="Line 1 of"):
        open_skeletons(name)


def test_sizes_must_agree(sk_large: Path) -> None:
    Image.new("RGB", (9, 12)).save(sk_large / "images" / "test" / "c.jpg")
    (record,) = open_skeletons(sk_large, "test")
    with pytest.raises(PhotoError, match="12 x 9 pixels, its photo 9 x 12"):
        record.read()


def test_what_is_not_there(sk_large: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no photo of split dev") as caught:
        open_skeletons(sk_large, "dev")
    assert caught.value.hint == "Splits there: test, train."
    with pytest.raises(InputError, match="no file or folder"):
        open_skeletons(tmp_path / "gone")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no skeleton set"):
        open_skeletons(tmp_path / "empty")
    assert holds_skeletons(sk_large)
    assert not holds_skeletons(tmp_path / "empty")
