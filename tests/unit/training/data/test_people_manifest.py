"""The manifest of people on real small files."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import InputError
from engine.pose.joints import LSP_14, MPII_16
from training.data.people import open_people
from training.data.people_manifest import read_people_manifest

LINE: dict[str, Any] = {
    "set": "lsp", "split": "train", "image": "images/ä b.webp", "size": [70, 160],
    "joints": [[10.0 * i, 5.0 * i + 1] for i in range(14)], "visibility": [2] * 14,
}  # fmt: skip


def write(folder: Path, *lines: dict[str, Any]) -> Path:
    path = folder / "manifest.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n\n", encoding="utf-8")
    return path


def changed(key: str, index: int, value: Any) -> dict[str, Any]:
    """LINE with one entry of one of its lists changed."""
    values = list(LINE[key])
    values[index] = value
    return LINE | {key: values}


@pytest.mark.parametrize("by_folder", [False, True])
def test_reads_a_person_in_the_order_of_mpii(tmp_path: Path, by_folder: bool) -> None:
    path = write(tmp_path, LINE)
    (person,) = open_people(tmp_path if by_folder else path)
    assert (person.set, person.split, person.size) == ("lsp", "train", (70, 160))
    assert person.image == tmp_path / "images/ä b.webp"
    assert person.joints.shape == (16, 2)
    assert person.joints.dtype == np.float64
    for name in ("r_ankle", "l_wrist", "upper_neck", "head_top"):
        index = LSP_14.index(name)
        assert person.joints[MPII_16.index(name)].tolist() == LINE["joints"][index]
    assert person.joints[MPII_16.index("pelvis")].tolist() == [25.0, 13.5]  # hips are joints 2 and 3
    assert person.joints[MPII_16.index("thorax")].tolist() == [85.0, 43.5]  # shoulders are joints 8 and 9
    assert (person.visibility == 2).all()


def test_visibility_zero_is_unknown_and_a_middle_needs_both_ends(tmp_path: Path) -> None:
    line = changed("visibility", 2, 0)  # the right hip has a position, which does not count
    line["visibility"][9] = 1
    line["joints"] = [*LINE["joints"][:13], None]
    line["visibility"][13] = 0
    (person,) = open_people(write(tmp_path, line))
    for name in ("r_hip", "pelvis", "head_top"):
        assert np.isnan(person.joints[MPII_16.index(name)]).all()
        assert person.visibility[MPII_16.index(name)] == 0
    assert person.visibility[MPII_16.index("l_shoulder")] == 1
    assert person.visibility[MPII_16.index("thorax")] == 1
    assert np.isfinite(person.joints).sum() == 2 * 13


def test_people_of_one_photo_differ_and_travel(tmp_path: Path) -> None:
    first, second = open_people(write(tmp_path, LINE, LINE))
    assert first.person != second.person
    assert len({first, second}) == 2
    again = pickle.loads(pickle.dumps(first))
    assert again == first
    assert hash(again) == hash(first)
    np.testing.assert_array_equal(again.joints, first.joints)


def test_takes_one_split(tmp_path: Path) -> None:
    path = write(tmp_path, LINE, LINE | {"split": "dev", "image": "b.webp"})
    assert [person.image.name for person in open_people(path, "dev")] == ["b.webp"]
    with pytest.raises(InputError, match=r"split test.*dev, train"):
        open_people(path, "test")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (LINE | {"joints": LINE["joints"][:13]}, "joints"),
        (changed("joints", 3, None), "l_hip has visibility 2"),
        (changed("joints", 3, [1.0]), "joints: 3"),
        (changed("joints", 3, [1.0, float("nan")]), "joints: 3"),
        (changed("visibility", 0, 3), "visibility: 0"),
        (LINE | {"size": [0, 160]}, "size: 0"),
        (LINE | {"image": ""}, "image"),
    ],
)
def test_names_the_malformed_line(tmp_path: Path, line: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=f"Line 2 .*{says}"):
        open_people(write(tmp_path, LINE, line))


def test_missing_and_empty_manifests(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no manifest"):
        read_people_manifest(tmp_path)
    with pytest.raises(InputError, match="no person"):
        open_people(write(tmp_path))
