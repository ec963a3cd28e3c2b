"""MPII as JSON: HRNet's and pytorch-pose's entries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from engine.errors import InputError
from engine.pose.files.open import read_annotations

HRNET: dict[str, Any] = {
    "joints_vis": [0, *[1] * 14, 0],
    "joints": [[-1.0, -1.0], *[[10.0 * i, 5.0 * i] for i in range(1, 16)]],
    "image": "015601864.jpg", "scale": 3.021046, "center": [594.0, 257.0],
}  # fmt: skip
POSE_MACHINE: dict[str, Any] = {
    "dataset": "MPI", "isValidation": 1.0, "img_paths": "015601864.jpg", "img_width": 1280.0, "img_height": 720.0,
    "objpos": [594.0, 257.0], "joint_self": [[0.0, 0.0, 0.0], *[[10.0 * i, 5.0 * i, i % 2] for i in range(1, 16)]],
    "scale_provided": 3.021, "joint_others": [[1.0, 2.0, 1.0]] * 16, "scale_provided_other": 3.2,
    "objpos_other": [1010.0, 412.0], "annolist_index": 5.0, "people_index": 1.0, "numOtherPeople": 1.0,
}  # fmt: skip


def write(folder: Path, content: Any, name: str = "train.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize(("name", "split"), [("train.json", "train"), ("valid.json", "val"), ("mine.json", "")])
def test_hrnet(tmp_path: Path, name: str, split: str) -> None:
    untold = {key: HRNET[key] for key in ("image", "scale", "center")}  # the test set's entries
    (a,) = read_annotations(write(tmp_path, [HRNET, untold], name))
    assert (a.image, a.split, a.source.format) == ("015601864.jpg", split, "MPII JSON (HRNet)")
    # The last joint has a position: it is there, though not seen.
    assert a.visibility.tolist() == [0, *[2] * 14, 1]
    assert np.isnan(a.joints[0]).all()
    assert a.joints[3].tolist() == [29.5, 14.5]
    assert (a.center, a.scale, a.head) == ((593.5, 256.5), 3.021046, None)


def test_hrnet_s_head_boxes_are_beside(tmp_path: Path) -> None:
    path = write(tmp_path, [HRNET, HRNET], "valid.json")
    boxes = np.array([[[10, 100], [20, 200]], [[40, 130], [60, 240]]])  # corner, axis, person
    savemat(tmp_path / "gt_valid.mat", {"headboxes_src": boxes})
    a, b = read_annotations(path)
    assert a.head_box == (9.5, 19.5, 39.5, 59.5)
    assert (a.head, b.head) == (pytest.approx(0.6 * 50), pytest.approx(0.6 * 50))
    savemat(tmp_path / "gt_valid.mat", {"headboxes_src": boxes[..., :1]})
    with pytest.raises(InputError, match=r"gt_valid\.mat has no “headboxes_src” of 2 people"):
        read_annotations(path)


@pytest.mark.parametrize("rooted", [False, True])
def test_pytorch_pose(tmp_path: Path, rooted: bool) -> None:
    alone = POSE_MACHINE | {
        "isValidation": 0.0,
        "joint_others": {"_ArrayType_": "double", "_ArraySize_": [0, 0], "_ArrayData_": None},
    }
    entries = [POSE_MACHINE, alone]
    a, b = read_annotations(write(tmp_path, {"root": entries} if rooted else entries))
    assert [a.split, b.split] == ["val", "train"]
    assert [a.person, b.person] == ["015601864.jpg#1", "015601864.jpg#2"]
    assert a.size == (1280, 720)
    assert a.visibility.tolist() == [0, *[2 if i % 2 else 1 for i in range(1, 16)]]
    assert a.joints[15].tolist() == [149.5, 74.5]
    window = a.window()
    assert window is not None
    assert window.width == pytest.approx(250 * 3.021)
    assert window.y0 + window.height / 2 == pytest.approx(256.5 + 15 * 3.021)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ([HRNET, HRNET | {"joints": HRNET["joints"][:15]}], r"1\.joints"),
        ([HRNET | {"joints": [[0], *HRNET["joints"][1:]]}], r"0\.joints\.0"),
        ([HRNET | {"scale": 0}], r"0\.scale"),
        ([HRNET, {"image": "x.jpg"}], r"1\.center"),
        ([POSE_MACHINE, POSE_MACHINE | {"joint_self": [[0, 0, 0]] * 17}], r"1\.joint_self"),
        ({"root": [POSE_MACHINE | {"objpos": None}]}, r"root\.0\.objpos"),
        ([{"joint": 1}], "no format"),
        ([], "holds nobody"),
        ({"a": 1}, "no format"),
    ],
)
def test_names_what_is_wrong(tmp_path: Path, content: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_annotations(write(tmp_path, content))


def test_broken_json(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('[{"image": ')
    with pytest.raises(InputError, match="not readable JSON"):
        read_annotations(path)
