"""The project that the manual shows is one that is read, and its words are those of the code."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest

from engine.pose.joints import MPII_16
from engine.pose.kinematics import LIMBS
from engine.pose.project.exports import EXPORTS
from engine.pose.project.exports.npz import to_npz
from engine.pose.project.person import FROM_2D, FROM_3D
from engine.pose.project.project import Project
from engine.pose.project.project_file import Header, from_bytes, to_bytes
from engine.pose.project.record import PersonLine
from tests.unit.engine.pose.someone import CAMERA, POSE

PAGE = Path(__file__).parents[5] / "docs" / "pose-project.md"


def example() -> bytes:
    (found,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return found.encode()


def test_the_example_is_a_project(tmp_path: Path) -> None:
    path = tmp_path / "set.json"
    path.write_bytes(example())
    project = Project.open(path)
    first, second = project.people
    np.testing.assert_array_equal(first.state.pose, POSE)
    assert first.state.camera == CAMERA
    rows = [MPII_16.index(name) for name in ("r_ankle", "r_knee", "l_wrist")]
    assert first.state.visibility[rows].tolist() == [0, 2, 1]
    assert first.state.error() == pytest.approx(
        np.hypot(1.5, 0.25) / 3
    )  # the wrist's, the other two are where they fall
    assert (first.reviewed, first.seconds, first.state.fixed) == (True, 31.5, {"l_arm"})
    assert (second.flagged, second.state.pose, second.box) == (True, None, (300.0, 40.0, 420.0, 400.0))
    assert project.source is not None
    assert project.source.path.name == "valid.json"


def test_the_example_is_written_like_that() -> None:
    header, people = from_bytes(example(), "example")
    assert to_bytes(header, people) == example()


def test_every_key_and_word_is_named() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for word in (*PersonLine.model_fields, *Header.model_fields, *FROM_2D, *FROM_3D, *LIMBS, *EXPORTS):
        assert f"`{word}`" in text or f'"{word}"' in text, word
    with np.load(io.BytesIO(to_npz([]))) as archive:
        for name in set(archive.files) - {"coordinates2d", "coordinates3d", "version"}:
            assert f"`{name}`" in text, name
