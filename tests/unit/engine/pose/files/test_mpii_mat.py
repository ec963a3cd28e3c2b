"""MPII's .mat in the structure of the release, written by scipy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from engine.errors import InputError
from engine.pose.files.mpii_mat import read_mpii_mat
from engine.pose.files.open import read_annotations
from engine.pose.joints import MPII_16

EMPTY = np.zeros((0, 0))


def structs(*rows: dict[str, Any]) -> Any:
    """A struct array: rows lack fields that others have, which are then empty."""
    keys = list(dict.fromkeys(key for row in rows for key in row))
    array = np.empty((1, len(rows)), [(key, object) for key in keys])
    for i, row in enumerate(rows):
        for key in keys:
            array[0, i][key] = row.get(key, EMPTY)
    return array


def person(*points: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"annopoints": structs({"point": structs(*points)}), **more}


HEAD = {"x1": 100.0, "y1": 50.0, "x2": 130.0, "y2": 90.0}
ANKLE = {"x": 610.0, "y": 394.0, "id": 0, "is_visible": 0}
KNEE = {"x": 600.0, "y": 300.0, "id": 1, "is_visible": 1}
TOP = {"x": 620.5, "y": 56.25, "id": 9, "is_visible": EMPTY}


def release(folder: Path, people: list[Any], train: Any = (1, 0, 1)) -> Path:
    photos = [
        {"image": structs({"name": f"{i:09}.jpg"}), "annorect": each, "frame_sec": EMPTY, "vididx": EMPTY}
        for i, each in enumerate(people)
    ]
    path = folder / "mpii_human_pose_v1_u12_1.mat"
    savemat(path, {"RELEASE": {"annolist": structs(*photos), "img_train": np.array([train]), "version": "12"}})
    return path


def test_reads_everyone_with_joints(tmp_path: Path) -> None:
    first = person(ANKLE, KNEE, TOP, **HEAD, scale=3.02, objpos=structs({"x": 594.0, "y": 257.0}))
    second = person({"x": 5, "y": 7, "id": 15})  # nothing but one joint
    test_person = {"scale": 1.0, "objpos": structs({"x": 1.0, "y": 2.0})}
    path = release(tmp_path, [structs(first, second), structs(test_person), EMPTY])
    a, b = read_annotations(path)
    assert (a.image, a.person, a.split) == ("000000000.jpg", "000000000.jpg#1", "train")
    assert b.person == "000000000.jpg#2"
    assert a.at == "annolist(1).annorect(1)"
    assert a.visibility.tolist() == [1, 2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0]
    # MATLAB's first pixel has its centre at 1, ours at 0.5.
    assert a.joints[[0, 1, 9]].tolist() == [[609.5, 393.5], [599.5, 299.5], [620.0, 55.75]]
    assert np.isnan(a.joints[MPII_16.index("thorax")]).all()
    assert a.head_box == (99.5, 49.5, 129.5, 89.5)
    assert a.head == pytest.approx(0.6 * 50)
    assert a.center == (593.5, 256.5)
    assert a.scale == 3.02
    assert (b.head, b.center, b.scale, b.window()) == (None, None, None, None)
    assert b.joints[15].tolist() == [4.5, 6.5]


def test_one_photo_with_one_person_is_no_array_in_matlab(tmp_path: Path) -> None:
    path = release(tmp_path, [structs(person(KNEE))], train=[0])
    (a,) = read_mpii_mat(path)
    assert a.split == "test"
    assert a.visibility.sum() == 2


def test_numbers_as_text_and_empty_fields(tmp_path: Path) -> None:
    odd = person({"x": "12", "y": 3.0, "id": "4", "is_visible": "0"}, **HEAD | {"x2": EMPTY}, scale=EMPTY, objpos=EMPTY)
    (a,) = read_mpii_mat(release(tmp_path, [structs(odd), EMPTY, EMPTY]))
    assert a.visibility[4] == 1
    assert a.joints[4].tolist() == [11.5, 2.5]
    assert (a.head, a.center, a.scale) == (None, None, None)


@pytest.mark.parametrize(
    ("point", "says"),
    [
        (KNEE | {"id": 16}, r"annolist\(2\)\.annorect\(1\).*id 16"),
        (KNEE | {"x": EMPTY}, r"annolist\(2\)\.annorect\(1\).*no id, x or y"),
        (KNEE | {"y": float("nan")}, "no id, x or y"),
    ],
)
def test_names_the_malformed_person(tmp_path: Path, point: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_mpii_mat(release(tmp_path, [EMPTY, structs(person(point)), EMPTY]))


def test_other_and_damaged_files(tmp_path: Path) -> None:
    path = tmp_path / "x.mat"
    savemat(path, {"RELEASE": {"version": 1}})
    with pytest.raises(InputError, match=r"no RELEASE\.annolist"):
        read_annotations(path)
    savemat(path, {"other": 1})
    with pytest.raises(InputError, match=r"no RELEASE\.annolist"):
        read_annotations(path)
    whole = release(tmp_path, [structs(person(KNEE)), EMPTY, EMPTY]).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="not a readable MATLAB file"):
        read_annotations(path)
    path.write_bytes(b"MATLAB 7.3 MAT-file, Platform: x".ljust(124) + b"\x00\x02IM" + b"\0" * 600)
    with pytest.raises(InputError, match="MATLAB file"):
        read_annotations(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_annotations(tmp_path / "none.mat")
