"""Any folder in a known format is recognised; what is not, is said."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import InputError, PhotoError
from training.data.open import open_records


def manifest(root: Path, *rows: tuple[str, str]) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    line = {"image": "i.png", "mask": "m.png", "id": 1, "area": 0.5, "bbox": [0, 0, 1, 1], "size": [2, 1]}
    path = root / "manifest.jsonl"
    path.write_text("\n".join(json.dumps(line | {"set": name, "split": split}) for name, split in rows))
    return path


def pairs(root: Path, mask: np.ndarray, mode: str = "L") -> Path:
    for folder in ("images", "masks"):
        (root / folder).mkdir(parents=True)
    Image.new("RGB", (mask.shape[1], mask.shape[0])).save(root / "images" / "a.jpg")
    picture = Image.fromarray(mask.astype(np.uint8))
    if mode == "P":
        picture = picture.convert("P")
        picture.putdata(mask.ravel().tolist())
    picture.save(root / "masks" / "a.png")
    return root


def coco(root: Path, *splits: str) -> Path:
    (root / "annotations").mkdir(parents=True)
    for split in splits:
        (root / split).mkdir()
        Image.new("RGB", (5, 4)).save(root / split / "1.jpg")
        note = {"id": 1, "image_id": 1, "segmentation": [[1, 1, 4, 1, 4, 3]], "bbox": [1, 1, 3, 2], "area": 3}
        image = {"id": 1, "file_name": "1.jpg", "width": 5, "height": 4}
        (root / "annotations" / f"instances_{split}.json").write_text(
            json.dumps({"images": [image], "annotations": [note]})
        )
    return root


def test_manifest_by_file_and_by_folder(tmp_path: Path) -> None:
    path = manifest(tmp_path, ("a", "dev"), ("a", "train"), ("b", "dev"))
    assert len(open_records(path)) == len(open_records(tmp_path)) == 3
    assert [r.set for r in open_records(path, "dev")] == ["a", "b"]
    assert [r.split for r in open_records(path, sets=["a"])] == ["dev", "train"]


def test_coco_by_folder_and_by_file(tmp_path: Path) -> None:
    root = coco(tmp_path, "train2017", "val2017")
    assert [r.split for r in open_records(root)] == ["train2017", "val2017"]
    (record,) = open_records(root, "val2017")
    assert record.image.parent.name == "val2017"
    (record,) = open_records(root / "annotations" / "instances_val2017.json", "dev")
    assert record.split == "dev"


def test_voc_and_davis_are_told_apart(tmp_path: Path) -> None:
    for name, folders in (("voc", ("SegmentationClass",)), ("davis", ("Annotations/480p",))):
        for folder in (*folders, "JPEGImages/480p"):
            (tmp_path / name / folder).mkdir(parents=True)
    with pytest.raises(InputError, match="Segmentation is missing"):
        open_records(tmp_path / "voc")
    with pytest.raises(InputError, match="ImageSets is missing"):
        open_records(tmp_path / "davis")


def test_pairs_of_grey_and_of_palette_masks(tmp_path: Path) -> None:
    (soft,) = open_records(pairs(tmp_path / "grey", np.array([[0, 60, 200, 255]])), "dev")
    assert (soft.set, soft.split) == ("grey", "dev")
    assert soft.read_mask().tolist() == [[0, 0, 1, 1]]
    one, two = open_records(pairs(tmp_path / "palette", np.array([[0, 1, 2, 255]]), "P"))
    assert one.read_mask().tolist() == [[0, 1, 0, 255]]
    assert two.bbox == (2, 0, 3, 1)
    (tmp_path / "grey" / "images" / "a.jpg").unlink()
    with pytest.raises(PhotoError, match="no photo a"):
        open_records(tmp_path / "grey")


def test_a_folder_of_data_sets(tmp_path: Path) -> None:
    manifest(tmp_path / "one", ("a", "val2017"))
    coco(tmp_path / "two", "val2017")
    assert [r.set for r in open_records(tmp_path, "val2017")] == ["a", "coco"]


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file or folder"):
        open_records(tmp_path / "none")
    with pytest.raises(InputError, match=r"no format that is known(.|\n)*DAVIS"):
        open_records(tmp_path)
    path = manifest(tmp_path, ("a", "dev"))
    with pytest.raises(InputError, match=r"split test .*Splits there: dev"):
        open_records(path, "test")
    with pytest.raises(InputError, match=r"no set x .*Sets there: a"):
        open_records(path, "dev", ["a", "x"])
    text = tmp_path / "notes.txt"
    text.write_text("hello")
    with pytest.raises(InputError, match="no format that is known"):
        open_records(text)
