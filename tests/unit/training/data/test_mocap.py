"""Motion capture on small files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import InputError
from engine.pose.joints import MPII_16
from training.data.mocap import (
    DEV_SUBJECTS,
    JOINTS_17,
    held_out,
    human_proportions,
    open_poses,
    thorax_rooted,
    to_camera_axes,
    to_mpii16,
)

AT = {name: i for i, name in enumerate(JOINTS_17)}


def write(path: Path, count: int = 4, **changes: Any) -> np.ndarray:
    joints = np.random.default_rng(1).normal(0, 300, (count, 17, 3)).astype(np.float16)
    joints[:, AT["pelvis"]] = 0
    data = {
        "joints": joints, "subject": np.arange(count) % 2, "seq": np.zeros(count, int), "frame": np.arange(count) * 4,
        "subjects": np.array(["cmu005", "cmu007"]), "sequences": np.array(["07_01"]),
        "joint_names": np.array(JOINTS_17),
    }  # fmt: skip
    np.savez(path, **(data | changes))
    return joints.astype(np.float32)


def test_reads_by_name_and_splits_by_person(tmp_path: Path) -> None:
    joints = write(tmp_path / "a.npz")
    back = np.array(JOINTS_17)[::-1]
    write(tmp_path / "b.npz", joints=joints[:, ::-1], joint_names=back)
    poses = open_poses(tmp_path)
    np.testing.assert_array_equal(poses.joints, np.concatenate([joints, joints]))
    assert poses.set.tolist() == ["a"] * 4 + ["b"] * 4
    assert poses.frame[:4].tolist() == [0, 4, 8, 12]
    assert poses.sequence[0] == "07_01"
    train, dev = poses.split("train"), poses.split("dev")
    assert set(dev.subject) == {"cmu005"}
    assert set(train.subject) == {"cmu007"}
    assert len(train) + len(dev) == len(poses) == 8
    np.testing.assert_array_equal(dev.joints, poses.joints[[0, 2, 4, 6]])


def test_those_who_may_be_among_the_actions_are_not_held_out() -> None:
    risky = {f"cmu{n:03d}" for n in (2, *range(6, 17), 35)}
    assert not risky & set(DEV_SUBJECTS)
    assert held_out("bandai2")
    assert not held_out("bandai1")


def test_poses_that_are_not_finite_are_left_out(tmp_path: Path) -> None:
    joints = write(tmp_path / "a.npz")
    joints[1, 3, 2] = np.nan
    write(tmp_path / "a.npz", joints=joints)
    assert open_poses(tmp_path / "a.npz").frame.tolist() == [0, 8, 12]


@pytest.mark.parametrize(
    "changes",
    [
        {"joints": np.zeros((4, 16, 3))},
        {"joints": np.zeros((3, 17, 3))},
        {"joint_names": np.array([*JOINTS_17[:16], "nose"])},
        {"subject": np.full(4, 7)},
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, changes: dict[str, Any]) -> None:
    write(tmp_path / "odd.npz", **changes)
    with pytest.raises(InputError, match=r"odd\.npz"):
        open_poses(tmp_path / "odd.npz")


def test_no_file_and_no_npz(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no motion capture"):
        open_poses(tmp_path)
    with pytest.raises(InputError, match=r"gone\.npz"):
        open_poses(tmp_path / "gone.npz")
    (tmp_path / "text.npz").write_text("hello")
    with pytest.raises(InputError, match=r"text\.npz"):
        open_poses([tmp_path / "text.npz"])


def test_thorax_is_the_middle_of_the_shoulders_and_root() -> None:
    points = np.random.default_rng(0).normal(0, 100, (3, 17, 3)).astype(np.float32)
    mpii = to_mpii16(points)
    middle = (points[:, AT["l_shoulder"]] + points[:, AT["r_shoulder"]]) / 2
    np.testing.assert_allclose(mpii[:, MPII_16.index("thorax")], middle)
    np.testing.assert_array_equal(mpii[:, MPII_16.index("l_wrist")], points[:, AT["l_wrist"]])
    rooted = thorax_rooted(mpii)
    assert not rooted[:, MPII_16.index("thorax")].any()
    np.testing.assert_allclose(rooted[:, 0], mpii[:, 0] - middle)


def test_who_faces_z_faces_the_camera_with_their_left_at_the_right() -> None:
    assert to_camera_axes([200, 900, 50]).tolist() == [200, -900, -50]


def test_human_proportions_change_three_lengths_and_no_limb() -> None:
    points = np.random.default_rng(0).normal(0, 100, (2, 17, 3)).astype(np.float32)
    points[:, AT["pelvis"]] = 0
    points[:, AT["l_hip"]] = -points[:, AT["r_hip"]]
    after = human_proportions(points)

    def bone(p: np.ndarray, a: str, b: str) -> np.ndarray:
        return p[:, AT[b]] - p[:, AT[a]]

    for a, b in [("l_hip", "l_knee"), ("r_knee", "r_ankle"), ("l_shoulder", "l_elbow"), ("r_elbow", "r_wrist")]:
        np.testing.assert_allclose(bone(after, a, b), bone(points, a, b), atol=1e-3)
    for a, b in [("l_shoulder", "r_shoulder"), ("l_hip", "r_hip")]:
        factor = 1.75 if "shoulder" in a else 1.45
        np.testing.assert_allclose(bone(after, a, b), factor * bone(points, a, b), rtol=1e-4, atol=1e-2)
    middle = (points[:, AT["l_shoulder"]] + points[:, AT["r_shoulder"]]) / 2
    after_middle = (after[:, AT["l_shoulder"]] + after[:, AT["r_shoulder"]]) / 2
    np.testing.assert_allclose(after_middle, 1.27 * middle, rtol=1e-4, atol=1e-2)
    np.testing.assert_allclose(
        after[:, AT["head_top"]] - after_middle, points[:, AT["head_top"]] - middle, rtol=1e-4, atol=1e-2
    )
