import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.pose.editing.drag import drag_joint, on_sphere
from engine.pose.editing.rules import Rules
from engine.pose.joints import MPII_16
from engine.pose.kinematics import CHILDREN, MIRRORED_BONES, MOVED, PARENTS, bone_lengths, bone_vectors
from tests.unit.engine.pose.editing.people import AT, edited, places, state_of, states, without_pose

FREE, LEAVE = Rules(keep_lengths=False), np.array([0.0, 0.0, 1.0])
JOINTS = [j for j in range(16) if j != AT("thorax")]


def arm(x, y, z):
    """A person of an arm: the elbow at (x, y, z) from shoulder and thorax, the wrist 100 mm below."""
    pose = np.zeros((16, 3))
    pose[AT("l_elbow")] = x, y, z
    pose[AT("l_wrist")] = x, y + 100, z
    return state_of(pose)


def elbow(state):
    return state.pose[AT("l_elbow")]


def test_across_the_view_the_joint_is_under_the_pointer_and_stays_on_its_side():
    for side in (1, -1):
        dragged = drag_joint(arm(300, 0, side * 400), AT("l_elbow"), (0, 300, side * 400))
        np.testing.assert_allclose(elbow(dragged), (0, 300, side * 400), atol=1e-9)
        dragged = drag_joint(arm(300, 0, side * 400), AT("l_elbow"), (480, 0, side * 400))
        np.testing.assert_allclose(elbow(dragged), (480, 0, side * 140), atol=1e-9)


def test_beyond_its_reach_a_bone_points_at_the_pointer_and_remembers_its_side():
    start = arm(300, 0, -400)
    far = drag_joint(start, AT("l_elbow"), (0, 5000, -400))
    np.testing.assert_allclose(elbow(far), (0, 500, 0), atol=0.06)
    assert elbow(far)[2] < 0
    back = drag_joint(far, AT("l_elbow"), (300, 0, elbow(far)[2]))
    np.testing.assert_allclose(elbow(back), (300, 0, -400), atol=1e-6)


def test_along_the_view_the_depth_is_what_was_asked():
    dragged = drag_joint(arm(300, 400, 0), AT("l_elbow"), (300, 400, 300))
    np.testing.assert_allclose(elbow(dragged), (240, 320, 300), atol=1e-9)


def test_deeper_than_its_length_a_bone_points_along_the_view_and_comes_back():
    deep = drag_joint(arm(300, 400, 0), AT("l_elbow"), (300, 400, -9000))
    np.testing.assert_allclose(elbow(deep), (0, 0, -500), atol=0.06)
    back = drag_joint(deep, AT("l_elbow"), (*elbow(deep)[:2], 0))
    np.testing.assert_allclose(elbow(back), (300, 400, 0), atol=1e-6)


def test_wheel_steps_and_one_step_come_to_the_same():
    stepped = arm(300, 400, 0)
    for _ in range(30):
        stepped = drag_joint(stepped, AT("l_elbow"), elbow(stepped) + np.array((0, 0, 10)))
    np.testing.assert_allclose(elbow(stepped), (240, 320, 300), atol=1e-9)
    for _ in range(30):
        stepped = drag_joint(stepped, AT("l_elbow"), elbow(stepped) - np.array((0, 0, 10)))
    np.testing.assert_allclose(elbow(stepped), (300, 400, 0), atol=1e-9)


def test_in_a_view_from_the_side_the_joint_is_under_the_pointer_of_that_view():
    dragged = drag_joint(arm(300, 0, 400), AT("l_elbow"), (300, 400, 0), away=(-2, 0, 0))
    np.testing.assert_allclose(elbow(dragged), (300, 400, 0), atol=1e-9)
    dragged = drag_joint(arm(300, 0, 400), AT("l_elbow"), (300, 0, 480), away=(1, 0, 0))
    np.testing.assert_allclose(elbow(dragged), (140, 0, 480), atol=1e-9)


def test_what_hangs_on_the_joint_keeps_its_direction():
    dragged = drag_joint(arm(300, 0, 400), AT("l_elbow"), (0, 300, 400))
    np.testing.assert_allclose(dragged.pose[AT("l_wrist")] - elbow(dragged), (0, 100, 0), atol=1e-9)
    assert edited(dragged) == {"l_elbow"}


def test_without_kept_lengths_the_joint_is_where_it_was_put():
    dragged = drag_joint(arm(300, 0, 400), AT("l_elbow"), (10.5, 20.25, -30), FREE)
    np.testing.assert_array_equal(elbow(dragged), (10.5, 20.25, -30))
    np.testing.assert_allclose(dragged.pose[AT("l_wrist")], (10.5, 120.25, -30), atol=1e-9)


