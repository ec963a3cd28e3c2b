"""The input of `lift`: by name, as a list, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import InputError
from engine.pose.files.joints2d_json import Joints2DFile, Person2D, read_joints2d
from engine.pose.joints import COCO_17, LSP_14, MPII_16


def write(folder: Path, **content: Any) -> Path:
    path = folder / "joints2d.json"
    path.write_text(json.dumps(content))
    return path


def test_by_name_with_what_follows_from_others(tmp_path: Path) -> None:
    joints = {"l_hip": [10, 20], "r_hip": [30, 22], "nose": [1, 1], "r_knee": None}
    (person,) = read_joints2d(write(tmp_path, people=[{"joints": joints, "visibility": {"l_hip": 1}}]))
    assert person.person is None
    assert person.xy[MPII_16.index("pelvis")].tolist() == [20, 21]
    assert person.visibility[[MPII_16.index(j) for j in ("pelvis", "l_hip", "r_hip", "r_knee")]].tolist() == [
        1, 1, 2, 0,
    ]  # fmt: skip
    assert np.isfinite(person.xy).all(1).sum() == 3


def test_the_file_s_own_pelvis_is_taken(tmp_path: Path) -> None:
    joints = {"l_hip": [10, 20], "r_hip": [30, 22], "pelvis": [0, 0]}
    (person,) = read_joints2d(write(tmp_path, people=[{"joints": joints}]))
    assert person.xy[MPII_16.index("pelvis")].tolist() == [0, 0]


@pytest.mark.parametrize("layout", [LSP_14, COCO_17, MPII_16])
def test_lists_in_a_layout(tmp_path: Path, layout: Any) -> None:
    joints: list[Any] = [[float(i), 2.0 * i] for i in range(len(layout.joints))]
    visibility = [2] * len(joints)
    joints[layout.index("l_knee")] = None
    visibility[layout.index("l_knee")] = 0
    visibility[layout.index("r_knee")] = 0  # a position that is not to be trusted
    people = [{"person": "a", "joints": joints, "visibility": visibility}, {"joints": joints}]
    first, second = read_joints2d(write(tmp_path, layout=layout.name, people=people))
    assert first.person == "a"
    assert first.xy[MPII_16.index("l_wrist")].tolist() == joints[layout.index("l_wrist")]
    assert np.isnan(first.xy[[MPII_16.index("l_knee"), MPII_16.index("r_knee")]]).all()
    assert second.visibility[MPII_16.index("r_knee")] == 2
    assert second.visibility[MPII_16.index("l_knee")] == 0


def test_written_and_read_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    xy = rng.uniform(-5, 700, (16, 2)).round(3)
    visibility = rng.integers(0, 3, 16)
    visibility[:3] = 0, 1, 2
    xy[visibility == 0] = np.nan
    # Neither of the middles can be guessed from the rest.
    visibility[MPII_16.index("r_hip")] = visibility[MPII_16.index("r_shoulder")] = 0
    visibility[MPII_16.index("thorax")] = 0
    xy[visibility == 0] = np.nan
    file = Joints2DFile.of([Person2D(xy, visibility, "p")], photo="x.jpg", size=(640, 480))
    path = tmp_path / "out.json"
    path.write_bytes(file.to_bytes())
    assert Joints2DFile.read(path) == file
    (person,) = read_joints2d(path)
    np.testing.assert_array_equal(person.visibility, visibility)
    np.testing.assert_array_equal(person.xy, xy)
    assert person.person == "p"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"people": []}, "people"),
        ({"people": [{"joints": {"tail": [0, 0]}}]}, r"people\.0\.joints: .*“tail”"),
        ({"people": [{"joints": {"r_hip": [0]}}]}, r"people\.0\.joints\.r_hip\.1: Field required"),
        ({"people": [{"joints": {"r_hip": [0, "a"]}}]}, r"people\.0\.joints\.r_hip\.1: "),
        ({"people": [{"joints": {"r_hip": None}, "visibility": {"r_hip": 2}}]}, "r_hip has a visibility"),
        ({"people": [{"joints": {"r_hip": [0, 0]}, "visibility": {"r_hip": 3}}]}, r"visibility\.r_hip"),
        ({"people": [{"joints": {"r_hip": [0, 0]}, "visibility": {"l_hip": 2}}]}, "visibility has l_hip"),
        ({"people": [{"joints": {"r_hip": [0, 0]}, "visibility": [2]}]}, "write both alike"),
        ({"people": [{"joints": [[0, 0]]}]}, "say its “layout”"),
        ({"layout": "lsp14", "people": [{"joints": [[0, 0]]}]}, "has 1 joints, lsp14 has 14"),
        ({"layout": "lsp14", "people": [{"joints": [[0, 0]] * 14, "visibility": [2]}]}, "1 visibilities"),
        ({"layout": "lsp", "people": [{"joints": [[0, 0]] * 14}]}, "no layout called “lsp”"),
        ({"people": [{"joints": {"r_hip": None}}]}, "no known joint"),
        ({"version": 2, "people": [{"joints": {"r_hip": [0, 0]}}]}, "another version"),
        ({"people": [{"joints": 3}]}, r"people\.0\.joints"),
    ],
)
def test_names_what_is_wrong(tmp_path: Path, content: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_joints2d(write(tmp_path, **content))
