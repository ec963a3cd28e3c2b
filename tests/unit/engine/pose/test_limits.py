import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from engine.errors import InputError
from engine.pose.joints import MPII_16
from engine.pose.kinematics import bone_index, bone_lengths, flip_depth, mirror, rotate_bone
from engine.pose.limits import NAMES, Limits, excess, to_limits, within_limits

AT = MPII_16.index


@pytest.fixture
def standing():
    pose = np.zeros((16, 3))
    for name, place in {
        "upper_neck": (0, -110, 0), "head_top": (0, -310, 0), "pelvis": (0, 500, 0),
        "l_shoulder": (180, 0, 0), "l_elbow": (200, 280, 20), "l_wrist": (210, 530, -30),
        "l_hip": (100, 500, 0), "l_knee": (110, 900, -30), "l_ankle": (110, 1320, 20),
    }.items():  # fmt: skip
        pose[AT(name)] = place
        if name.startswith("l_"):
            pose[AT("r_" + name[2:])] = np.array(place) * (-1, 1, 1)
    return pose


def bend(pose, parent, child, axis, degrees):
    return rotate_bone(pose, bone_index(parent, child), Rotation.from_euler(axis, degrees, degrees=True))


def passed(pose):
    return {name for name, value in zip(NAMES, excess(pose), strict=True) if value > 0}


def test_standing_is_within(standing):
    assert within_limits(standing)
    assert within_limits(mirror(standing))


@pytest.mark.parametrize(
    "turns",
    [
        [("l_hip", "l_knee", "x", -90), ("l_knee", "l_ankle", "x", 95)],  # sitting
        [("l_hip", "l_knee", "x", -120), ("l_knee", "l_ankle", "x", 140)],  # a deep squat
        [("r_hip", "r_knee", "z", 80)],  # a leg split sideways
        [("l_hip", "l_knee", "x", -150)],  # a kick to the head
        [("l_shoulder", "l_elbow", "z", -170)],  # an arm straight up
        [("l_elbow", "l_wrist", "x", -140)],  # a hand at the shoulder
        [("r_hip", "r_knee", "x", 50), ("r_knee", "r_ankle", "x", 80)],  # a runner's rear leg
    ],
)
def test_what_athletes_do_is_within(standing, turns):
    pose = standing
    for turn in turns:
        pose = bend(pose, *turn)
    assert passed(pose) == set()


@pytest.mark.parametrize(
    ("turn", "name"),
    [
        (("l_knee", "l_ankle", "x", -60), "l_knee_side"),  # a knee that bends forward
        (("r_knee", "r_ankle", "x", 172), "r_knee"),
        (("r_elbow", "r_wrist", "x", -160), "r_elbow"),
        (("l_hip", "l_knee", "x", 90), "l_thigh"),  # a thigh straight behind
        (("l_hip", "l_knee", "z", 58), "l_thigh"),  # a thigh across the other
        (("thorax", "upper_neck", "x", 110), "neck"),
        (("upper_neck", "head_top", "x", -100), "head"),
    ],
)
def test_what_nobody_does_is_not(standing, turn, name):
    assert name in passed(bend(standing, *turn))


def test_a_trunk_wrung_out(standing):
    pose = standing.copy()
    pose[AT("l_hip")], pose[AT("r_hip")] = pose[AT("r_hip")].copy(), pose[AT("l_hip")].copy()
    assert "twist" in passed(pose)


def test_limits_turn_with_the_person(standing):
    turn = Rotation.from_euler("yxz", (130, 40, -20), degrees=True)
    wrong = bend(standing, "l_knee", "l_ankle", "x", -60)
    np.testing.assert_allclose(excess(turn.apply(wrong)), excess(wrong), atol=1e-6)


def test_seen_from_behind_in_depth_the_knees_are_wrong(standing):
    sitting = standing
    for side in "lr":
        sitting = bend(sitting, f"{side}_hip", f"{side}_knee", "x", -50)
        sitting = bend(sitting, f"{side}_knee", f"{side}_ankle", "x", 60)
    assert within_limits(sitting)
    assert {"l_knee_side", "r_knee_side"} <= passed(flip_depth(sitting, range(15)))


def test_limits_bring_back_with_lengths_kept(standing):
    wrong = bend(standing, "l_knee", "l_ankle", "x", -60)
    wrong = bend(wrong, "r_elbow", "r_wrist", "x", -160)
    wrong = bend(wrong, "thorax", "upper_neck", "x", 110)
    right = to_limits(wrong)
    assert within_limits(right, 1e-6)
    np.testing.assert_allclose(bone_lengths(right), bone_lengths(wrong), atol=1e-6)
    np.testing.assert_array_equal(to_limits(standing), standing)


def test_what_is_at_one_point_has_no_angle():
    assert np.isfinite(excess(np.zeros((2, 16, 3)))).all()
    assert np.isfinite(to_limits(np.zeros((2, 16, 3)))).all()


def test_limits_can_be_others(standing):
    bent = bend(standing, "l_knee", "l_ankle", "x", 100)
    assert within_limits(bent)
    assert not within_limits(bent, limits=Limits(knee=60))
    assert within_limits(bent, tolerance=60, limits=Limits(knee=60))


def test_another_shape():
    with pytest.raises(InputError, match="16, 3"):
        excess(np.zeros((16, 2)))


def test_an_arm_folded_right_back_opens_to_its_limit_and_keeps_its_length(standing):
    pose = standing.copy()
    pose[AT("r_elbow")] = pose[AT("r_shoulder")] + (0, 300, 0)
    pose[AT("r_wrist")] = pose[AT("r_elbow")] - (0, 250, 0)
    opened = to_limits(pose)
    np.testing.assert_allclose(bone_lengths(opened), bone_lengths(pose), atol=1e-9)
    assert within_limits(opened, 1e-6)
