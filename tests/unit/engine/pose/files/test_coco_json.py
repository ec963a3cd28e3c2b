"""COCO keypoints: read, written, read again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import InputError
from engine.pose.files.coco_json import to_coco_json
from engine.pose.files.open import read_annotations
from engine.pose.joints import COCO_17, MPII_16

NAMES = [
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
    "right_ankle",
]  # fmt: skip
KEYPOINTS = [v for i in range(17) for v in (10 * i, 7 * i, 2)]
PERSON: dict[str, Any] = {
    "id": 7, "image_id": 42, "category_id": 1, "iscrowd": 0, "bbox": [5, 6, 100.5, 200], "area": 9.0,
    "num_keypoints": 17, "keypoints": KEYPOINTS, "segmentation": [[1, 2, 3, 4, 5, 6]],
}  # fmt: skip


def content(*people: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "info": {}, "licenses": [],
        "images": [{"id": 42, "file_name": "000000000042.jpg", "width": 640, "height": 480, "license": 1}],
        "annotations": list(people),
        "categories": [{"id": 1, "name": "person", "keypoints": NAMES, "skeleton": [[16, 14]]}],
    } | changes  # fmt: skip


def write(folder: Path, data: dict[str, Any], name: str = "person_keypoints_val2017.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(data))
    return path


def test_reads_three_states_and_half_a_pixel(tmp_path: Path) -> None:
    hidden = list(KEYPOINTS)
    hidden[3 * 13 : 3 * 15] = [130, 91, 1, 0, 0, 0]  # left knee hidden, right knee not labelled
    nobody = PERSON | {"keypoints": [0] * 51, "num_keypoints": 0}
    crowd = PERSON | {"iscrowd": 1, "segmentation": {"counts": [1], "size": [1, 1]}}
    read = read_annotations(write(tmp_path, content(PERSON, nobody, crowd, PERSON | {"keypoints": hidden})))
    assert len(read) == 2
    a, b = read
    assert (a.image, a.split, a.size) == ("000000000042.jpg", "val", (640, 480))
    assert a.box == (5, 6, 105.5, 206)
    assert a.layout is COCO_17
    assert a.points[10].tolist() == [100.5, 70.5]
    assert a.joints[MPII_16.index("r_wrist")].tolist() == [100.5, 70.5]
    assert a.joints[MPII_16.index("pelvis")].tolist() == [115.5, 81]
    assert a.visibility[MPII_16.index("head_top")] == 0
    assert b.visibility[[MPII_16.index(j) for j in ("l_knee", "r_knee", "l_hip")]].tolist() == [1, 0, 2]
    assert b.person == "000000000042.jpg#2"


def test_written_is_read_back_equal(tmp_path: Path) -> None:
    fractional = list(KEYPOINTS)
    fractional[3:9] = [1.25, 2.5, 1, 0, 0, 0]
    first = read_annotations(write(tmp_path, content(PERSON, PERSON | {"keypoints": fractional})))
    path = tmp_path / "again_val.json"
    path.write_bytes(to_coco_json(first))
    second = read_annotations(path)
    for a, b in zip(first, second, strict=True):
        assert (a.image, a.size, a.box, a.split) == (b.image, b.size, b.box, b.split)
        np.testing.assert_array_equal(a.points, b.points)
        np.testing.assert_array_equal(a.seen, b.seen)
    written = json.loads(path.read_text())
    assert written["annotations"][0]["keypoints"] == KEYPOINTS
    assert written["annotations"][1]["num_keypoints"] == 16
    assert written["categories"][0]["keypoints"] == NAMES
    assert len(written["images"]) == 1


def test_categories_with_joints_of_their_own(tmp_path: Path) -> None:
    names = ["left_shoulder", "right_shoulder", "head", "neck"]
    category = {"id": 3, "name": "person", "keypoints": names}
    person = PERSON | {"category_id": 3, "keypoints": [0, 0, 2, 10, 0, 2, 5, -20, 2, 5, -5, 2], "bbox": None}
    other = PERSON | {"category_id": 9}
    (a,) = read_annotations(write(tmp_path, content(person, other, categories=[category]), "mine.json"))
    assert a.joints[MPII_16.index("thorax")].tolist() == [5.5, 0.5]
    assert a.joints[MPII_16.index("upper_neck")].tolist() == [5.5, -4.5]
    assert (a.split, a.box) == ("", None)
    path = tmp_path / "out.json"
    path.write_bytes(to_coco_json([a]))
    (again,) = read_annotations(path)
    assert again.joints[MPII_16.index("l_shoulder")].tolist() == [0.5, 0.5]
    assert again.box == (0.5, -19.5, 10.5, 0.5)  # the joints' own


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (content(PERSON | {"keypoints": KEYPOINTS[:48]}), r"annotations\.0\.keypoints has 48 numbers"),
        (content(PERSON | {"keypoints": [1, 2, 3] * 17}), r"annotations\.0.*not 0, 1 or 2"),
        (content(PERSON, PERSON | {"image_id": 1}), r"annotations\.1\.image_id 1"),
        (content(PERSON | {"keypoints": ["a"] * 51}), r"annotations\.0\.keypoints\.0"),
        (content(PERSON, images=[{"id": 1}]), r"images\.0\.file_name"),
        (content(PERSON, categories=[{"id": 1, "keypoints": ["tail"]}]), "no keypoint called “tail”"),
        (content(PERSON, categories=[{"id": 1, "keypoints": NAMES}, {"id": 2, "keypoints": ["nose"]}]), "different"),
        ({"annotations": []}, "images"),
    ],
)
def test_names_what_is_wrong(tmp_path: Path, data: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_annotations(write(tmp_path, data))