@given(states(), st.sampled_from(JOINTS), places())
def test_without_kept_lengths_one_bone_alone_changes(state, joint, target):
    dragged = drag_joint(state, joint, target, FREE)
    np.testing.assert_allclose(dragged.pose[joint], target, rtol=0, atol=1e-10)
    others = joint != CHILDREN
    np.testing.assert_allclose(bone_vectors(dragged.pose)[others], bone_vectors(state.pose)[others], atol=1e-9)


@given(states(), st.sampled_from(JOINTS), places())
def test_symmetric_without_kept_lengths_the_other_side_follows(state, joint, target):
    dragged = drag_joint(state, joint, target, Rules(keep_lengths=False, symmetric=True))
    lengths = bone_lengths(dragged.pose)
    np.testing.assert_allclose(lengths, lengths[MIRRORED_BONES], rtol=0, atol=1e-9)
    bone = int(np.flatnonzero(joint == CHILDREN)[0])
    wanted = np.linalg.norm(target - state.pose[PARENTS[bone]])
    assert lengths[bone] == pytest.approx(wanted, abs=1e-6)


@given(states(), st.sampled_from(JOINTS), places())
def test_a_drag_keeps_lengths_and_all_that_does_not_hang_on_the_joint(state, joint, target):
    dragged = drag_joint(state, joint, target)
    np.testing.assert_allclose(bone_lengths(dragged.pose), bone_lengths(state.pose), rtol=0, atol=1e-9)
    still = ~MOVED[joint == CHILDREN][0]
    np.testing.assert_array_equal(dragged.pose[still][:, :2], state.pose[still][:, :2])
    assert edited(dragged) <= {MPII_16.joints[joint]}


@given(places(400), places(1000), places(1))
def test_a_small_step_of_the_hand_is_a_small_step_of_the_joint(bone, wanted, step):
    length = np.linalg.norm(bone)
    # Near the parent in the view, and where the way is short, directions are told by little: a bound grows there.
    assume(length > 50 and np.linalg.norm(wanted - bone) > 30 and np.linalg.norm(wanted[:2]) > 30)
    assume(np.linalg.norm(bone[:2]) > 5)
    here, there = (on_sphere(bone, w, LEAVE) for w in (wanted, wanted + 1e-6 * step))
    assert np.linalg.norm(there - here) < 1e-2
    assert np.linalg.norm(here) == pytest.approx(length, abs=1e-9)


@given(places(400), places(1))
def test_a_joint_that_is_hardly_pulled_hardly_moves(bone, step):
    assume(np.linalg.norm(bone) > 50 and np.linalg.norm(bone[:2]) > 10 and abs(bone[2]) > 10)
    assert np.linalg.norm(on_sphere(bone, bone + 1e-6 * step, LEAVE) - bone) < 1e-3
    np.testing.assert_array_equal(on_sphere(bone, bone, LEAVE), bone)


@given(states(), st.sampled_from(JOINTS), places())
def test_a_drag_there_and_back_along_the_same_way_restores(state, joint, target):
    """Every step of a gesture starts from the pose at its beginning: the last one is back where it began."""
    drag_joint(state, joint, target)
    back = drag_joint(state, joint, state.pose[joint])
    np.testing.assert_allclose(back.pose, state.pose, rtol=0, atol=1e-9)


def test_the_thorax_takes_the_person_along_in_the_picture():
    state = state_of()
    moved = drag_joint(state, AT("thorax"), (100, -50, 70))
    np.testing.assert_array_equal(moved.pose, state.pose)
    np.testing.assert_allclose(moved.projected() - state.projected(), np.full((16, 2), (10, -5)), atol=1e-9)
    assert edited(moved) == {"thorax"}
    assert drag_joint(state, AT("thorax"), (0, 0, 70)).same_as(state)


def test_a_bone_without_length_stays_without():
    pose = np.zeros((16, 3))
    np.testing.assert_array_equal(drag_joint(state_of(pose), AT("l_elbow"), (1, 2, 3)).pose, pose)


def test_the_arguments_are_left_alone():
    state, target = state_of(), np.array([1.0, 2.0, 3.0])
    before = state.pose.tobytes()
    drag_joint(state, AT("l_wrist"), target)
    assert state.pose.tobytes() == before
    assert target.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("state", "joint", "target", "away", "said"),
    [
        (without_pose(), 0, (0, 0, 0), LEAVE, "no pose"),
        (state_of(), 16, (0, 0, 0), LEAVE, "no joint 16"),
        (state_of(), -1, (0, 0, 0), LEAVE, "no joint -1"),
        (state_of(), 0, (0, np.nan, 0), LEAVE, "finite"),
        (state_of(), 0, (0, 0), LEAVE, "finite"),
        (state_of(), 0, (0, 0, 0), (0, 0, 0), "direction"),
    ],
)
def test_what_is_refused(state, joint, target, away, said):
    with pytest.raises(InputError, match=said):
        drag_joint(state, joint, target, away=away)
