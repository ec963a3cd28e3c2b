from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.pose.editing.joints2d import cycle_visibility, move_joint, place_joint, renamed, set_visibility
from engine.pose.joints import MPII_16
from tests.unit.engine.pose.editing.people import AT, state_of, without_pose
from tests.unit.engine.pose.someone import CAMERA, POSE

XY = st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
JOINT = st.integers(0, 15)


@given(JOINT, XY)
def test_a_joint_moves_and_moves_back(joint, xy):
    state = replace(state_of(), visibility=np.array([1, 2] * 8))
    moved = move_joint(state, joint, xy)
    np.testing.assert_array_equal(moved.joints[joint], xy)
    others = np.arange(16) != joint
    np.testing.assert_array_equal(moved.joints[others], state.joints[others])
    np.testing.assert_array_equal(moved.visibility, state.visibility)
    assert [s == "edited" for s in moved.joints_from] == (~others).tolist()
    assert moved.pose is state.pose
    back = move_joint(moved, joint, state.joints[joint])
    assert back.joints.tobytes() == state.joints.tobytes()


def test_an_unknown_joint_is_placed_and_visible():
    unknown = set_visibility(without_pose(), 3, 0)
    for placed in (move_joint(unknown, 3, (5, 6)), place_joint(unknown, 3, (5, 6))):
        assert placed.visibility[3] == 2
        assert placed.joints[3].tolist() == [5, 6]
    assert place_joint(unknown, 3, (5, 6), 1).visibility[3] == 1


def test_an_unknown_joint_forgets_its_place_and_comes_back_where_the_pose_is_seen():
    state = move_joint(state_of(), 3, (500, 500))
    unknown = set_visibility(state, 3, 0)
    assert np.isnan(unknown.joints[3]).all()
    for visibility in (1, 2):
        back = set_visibility(unknown, 3, visibility)
        np.testing.assert_array_equal(back.joints[3], CAMERA.project(POSE)[3])
        assert back.visibility[3] == visibility
        assert back.joints_from[3] == "edited"


def test_hidden_and_visible_keep_the_place_and_where_it_came_from():
    hidden = set_visibility(state_of(), 3, 1)
    assert hidden.visibility[3] == 1
    assert hidden.joints_from == state_of().joints_from
    assert hidden.joints.tobytes() == state_of().joints.tobytes()
    assert set_visibility(hidden, 3, 1) is hidden


def test_visibilities_in_turn():
    state, seen = state_of(), []
    for _ in range(3):
        state = cycle_visibility(state, 7)
        seen.append(int(state.visibility[7]))
    assert seen == [1, 0, 2]


def test_without_a_pose_nobody_knows_where_a_joint_comes_back():
    unknown = set_visibility(without_pose(), AT("l_hip"), 0)
    for edit in (lambda: set_visibility(unknown, 3, 2), lambda: cycle_visibility(unknown, 3)):
        with pytest.raises(InputError, match="where the l_hip is"):
            edit()


def test_names_exchanged_in_the_picture_alone():
    state = replace(state_of(), visibility=np.array([1] + [2] * 15))
    swapped = renamed(state, MPII_16.mirrored)
    np.testing.assert_array_equal(swapped.joints, state.joints[MPII_16.mirrored])
    assert swapped.visibility[AT("l_ankle")] == 1
    assert swapped.pose is state.pose
    assert [s for s, j in zip(swapped.joints_from, MPII_16.joints, strict=True) if j[1] != "_"] == ["annotated"] * 4
    assert swapped.joints_from.count("edited") == 12
    assert renamed(swapped, MPII_16.mirrored).joints.tobytes() == state.joints.tobytes()


@pytest.mark.parametrize(
    "edit",
    [
        lambda s: move_joint(s, 16, (1, 2)),
        lambda s: move_joint(s, -1, (1, 2)),
        lambda s: move_joint(s, 0, (1, np.nan)),
        lambda s: move_joint(s, 0, (1, 2, 3)),
        lambda s: place_joint(s, 0, (1, 2), 0),
        lambda s: set_visibility(s, 0, 3),
        lambda s: set_visibility(s, 16, 1),
    ],
)
def test_what_is_refused(edit):
    with pytest.raises(InputError):
        edit(state_of())
