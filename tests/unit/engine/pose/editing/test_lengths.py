import numpy as np
import pytest
from hypothesis import given

from engine.errors import InputError
from engine.pose.editing.lengths import hold_limits, symmetric_lengths, with_lengths
from engine.pose.kinematics import MIRRORED_BONES, bone_index, bone_lengths, bone_vectors
from engine.pose.limits import within_limits
from tests.unit.engine.pose.editing.people import AT, edited, state_of, states, without_pose
from tests.unit.engine.pose.someone import POSE


def test_both_sides_become_their_mean_and_point_where_they_did():
    state = state_of()
    found = symmetric_lengths(state)
    lengths, before = bone_lengths(found.pose), bone_lengths(POSE)
    np.testing.assert_allclose(lengths, (before + before[MIRRORED_BONES]) / 2, atol=1e-9)
    a, b = bone_vectors(found.pose), bone_vectors(POSE)
    np.testing.assert_allclose(a * before[:, None], b * lengths[:, None], atol=1e-6)
    assert found.camera == state.camera
    assert "l_wrist" in edited(found)
    assert not edited(found) & {"pelvis", "upper_neck", "head_top", "r_shoulder"}


def test_lengths_set_and_set_back():
    wanted = np.linspace(100, 400, 15)
    found = with_lengths(state_of(), wanted)
    np.testing.assert_allclose(bone_lengths(found.pose), wanted, atol=1e-9)
    np.testing.assert_allclose(with_lengths(found, bone_lengths(POSE)).pose, POSE, atol=1e-9)


@pytest.mark.parametrize("lengths", [np.ones(14), np.zeros(15), np.full(15, np.nan), -np.ones(15)])
def test_lengths_of_no_body(lengths):
    with pytest.raises(InputError, match="length above 0"):
        with_lengths(state_of(), lengths)


@given(states(most=3.0))
def test_limits_are_held_whatever_the_pose(state):
    found = hold_limits(state)
    assert within_limits(found.pose, 1e-5)
    np.testing.assert_allclose(bone_lengths(found.pose), bone_lengths(state.pose), rtol=0, atol=1e-9)
    np.testing.assert_allclose(hold_limits(found).pose, found.pose, atol=1e-6)


def test_a_pose_within_its_limits_stays():
    assert within_limits(POSE)
    assert hold_limits(state_of()).same_as(state_of())


def test_a_thigh_comes_back_from_behind():
    pose = POSE.copy()
    # Facing the camera, the back is away from it.
    pose[AT("l_knee")] = pose[AT("l_hip")] + (0, 0, 400)
    pose[AT("l_ankle")] = pose[AT("l_knee")] + (0, 400, 10)
    thigh = bone_vectors(hold_limits(state_of(pose)).pose)[bone_index("l_hip", "l_knee")]
    assert np.degrees(np.arcsin(thigh[2] / 400)) == pytest.approx(65, abs=0.1)
    assert thigh[1] > 0


def test_without_a_pose():
    for edit in (symmetric_lengths, hold_limits, lambda s: with_lengths(s, np.ones(15))):
        with pytest.raises(InputError, match="no pose"):
            edit(without_pose())
