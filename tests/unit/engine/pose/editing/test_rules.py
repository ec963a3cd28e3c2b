import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine.pose.editing import limbs
from engine.pose.editing.drag import drag_joint
from engine.pose.editing.lengths import hold_limits
from engine.pose.editing.pull import pull_chain
from engine.pose.editing.rules import BENDS_AT, Rules, limits_passed
from engine.pose.editing.turn import turn_bone
from engine.pose.joints import MPII_16
from engine.pose.kinematics import MIRRORED_BONES, bone_lengths
from engine.pose.limits import NAMES, within_limits
from tests.unit.engine.pose.editing.people import AT, places, rotations, state_of, states
from tests.unit.engine.pose.someone import POSE

WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # a shorter sequence takes minutes to find
KEEPING = ["turn", "drag", "pull", "flip", "flip_bone", "flip_all"]


def test_every_limit_has_a_joint():
    assert set(BENDS_AT) == set(NAMES)
    assert set(BENDS_AT.values()) <= set(MPII_16.joints)


def test_limits_are_told_by_joint():
    assert limits_passed(POSE) == {}
    pose = POSE.copy()
    pose[AT("l_elbow")] = pose[AT("l_shoulder")] + (0, 300, 0)
    fold = np.radians(170)
    pose[AT("l_wrist")] = pose[AT("l_elbow")] + 250 * np.array((np.sin(fold), np.cos(fold), 0))
    assert limits_passed(pose) == {AT("l_elbow"): pytest.approx(5)}


def test_a_knee_has_two_limits_and_the_worse_is_told():
    pose = POSE.copy()
    # Bent by 170° to the front of somebody who faces the camera.
    pose[AT("r_knee")] = pose[AT("r_hip")] + (0, 400, 0)
    fold = np.radians(170)
    pose[AT("r_ankle")] = pose[AT("r_knee")] + 400 * np.array((0, np.cos(fold), -np.sin(fold)))
    passed = limits_passed(pose)
    assert set(passed) == {AT("r_knee")}
    assert passed[AT("r_knee")] > 60


def act(state, kind, number, rotation, target, rules):
    joint = number % 16
    if kind == "turn":
        return turn_bone(state, number % 15, rotation, rules)
    if kind == "drag":
        return drag_joint(state, joint, state.pose[joint] + target, rules)
    if kind == "pull":
        return pull_chain(state, joint, state.pose[joint] + target, rules)
    if kind == "flip":
        return limbs.flip_limb(state, list(limbs.LIMBS)[number % len(limbs.LIMBS)])
    return limbs.flip_bone(state, number % 15) if kind == "flip_bone" else limbs.flip_all(state)


ACTS = st.tuples(st.sampled_from(KEEPING), st.integers(0, 47), rotations(), places(400))


@settings(phases=WITHOUT_SHRINKING)
@given(states(), st.lists(ACTS, min_size=1, max_size=12), st.frozensets(st.integers(0, 15), max_size=3))
def test_any_sequence_of_edits_keeps_lengths_the_thorax_and_its_input(state, acts, pins):
    lengths = bone_lengths(state.pose)
    for one in acts:
        before = state, state.pose.tobytes(), state.joints.tobytes()
        state = act(state, *one, Rules(pins=pins))
        assert (before[0].pose.tobytes(), before[0].joints.tobytes()) == before[1:]
        assert not state.pose[AT("thorax")].any()
        assert np.isfinite(state.pose).all()
    np.testing.assert_allclose(bone_lengths(state.pose), lengths, rtol=0, atol=1e-6)


@settings(phases=WITHOUT_SHRINKING)
@given(states(), st.lists(ACTS, min_size=1, max_size=6))
def test_any_sequence_of_held_edits_stays_within_limits_and_symmetric(state, acts):
    state = hold_limits(state)
    rules = Rules(hold_limits=True, symmetric=True)
    for one in acts:
        if one[0] in ("turn", "drag", "pull"):
            state = act(state, *one, rules)
    assert within_limits(state.pose, 1e-5)
    lengths = bone_lengths(state.pose)
    np.testing.assert_allclose(lengths, lengths[MIRRORED_BONES], rtol=0, atol=1e-6)


def test_a_limb_that_is_not_touched_stays_past_its_limit():
    pose = POSE.copy()
    pose[AT("r_wrist")] = pose[AT("r_elbow")] + (pose[AT("r_shoulder")] - pose[AT("r_elbow")]) * 0.9
    state = state_of(pose)
    dragged = drag_joint(state, AT("l_wrist"), pose[AT("l_wrist")] + (30, 40, 0), Rules(hold_limits=True))
    np.testing.assert_array_equal(dragged.pose[AT("r_wrist")], pose[AT("r_wrist")])
    touched = drag_joint(state, AT("r_elbow"), pose[AT("r_elbow")] + (5, 5, 0), Rules(hold_limits=True))
    assert AT("r_elbow") not in limits_passed(touched.pose)
