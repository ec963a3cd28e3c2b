"""DeepSkel's pose file: what is written is read back, and mistakes are named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import InputError
from engine.pose.camera import WeakPerspective
from engine.pose.files.pose_json import CameraRecord, HypothesisRecord, PersonRecord, PoseFile
from engine.pose.joints import MPII_16

THORAX = MPII_16.index("thorax")


def a_pose(seed: int) -> np.ndarray:
    pose = np.random.default_rng(seed).normal(0, 300, (16, 3))
    return pose - pose[THORAX]


def a_file(*, all_poses: bool = True) -> PoseFile:
    camera = WeakPerspective(0.123456789012345, 200.125, 99.5)
    poses = [a_pose(0), a_pose(1)]
    poses[1][MPII_16.index("l_wrist")] = np.nan
    xy = camera.project(poses[0])
    xy[3] = np.nan
    hypotheses = [
        HypothesisRecord.of(poses[0], camera, 3.25, width=8, crop=1.25, score=-0.5, sigma=np.full(16, 40.0)),
        HypothesisRecord.of(poses[1], camera, 4.5, width=4, crop=0.8),
    ]
    person = PersonRecord.of(
        xy, hypotheses, 1, confidence=np.linspace(0, 1, 16), all_poses=all_poses, person="ä", box=(1, 2, 3, 4)
    )
    return PoseFile(photo="fülle.jpg", width=640, height=480, people=[person])


@pytest.mark.parametrize("all_poses", [True, False])
def test_reads_back_what_was_written(tmp_path: Path, all_poses: bool) -> None:
    file = a_file(all_poses=all_poses)
    path = tmp_path / "pose.json"
    path.write_bytes(file.to_bytes())
    assert PoseFile.read(path) == file
    assert PoseFile.read(path).to_bytes() == file.to_bytes()
    assert max(map(len, path.read_text("utf-8").splitlines())) <= 121  # a comma after what just fits


def test_holds_joints_by_name_and_the_camera_exactly() -> None:
    content = json.loads(a_file().to_bytes())
    person = content["people"][0]
    assert content["format"] == "deepskel pose"
    assert content["root"] == "thorax"
    assert person["chosen"] == 1
    assert person["hypotheses"][0]["joints3d"]["thorax"] == [0, 0, 0]
    assert person["hypotheses"][0]["camera"]["scale"] == 0.123456789012345
    assert [h["reprojection_error"] for h in person["hypotheses"]] == [3.25, 4.5]
    assert set(person["joints2d"]) == set(MPII_16.joints) - {MPII_16.joints[3]}
    assert "l_wrist" not in person["hypotheses"][1]["joints3d"]


def test_gives_arrays_back() -> None:
    (person,) = a_file().people
    expected = a_pose(1)
    expected[MPII_16.index("l_wrist")] = np.nan
    np.testing.assert_allclose(person.pose(), expected, atol=5.1e-4)
    assert np.isnan(person.xy()[3]).all()
    np.testing.assert_allclose(person.confidence()[[0, 15]], [0, 1])
    assert np.isnan(person.confidence()[3])
    camera = person.hypotheses[0].camera.camera()
    first = person.hypotheses[0].pose()
    assert first is not None
    np.testing.assert_allclose(np.delete(camera.project(first), 3, 0), np.delete(person.xy(), 3, 0), atol=1e-3)


def test_without_all_poses_the_chosen_one_stays() -> None:
    (person,) = a_file(all_poses=False).people
    assert [h.joints3d is None for h in person.hypotheses] == [True, False]
    assert person.hypotheses[0].pose() is None
    assert person.hypotheses[0].reprojection_error == 3.25


def test_moves_the_thorax_to_the_origin_and_keeps_the_picture() -> None:
    camera = WeakPerspective(0.2, 10, 20)
    pose = a_pose(2) + np.array([5.0, -7.0, 11.0])
    record = HypothesisRecord.of(pose, camera, 0)
    moved = record.pose()
    assert moved is not None
    assert moved[THORAX].tolist() == [0, 0, 0]
    np.testing.assert_allclose(record.camera.camera().project(moved), camera.project(pose), atol=1e-3)


def test_refuses_poses_that_are_none() -> None:
    camera = WeakPerspective(1, 0, 0)
    with pytest.raises(InputError, match="16 joints"):
        HypothesisRecord.of(np.zeros((17, 3)), camera, 0)
    headless = np.zeros((16, 3))
    headless[THORAX] = np.nan
    with pytest.raises(InputError, match="thorax"):
        HypothesisRecord.of(headless, camera, 0)
    with pytest.raises(InputError, match="16 joints"):
        PersonRecord.of(np.zeros((14, 2)), [HypothesisRecord.of(np.zeros((16, 3)), camera, 0)])


def changed(*keys: Any, value: Any) -> bytes:
    """The file with one value replaced, or removed when it is `...`."""
    content: Any = json.loads(a_file().to_bytes())
    inner = content
    for key in keys[:-1]:
        inner = inner[key]
    if value is ...:
        del inner[keys[-1]]
    else:
        inner[keys[-1]] = value
    return json.dumps(content).encode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (changed("version", value=2), "another version"),
        (changed("format", value="deepskel skeleton"), "format"),
        (changed("root", value="pelvis"), "root"),
        (changed("photos", value=1), "photos: Extra"),
        (changed("people", 0, "chosen", value=2), r"people\.0.*chosen is 2"),
        (changed("people", 0, "hypotheses", value=[]), r"people\.0\.hypotheses"),
        (changed("people", 0, "hypotheses", 1, "joints3d", value=...), "chosen hypothesis 1 has no joints3d"),
        (changed("people", 0, "hypotheses", 0, "camera", "scale", value=0), r"hypotheses\.0\.camera\.scale"),
        (changed("people", 0, "hypotheses", 0, "joints3d", "tail", value=[0, 0, 0]), "tail"),
        (changed("people", 0, "hypotheses", 0, "joints3d", "r_hip", value=[0, 0]), r"joints3d\.r_hip"),
        (changed("people", 0, "joints2d", "r_hip", "confidence", value=1.5), r"joints2d\.r_hip\.confidence"),
        (b'{"format": ', "the file"),
        (b"[]", "the file"),
        (changed("people", 0, "box", value=[float("nan")] * 4), "box|the file"),
    ],
)
def test_names_what_is_wrong(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "pose.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says):
        PoseFile.read(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        PoseFile.read(tmp_path / "none.json")


def test_camera_record_is_the_camera() -> None:
    camera = WeakPerspective(1 / 3, -1e-9, 1e9)
    assert CameraRecord.of(camera).camera() == camera
