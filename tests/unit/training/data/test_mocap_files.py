"""Makers' motion capture beside npz: who it is, how often, and in the same frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.errors import InputError
from engine.pose.files.bvh_write import to_bvh
from engine.pose.joints import MPII_16
from training.data.mocap import JOINTS_17, held_out, human_proportions, open_poses, to_camera_axes, to_mpii16

PELVIS = MPII_16.index("pelvis")


def a_pose() -> np.ndarray:
    """(16, 3) mm in camera axes with the pelvis between the hips and legs of human length."""
    pose = np.random.default_rng(0).normal(0, 200, (16, 3))
    left, right = MPII_16.index("l_hip"), MPII_16.index("r_hip")
    pose[PELVIS] = (pose[left] + pose[right]) / 2
    for side in "lr":
        hip, knee, ankle = (MPII_16.index(f"{side}_{j}") for j in ("hip", "knee", "ankle"))
        pose[knee], pose[ankle] = pose[hip] + (0, 420, 0), pose[hip] + (0, 500, 400)
    return pose


def write_bvh(path: Path, frames: int = 1, rate: float = 120.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    *start, announced, _, motion = to_bvh(a_pose()).decode().splitlines()
    assert announced == "Frames: 1"
    path.write_text("\n".join([*start, f"Frames: {frames}", f"Frame Time: {1 / rate}", *[motion] * frames]))
    return path


def write_h36m(path: Path) -> Path:
    places = np.random.default_rng(0).normal(0, 0.3, (50, 32, 3)).astype(np.float32)
    np.savez(path, positions_3d=np.array({"S1": {"Walking": places}, "S9": {"Sitting 1": places[:1]}}, object))
    return path


def test_bvh_is_in_the_frame_of_motion_capture(tmp_path: Path) -> None:
    poses = open_poses(write_bvh(tmp_path / "07" / "07_01.bvh"))
    assert poses.joints.dtype == np.float32
    expected = to_camera_axes(a_pose() - a_pose()[PELVIS])  # its own inverse
    known = [i for i, joint in enumerate(MPII_16.joints) if joint != "pelvis"]
    np.testing.assert_allclose(poses.joints[0, known], expected[known], atol=0.01)
    assert to_mpii16(poses.joints).shape == (1, 16, 3)


@pytest.mark.parametrize(
    ("name", "subject"),
    [("07_01", "cmu007"), ("133_2", "cmu133"), ("dataset-2_walk_sad_001", "bandai2"), ("jump", "folder")],
)
def test_who_it_is(tmp_path: Path, name: str, subject: str) -> None:
    poses = open_poses(write_bvh(tmp_path / "folder" / f"{name}.bvh"))
    assert (poses.subject[0], poses.sequence[0], poses.set[0]) == (subject, name, "folder")
    assert held_out(subject) == (subject in ("cmu133", "bandai2"))


def test_bandai_is_brought_to_human_proportions(tmp_path: Path) -> None:
    plain = open_poses(write_bvh(tmp_path / "a" / "x.bvh")).joints
    bandai = open_poses(write_bvh(tmp_path / "a" / "dataset-1_bow_001.bvh")).joints
    np.testing.assert_array_equal(bandai, human_proportions(plain))
    assert not np.array_equal(bandai, plain)


def test_fifteen_poses_a_second(tmp_path: Path) -> None:
    assert open_poses(write_bvh(tmp_path / "a.bvh", frames=20)).frame.tolist() == [0, 8, 16]
    assert open_poses(write_bvh(tmp_path / "b.bvh", frames=3, rate=10)).frame.tolist() == [0, 1, 2]


def test_human36m_and_its_test_subjects(tmp_path: Path) -> None:
    poses = open_poses(write_h36m(tmp_path / "data_3d_h36m.npz"))
    assert set(poses.subject) == {"h36mS1", "h36mS9"}
    assert set(poses.split("dev").subject) == {"h36mS9"}
    assert poses.split("train").frame.tolist() == list(range(0, 50, 3))
    assert poses.sequence[-1] == "Sitting 1"
    np.testing.assert_array_equal(poses.joints[:, JOINTS_17.index("pelvis")], 0)


def test_a_folder_of_both(tmp_path: Path) -> None:
    write_h36m(tmp_path / "data_3d_h36m.npz")
    write_bvh(tmp_path / "07_01.bvh")
    assert {"cmu007", "h36mS1", "h36mS9"} == set(open_poses(tmp_path).subject)


def test_names_the_malformed_file(tmp_path: Path) -> None:
    (tmp_path / "x.bvh").write_text("HIERARCHY\nJOINT\n")
    with pytest.raises(InputError, match=r"Line 2 of x\.bvh"):
        open_poses(tmp_path)
    np.savez(tmp_path / "y.npz", positions_3d=np.array({}, object))
    with pytest.raises(InputError, match=r"no recording in .*y\.npz"):
        open_poses(tmp_path / "y.npz")
