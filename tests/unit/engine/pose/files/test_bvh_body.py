"""Skeletons of several makers as the body's 17 joints, and a pose written and read back."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from engine.errors import InputError
from engine.pose.files.body import BODY_17
from engine.pose.files.bvh import read_bvh
from engine.pose.files.bvh_body import canonical, read_bvh_motion
from engine.pose.files.bvh_write import to_bvh
from engine.pose.joints import MPII_16

Tree = dict[str, tuple[tuple[float, float, float], "Tree"]]


class Words(NamedTuple):
    """How a maker calls the joints; {} is the side."""

    left: str
    right: str
    leg: tuple[str, str, str]
    arm: tuple[str, str, str, str]
    trunk: tuple[str, str, str]
    neck: str
    head: str


MAKERS = {
    "cmu": Words("Left", "Right", ("{}UpLeg", "{}Leg", "{}Foot"), ("{}Shoulder", "{}Arm", "{}ForeArm", "{}Hand"),
                 ("Hips", "LowerBack", "Spine"), "Neck", "Head"),
    "mixamo": Words("Left", "Right", ("mixamorig:{}UpLeg", "mixamorig:{}Leg", "mixamorig:{}Foot"),
                    ("mixamorig:{}Shoulder", "mixamorig:{}Arm", "mixamorig:{}ForeArm", "mixamorig:{}Hand"),
                    ("mixamorig:Hips", "mixamorig:Spine", "mixamorig:Spine1"), "mixamorig:Neck", "mixamorig:Head"),
    "bandai": Words("L", "R", ("UpperLeg_{}", "LowerLeg_{}", "Foot_{}"),
                    ("Shoulder_{}", "UpperArm_{}", "LowerArm_{}", "Hand_{}"), ("Hips", "Spine", "Chest"), "Neck",
                    "Head"),
    "smpl": Words("L", "R", ("{}_Hip", "{}_Knee", "{}_Ankle"), ("{}_Collar", "{}_Shoulder", "{}_Elbow", "{}_Wrist"),
                  ("Pelvis", "Spine1", "Spine2"), "Neck", "Head"),
    "biped": Words("L", "R", ("Bip01 {} Thigh", "Bip01 {} Calf", "Bip01 {} Foot"),
                   ("Bip01 {} Clavicle", "Bip01 {} UpperArm", "Bip01 {} Forearm", "Bip01 {} Hand"),
                   ("Bip01 Pelvis", "Bip01 Spine", "Bip01 Spine1"), "Bip01 Neck", "Bip01 Head"),
    "daz": Words("l", "r", ("{}Thigh", "{}Shin", "{}Foot"), ("{}Collar", "{}Shldr", "{}ForeArm", "{}Hand"),
                 ("hip", "abdomen", "chest"), "neck", "head"),
    "unreal": Words("l", "r", ("thigh_{}", "calf_{}", "foot_{}"),
                    ("clavicle_{}", "upperarm_{}", "lowerarm_{}", "hand_{}"), ("pelvis", "spine_01", "spine_02"),
                    "neck_01", "head"),
}  # fmt: skip


def a_person(words: Words, *, head: float = 22.0, neck: tuple[float, float, float] = (0, 12, 0)) -> Tree:
    """A standing person in centimetres, arms to the sides."""

    def limbs(side: str, x: float) -> tuple[Tree, Tree]:
        u, le, f = (name.format(side) for name in words.leg)
        c, a, fa, h = (name.format(side) for name in words.arm)
        leg: Tree = {u: ((9 * x, -6, 0), {le: ((0, -42, 0), {f: ((0, -41, 0), {"": ((0, -5, 12), {})})})})}
        hand: Tree = {h: ((26 * x, 0, 0), {"": ((9 * x, 0, 0), {})})}
        arm: Tree = {c: ((3 * x, 8, 0), {a: ((15 * x, 0, 0), {fa: ((28 * x, 0, 0), hand)})})}
        return leg, arm

    (left_leg, left_arm), (right_leg, right_arm) = limbs(words.left, 1), limbs(words.right, -1)
    top: Tree = {words.neck: (neck, {words.head: ((0, 10, 1), {"": ((0, head, 0), {})})}), **left_arm, **right_arm}
    _, low, high = words.trunk
    return {words.trunk[0]: ((0, 95, 0), {**left_leg, **right_leg, low: ((0, 10, 0), {high: ((0, 14, 0), top)})})}


def text_of(tree: Tree, scale: float = 1.0, frames: int = 1) -> str:
    channels = 0

    def lines(tree: Tree, root: bool) -> list[str]:
        nonlocal channels
        text = []
        for name, (offset, children) in tree.items():
            numbers = " ".join(str(v * scale) for v in offset)
            if not name:
                text += ["End Site", "{", f"OFFSET {numbers}", "}"]
                continue
            order = "Zrotation Yrotation Xrotation"
            order = f"6 Xposition Yposition Zposition {order}" if root else f"3 {order}"
            channels += 6 if root else 3
            text += [f"{'ROOT' if root else 'JOINT'} {name}", "{", f"OFFSET {numbers}", f"CHANNELS {order}"]
            text += [*lines(children, False), "}"]
        return text

    body = lines(tree, True)
    rows = [" ".join(["0"] * channels)] * frames
    return "\n".join(["HIERARCHY", *body, "MOTION", f"Frames: {frames}", "Frame Time: 0.01", *rows]) + "\n"


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "x.bvh"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


STANDING = {
    "l_hip": (90, 0, 0), "r_hip": (-90, 0, 0), "l_knee": (90, -420, 0), "r_ankle": (-90, -830, 0), "pelvis": (0, 0, 0),
    "thorax": (0, 420, 0), "upper_neck": (0, 520, 10), "head_top": (0, 740, 10), "l_shoulder": (180, 380, 0),
    "r_elbow": (-460, 380, 0), "l_wrist": (720, 380, 0), "spine": (0, 300, 0),
}  # fmt: skip


@pytest.mark.parametrize("maker", MAKERS)
def test_joints_are_found_by_the_maker_s_names(tmp_path: Path, maker: str) -> None:
    motion = read_bvh_motion(write(tmp_path, text_of(a_person(MAKERS[maker]), frames=2)))
    assert motion.joints.shape == (2, 17, 3)
    assert motion.joints.dtype == np.float32
    assert motion.frame_time == 0.01
    for joint, place in STANDING.items():
        np.testing.assert_allclose(motion.joints[1, BODY_17.index(joint)], place, atol=1e-3, err_msg=joint)


@pytest.mark.parametrize("unit", [1.0, 10.0, 25.4, 25.4 / 0.45, 1000.0])
def test_the_unit_is_told_by_the_legs(tmp_path: Path, unit: float) -> None:
    tree = a_person(MAKERS["smpl"])
    for size in (0.8, 1.0, 1.15):
        motion = read_bvh_motion(write(tmp_path, text_of(tree, 10 * size / unit)))
        np.testing.assert_allclose(motion.joints[0, BODY_17.index("l_ankle"), 1], -830 * size, rtol=1e-4)
    given = read_bvh_motion(write(tmp_path, text_of(tree, 10 / unit)), unit_mm=2 * unit)
    np.testing.assert_allclose(given.joints[0, BODY_17.index("l_ankle"), 1], -1660, rtol=1e-4)


def test_head_that_ends_inside_the_head_is_made_longer(tmp_path: Path) -> None:
    motion = read_bvh_motion(write(tmp_path, text_of(a_person(MAKERS["cmu"], head=9))))
    top, neck = (motion.joints[0, BODY_17.index(j)] for j in ("head_top", "upper_neck"))
    np.testing.assert_allclose(top - neck, [0, 190, 0], atol=1e-3)
    motion = read_bvh_motion(write(tmp_path, text_of(a_person(MAKERS["cmu"], head=0))))
    top, neck, thorax = (motion.joints[0, BODY_17.index(j)] for j in ("head_top", "upper_neck", "thorax"))
    way = (neck - thorax) / np.linalg.norm(neck - thorax)
    np.testing.assert_allclose(top - neck, 190 * way, atol=1e-3)  # the neck's own direction


def test_the_back_s_third_bone_that_cmu_s_files_have_lost(tmp_path: Path) -> None:
    text = text_of(a_person(MAKERS["cmu"], neck=(0, 0, 0))).replace("OFFSET 3.0 8.0 0.0", "OFFSET 0 0 0")
    text = text.replace("OFFSET -3.0 8.0 0.0", "OFFSET 0 0 0")
    motion = read_bvh_motion(write(tmp_path, text))
    # Hips at 95, spine 10 + 14 above; as much again as the last 14, and 6 to the middle of the hips.
    np.testing.assert_allclose(motion.joints[0, BODY_17.index("thorax")], [0, 440, 0], atol=1e-3)
    np.testing.assert_allclose(motion.joints[0, BODY_17.index("l_shoulder")], [150, 440, 0], atol=1e-3)


def test_without_a_neck_the_thorax_is_between_the_shoulders(tmp_path: Path) -> None:
    text = text_of(a_person(MAKERS["cmu"])).replace("JOINT Neck", "JOINT Collar")
    motion = read_bvh_motion(write(tmp_path, text))
    np.testing.assert_allclose(motion.joints[0, BODY_17.index("thorax")], [0, 380, 0], atol=1e-3)


def test_names_what_a_skeleton_lacks(tmp_path: Path) -> None:
    text = text_of(a_person(MAKERS["cmu"])).replace("Leg", "Bone").replace("UpBone", "UpLeg")
    with pytest.raises(InputError, match=r"known as l_knee, r_knee.*UpLeg"):
        read_bvh_motion(write(tmp_path, text))


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("mixamorig:LeftUpLeg", ("l", "upleg")), ("mixamorig5:HeadTop_End", ("", "headtopend")),
        ("Bip001 R Forearm", ("r", "forearm")), ("RHipJoint", ("r", "hipjoint")), ("lShldr", ("l", "shldr")),
        ("UpperArm_L", ("l", "upperarm")), ("spine_02", ("", "spine2")), ("rhip", ("r", "hip")), ("leg", ("", "leg")),
        ("m_avg_R_Knee", ("r", "knee")), ("RightHandThumb1", ("r", "handthumb1")), ("", ("", "")),
    ],
)  # fmt: skip
def test_canonical_names(name: str, meant: tuple[str, str]) -> None:
    assert canonical(name) == meant


def to_mocap_axes(pose: np.ndarray) -> np.ndarray:
    return (pose - pose[MPII_16.index("pelvis")]) * [1, -1, -1]


@pytest.mark.parametrize("seed", range(5))
def test_a_pose_written_is_read_back(tmp_path: Path, seed: int) -> None:
    """Any pose at all: its bones need not be those of a person."""
    pose = np.random.default_rng(seed).normal(0, 300, (16, 3))
    path = write(tmp_path, to_bvh(pose))
    motion = read_bvh_motion(path, unit_mm=10)
    expected = to_mocap_axes(pose)
    for joint in set(MPII_16.joints) - {"pelvis"}:
        expected_at = expected[MPII_16.index(joint)]
        # The reader's pelvis is the middle of the hips.
        middle = (expected[MPII_16.index("l_hip")] + expected[MPII_16.index("r_hip")]) / 2
        np.testing.assert_allclose(
            motion.joints[0, BODY_17.index(joint)], expected_at - middle, atol=0.01, err_msg=joint
        )


def test_written_skeleton_stands_in_a_t_at_rest(tmp_path: Path) -> None:
    """A person who faces the camera and raises the left arm: at rest the arms are level and the legs hang."""
    standing = np.array([STANDING.get(j, (0, 0, 0)) for j in MPII_16.joints], float)
    standing[MPII_16.index("r_knee")] = (-90, -420, 0)
    standing[MPII_16.index("l_ankle")] = (90, -830, 0)
    standing[MPII_16.index("r_shoulder")] = (-180, 380, 0)
    standing[MPII_16.index("r_wrist")] = (-720, 380, 0)
    standing[MPII_16.index("l_elbow")] = (180, 660, 0)
    standing[MPII_16.index("l_wrist")] = (180, 920, 0)
    bvh = read_bvh(write(tmp_path, to_bvh(standing * [1, -1, -1])))
    rest = dict(zip(bvh.names, bvh.rest(), strict=True))
    np.testing.assert_allclose(rest["LeftForeArm"] - rest["LeftArm"], [28, 0, 0], atol=1e-5)
    np.testing.assert_allclose(rest["LeftHand"] - rest["LeftForeArm"], [26, 0, 0], atol=1e-5)
    np.testing.assert_allclose(rest["RightLeg"] - rest["RightUpLeg"], [0, -42, 0], atol=1e-5)
    np.testing.assert_allclose(rest["LeftUpLeg"] - rest["Hips"], [9, 0, 0], atol=1e-5)


@pytest.mark.parametrize("pose", [np.zeros((17, 3)), np.full((16, 3), np.nan)])
def test_writing_needs_all_joints(pose: np.ndarray) -> None:
    with pytest.raises(InputError, match="all 16 joints"):
        to_bvh(pose)
