import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from engine.errors import InputError
from engine.pose.editing.rules import Rules
from engine.pose.editing.turn import turn_bone
from engine.pose.kinematics import MOVED, bone_index, bone_lengths
from tests.unit.engine.pose.editing.people import AT, edited, rotations, state_of, states, without_pose

UPPER_ARM = bone_index("l_shoulder", "l_elbow")


def test_a_quarter_turn_by_hand():
    pose = np.zeros((16, 3))
    pose[AT("l_elbow")], pose[AT("l_wrist")] = (0, 300, 0), (0, 500, 0)
    turned = turn_bone(state_of(pose), UPPER_ARM, Rotation.from_euler("z", -90, degrees=True))
    np.testing.assert_allclose(turned.pose[AT("l_elbow")], (300, 0, 0), atol=1e-9)
    np.testing.assert_allclose(turned.pose[AT("l_wrist")], (500, 0, 0), atol=1e-9)


@given(states(), st.integers(0, 14), rotations())
def test_turning_keeps_lengths_and_inverts(state, bone, rotation):
    turned = turn_bone(state, bone, rotation)
    np.testing.assert_allclose(bone_lengths(turned.pose), bone_lengths(state.pose), rtol=0, atol=1e-9)
    np.testing.assert_allclose(turn_bone(turned, bone, rotation.inv()).pose, state.pose, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(turned.pose[~MOVED[bone]][:, :2], state.pose[~MOVED[bone]][:, :2])


def test_what_turned_is_edited_and_nothing_else():
    turned = turn_bone(state_of(), UPPER_ARM, Rotation.from_rotvec((0.3, 0, 0.2)))
    assert edited(turned) == {"l_elbow", "l_wrist"}
    assert turned.camera == state_of().camera
    assert edited(turn_bone(state_of(), UPPER_ARM, Rotation.identity())) == set()


def test_an_arm_does_not_turn_past_its_limit_when_limits_are_held():
    fold = Rotation.from_euler("z", -170, degrees=True)
    pose = state_of().pose.copy()
    pose[AT("l_elbow")] = pose[AT("l_shoulder")] + (0, 280, 0)
    pose[AT("l_wrist")] = pose[AT("l_elbow")] + (0, 250, 0)
    forearm = bone_index("l_elbow", "l_wrist")
    for hold, angle in ((False, 170), (True, 165)):
        found = turn_bone(state_of(pose), forearm, fold, Rules(hold_limits=hold)).pose
        way = found[AT("l_wrist")] - found[AT("l_elbow")]
        assert np.degrees(np.arccos(way[1] / 250)) == pytest.approx(angle, abs=1e-4)


def test_symmetry_is_made_before_turning():
    pose = state_of().pose.copy()
    pose[AT("l_wrist")] += (50, 0, 0)
    turned = turn_bone(state_of(pose), 0, Rotation.from_rotvec((0, 0, 0.1)), Rules(symmetric=True))
    lengths = dict(zip(("r", "l"), bone_lengths(turned.pose)[[9, 12]], strict=True))
    assert lengths["r"] == pytest.approx(lengths["l"], abs=1e-9)


def test_what_cannot_be_turned():
    with pytest.raises(InputError, match="no pose"):
        turn_bone(without_pose(), 0, Rotation.identity())
    with pytest.raises(InputError, match="no bone 15"):
        turn_bone(state_of(), 15, Rotation.identity())
