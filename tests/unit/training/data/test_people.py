"""People of any known data set, with their photos."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from engine.errors import InputError
from engine.pose.joints import COCO_17, MPII_16
from training.data.people import open_people
from training.data.pose_files import annotation_files


def photo(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 6)).save(folder / name)
    return folder / name


def lsp(folder: Path, count: int = 2) -> Path:
    joints = np.zeros((3, 14, count))
    joints[0], joints[1] = np.arange(14)[:, None] * 3.0, np.arange(14)[:, None] * 2.0
    folder.mkdir(parents=True, exist_ok=True)
    savemat(folder / "joints.mat", {"joints": joints})
    return folder


def hrnet(folder: Path, *images: str, name: str = "train.json") -> Path:
    person = {"center": [5, 5], "scale": 1.0, "joints_vis": [1] * 16, "joints": [[i + 2.0, i + 1.0] for i in range(16)]}
    entries = [person | {"image": image} for image in images]
    path = folder / "annot" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(entries))
    return folder


def coco(folder: Path, split: str, *images: str) -> Path:
    keypoints = [v for i in range(17) for v in (i, i, 2)]
    content: dict[str, Any] = {
        "images": [{"id": i, "file_name": name, "width": 8, "height": 6} for i, name in enumerate(images)],
        "annotations": [
            {"id": i, "image_id": i, "category_id": 1, "keypoints": keypoints, "bbox": [0, 0, 5, 5]}
            for i in range(len(images))
        ],
        "categories": [],
    }
    path = folder / "annotations" / f"person_keypoints_{split}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    (folder / "annotations" / f"instances_{split}.json").write_text("{}")  # not people's joints: not read
    return folder


def test_lsp_with_its_photos(tmp_path: Path) -> None:
    folder = lsp(tmp_path / "lsp")
    files = [photo(folder / "images", name) for name in ("im0001.jpg", "im0002.webp")]  # the ending may differ
    for given in (folder, folder / "joints.mat"):
        first, second = open_people(given)
        assert [first.image, second.image] == files
        assert (first.set, first.split, first.person, first.size) == ("lsp", "train", "lsp/im0001.jpg#1", None)
        assert first.joints[MPII_16.index("r_knee")].tolist() == [2.5, 1.5]
        assert first != second


def test_mpii_s_splits_in_two_files(tmp_path: Path) -> None:
    folder = hrnet(tmp_path, "a.jpg")
    hrnet(tmp_path, "b.jpg", "b.jpg", name="valid.json")
    photo(folder / "images", "b.jpg")
    # Only the photos of the split that is asked for need be there.
    assert [p.person for p in open_people(folder, "val")] == ["mpii/b.jpg#1", "mpii/b.jpg#2"]
    with pytest.raises(InputError, match=r"1 of 1 photos of train\.json are missing: a\.jpg"):
        open_people(folder)
    photo(tmp_path / "elsewhere", "a.jpg")
    people = open_people(folder, images=[tmp_path / "elsewhere"])
    assert [(p.split, p.image.name) for p in people] == [("train", "a.jpg"), ("val", "b.jpg"), ("val", "b.jpg")]
    with pytest.raises(InputError, match=r"no person of split dev .*train, val"):
        open_people(folder, "dev", images=[tmp_path / "elsewhere"])


def test_head_sizes_travel(tmp_path: Path) -> None:
    photo(tmp_path / "images", "a.jpg")
    with h5py.File(tmp_path / "valid.h5", "w") as file:
        file["part"], file["center"], file["scale"] = np.ones((1, 16, 2)), np.ones((1, 2)), np.ones(1)
        file["normalize"], file["imgname"] = np.array([25.0]), np.array([b"a.jpg"])
    (person,) = open_people(tmp_path)
    assert person.head == 25
    assert (person.set, person.split) == ("mpii", "val")


@pytest.mark.parametrize("inside", ["val2017", "images/val2017", "images"])
def test_coco_in_its_usual_folders(tmp_path: Path, inside: str) -> None:
    folder = coco(tmp_path, "val2017", "000000000001.jpg")
    file = photo(folder / inside, "000000000001.jpg")
    (person,) = open_people(folder, "val")
    assert (person.image, person.size, person.set) == (file, (8, 6), "coco")
    index = COCO_17.index("l_wrist")
    assert person.joints[MPII_16.index("l_wrist")].tolist() == [index + 0.5] * 2


def test_lists_some_of_the_missing_photos(tmp_path: Path) -> None:
    lsp(tmp_path, count=9)
    with pytest.raises(InputError, match=r"9 of 9 photos .*im0001\.jpg, .*im0005\.jpg …\."):
        open_people(tmp_path)


def test_people_without_a_known_joint_are_left_out(tmp_path: Path) -> None:
    joints = np.zeros((14, 3, 2))
    joints[:, 2, 1] = 1
    savemat(tmp_path / "joints.mat", {"joints": joints})
    photo(tmp_path, "im00002.jpg")
    (person,) = open_people(tmp_path)
    assert (person.set, person.person) == ("lspet", "lspet/im00002.jpg#1")


def test_what_is_not_people(tmp_path: Path) -> None:
    photo(tmp_path, "a.jpg")
    with pytest.raises(InputError, match="no people with joints"):
        open_people(tmp_path)
    with pytest.raises(InputError, match="no format that is known"):
        open_people(tmp_path / "a.jpg")
    with pytest.raises(InputError, match="no file or folder"):
        open_people(tmp_path / "none")
    assert annotation_files(tmp_path) == []
