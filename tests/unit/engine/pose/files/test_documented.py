"""The files that the manual shows are files that are read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.pose.files.joints2d_json import read_joints2d
from engine.pose.files.pose_json import PoseFile
from engine.pose.joints import LAYOUTS, MPII_16

PAGE = Path(__file__).parents[5] / "docs" / "pose-files.md"


def examples() -> list[str]:
    return re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_pose_file(tmp_path: Path) -> None:
    path = tmp_path / "pose.json"
    path.write_text(examples()[0])
    file = PoseFile.read(path)
    (person,) = file.people
    joint = MPII_16.index("head_top")
    shown = person.hypotheses[0].camera.camera().project(person.pose())[joint]
    assert shown == pytest.approx(person.xy()[joint], abs=1)


@pytest.mark.parametrize("number", [1, 2])
def test_joints(tmp_path: Path, number: int) -> None:
    path = tmp_path / "joints2d.json"
    path.write_text(examples()[number])
    (person,) = read_joints2d(path)
    assert person.visibility[MPII_16.index("l_knee")] == 1
    assert person.visibility[[MPII_16.index("pelvis"), MPII_16.index("thorax")]].tolist() == [2, 2]


def test_layouts_and_joints_are_all_named() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert len(examples()) == 3
    for name in (*LAYOUTS, *MPII_16.joints):
        assert f"`{name}`" in text
