from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.pose import kinematics
from engine.pose.camera import WeakPerspective, fit_weak_perspective
from engine.pose.editing.limbs import (
    choose,
    copy_pose,
    fix_limb,
    flip_all,
    flip_bone,
    flip_limb,
    limb_of,
    mirror_pose,
    reset_limb,
    swap_sides,
)
from engine.pose.editing.state import DEPTH_STEP
from engine.pose.joints import MPII_16
from engine.pose.kinematics import LIMBS, bone_lengths, bone_vectors
from engine.pose.project.candidates import Candidate
from tests.unit.engine.pose.editing.people import AT, edited, state_of, states, without_pose
from tests.unit.engine.pose.someone import CAMERA, POSE

FLIPS = [
    *[lambda s, limb=limb: flip_limb(s, limb) for limb in LIMBS],
    *[lambda s, b=b: flip_bone(s, b) for b in range(15)],
    flip_all,
]
OTHER = kinematics.flip_depth(kinematics.mirror(POSE), range(15)) * 1.25


def test_every_joint_has_a_limb():
    assert {MPII_16.joints[j]: limb_of(j) for j in range(16)} == {
        "r_ankle": "r_leg", "r_knee": "r_leg", "r_hip": "hips", "l_hip": "hips", "l_knee": "l_leg",
        "l_ankle": "l_leg", "pelvis": "torso", "thorax": "torso", "upper_neck": "head", "head_top": "head",
        "r_wrist": "r_arm", "r_elbow": "r_arm", "r_shoulder": "shoulders", "l_shoulder": "shoulders",
        "l_elbow": "l_arm", "l_wrist": "l_arm",
    }  # fmt: skip
    with pytest.raises(InputError):
        limb_of(16)


def test_a_flip_by_hand():
    pose = np.zeros((16, 3))
    pose[AT("r_knee")], pose[AT("r_ankle")] = (0, 400, 30), (0, 800, 130)
    flipped = flip_limb(state_of(pose), "r_leg")
    np.testing.assert_array_equal(flipped.pose[AT("r_knee")], (0, 400, -30))
    np.testing.assert_array_equal(flipped.pose[AT("r_ankle")], (0, 800, -130))
    assert edited(flipped) == {"r_knee", "r_ankle"}
    shank = flip_bone(state_of(pose), kinematics.bone_index("r_knee", "r_ankle"))
    np.testing.assert_array_equal(shank.pose[AT("r_ankle")], (0, 800, -70))
    assert edited(shank) == {"r_ankle"}


@given(states(), st.sampled_from(FLIPS))
def test_flips_keep_the_picture_to_the_last_bit_and_lengths(state, flip):
    flipped = flip(state)
    assert flipped.pose[:, :2].tobytes() == state.pose[:, :2].tobytes()
    assert flipped.projected().tobytes() == state.projected().tobytes()
    np.testing.assert_allclose(bone_lengths(flipped.pose), bone_lengths(state.pose), rtol=0, atol=1e-9)


@given(states(), st.lists(st.sampled_from(FLIPS), min_size=1, max_size=6))
def test_flips_undone_in_reverse_restore_to_the_last_bit_of_the_depth_grid(state, flips):
    there = state
    for flip in flips:
        there = flip(there)
    for flip in reversed(flips):
        there = flip(there)
    assert np.abs(there.pose - state.pose).max() <= DEPTH_STEP / 2
    again = there  # on the grid now
    for flip in (*flips, *reversed(flips)):
        again = flip(again)
    assert again.pose.tobytes() == there.pose.tobytes()


def test_a_depth_with_more_digits_than_its_flip_can_hold_is_restored_once_it_is_on_the_grid():
    pose = POSE.copy()
    pose[AT("l_elbow"), 2], pose[AT("l_wrist"), 2] = 1000 / 3, np.pi * 1e-5
    state = flip_all(flip_all(state_of(pose)))  # two edits, which change nothing but the digits past the grid
    assert 0 < np.abs(state.pose - pose).max() <= DEPTH_STEP / 2
    for flip in (lambda s: flip_limb(s, "l_arm"), lambda s: flip_bone(s, LIMBS["l_arm"][1])):
        assert flip(flip(state)).pose.tobytes() == state.pose.tobytes()


def test_a_flipped_torso_takes_the_legs_along():
    state = state_of(POSE + np.array([0, 0, 1.0]) * POSE[:, 1:2] * 0.2)
    flipped = flip_limb(state, "torso")
    legs = [b for limb in ("r_leg", "l_leg", "hips") for b in LIMBS[limb]]
    np.testing.assert_allclose(bone_vectors(flipped.pose)[legs], bone_vectors(state.pose)[legs], atol=1e-9)
    assert flipped.pose[AT("pelvis"), 2] == pytest.approx(-100)


def test_all_flipped_is_the_reflection_about_the_image_plane():
    np.testing.assert_array_equal(flip_all(state_of()).pose, POSE * (1, 1, -1))


def test_mirrored():
    state = state_of()
    mirrored = mirror_pose(state)
    np.testing.assert_array_equal(mirrored.pose[AT("r_wrist")], POSE[AT("l_wrist")] * (-1, 1, 1))
    np.testing.assert_array_equal(mirrored.joints, state.joints)
    assert mirrored.camera == state.camera
    assert mirror_pose(mirrored).pose.tobytes() == (POSE + 0.0).tobytes()
    assert {"r_wrist", "l_wrist"} <= edited(mirrored)


def test_sides_exchanged_in_both():
    state = replace(
        state_of(fixed=frozenset({"r_leg", "head"})),
        visibility=np.array([1] + [2] * 15),
        joints_from=("detected",) + ("annotated",) * 15,
        pose_from=("predicted",) + ("lifted",) * 15,
    )
    swapped = swap_sides(state)
    np.testing.assert_array_equal(swapped.pose[AT("l_ankle")], POSE[AT("r_ankle")])
    np.testing.assert_array_equal(swapped.joints[AT("l_ankle")], state.joints[AT("r_ankle")])
    assert swapped.visibility[AT("l_ankle")] == 1
    assert swapped.visibility[AT("r_ankle")] == 2
    assert swapped.fixed == {"l_leg", "head"}
    np.testing.assert_array_equal(swapped.projected(), state.projected()[MPII_16.mirrored])
    assert swapped.pose_from[AT("l_ankle")] == swapped.joints_from[AT("l_ankle")] == "edited"
    assert swapped.pose_from[AT("head_top")] == "lifted"
    assert swapped.joints_from[AT("head_top")] == "annotated"
    again = swap_sides(swapped)
    assert again.pose.tobytes() == state.pose.tobytes()
    assert again.joints.tobytes() == state.joints.tobytes()
    assert again.fixed == state.fixed


@pytest.mark.parametrize(("limb", "pair"), [("arms", "arms"), ("l_arm", "arms"), ("legs", "legs"), ("hips", "legs")])
def test_arms_or_legs_exchanged_with_their_roots(limb, pair):
    names = {"arms": ("shoulder", "elbow", "wrist"), "legs": ("hip", "knee", "ankle")}[pair]
    state = state_of()
    swapped = swap_sides(state, limb)
    moved = {f"{side}_{name}" for side in "rl" for name in names}
    for name in MPII_16.joints:
        other = MPII_16.joints[MPII_16.mirrored[AT(name)]] if name in moved else name
        np.testing.assert_array_equal(swapped.pose[AT(name)], POSE[AT(other)])
        np.testing.assert_array_equal(swapped.joints[AT(name)], state.joints[AT(other)])
    assert edited(swapped) == moved
    # Every bone is as it was, under one name or the other.
    np.testing.assert_allclose(np.sort(bone_lengths(swapped.pose)), np.sort(bone_lengths(POSE)), atol=1e-9)


def test_a_limb_takes_directions_from_another_pose():
    state = state_of()
    found = reset_limb(state, "l_arm", OTHER, "predicted")
    own, theirs, new = (bone_vectors(p) for p in (POSE, OTHER, found.pose))
    arm = list(LIMBS["l_arm"])
    np.testing.assert_allclose(bone_lengths(found.pose), bone_lengths(POSE), atol=1e-9)
    np.testing.assert_allclose(
        new[arm] / np.linalg.norm(new[arm], axis=1, keepdims=True),
        theirs[arm] / np.linalg.norm(theirs[arm], axis=1, keepdims=True),
        atol=1e-9,
    )
    rest = [b for b in range(15) if b not in arm]
    np.testing.assert_allclose(new[rest], own[rest], atol=1e-9)
    assert [MPII_16.joints[j] for j in range(16) if found.pose_from[j] == "predicted"] == ["l_elbow", "l_wrist"]
    everything = reset_limb(state, None, OTHER, "lifted")
    np.testing.assert_allclose(bone_lengths(everything.pose), bone_lengths(POSE), atol=1e-9)


def test_a_bone_without_length_elsewhere_keeps_its_direction():
    found = reset_limb(state_of(), "l_arm", np.zeros((16, 3)), "lifted")
    np.testing.assert_allclose(found.pose, POSE, atol=1e-9)


def candidate(**fields):
    camera = fit_weak_perspective(OTHER, CAMERA.project(POSE))
    return Candidate(**{"name": "other", "pose": OTHER, "camera": camera, "source": "predicted", "error": 1.0} | fields)


def test_a_candidate_is_taken_whole():
    for state in (state_of(), without_pose()):
        chosen = choose(state, candidate())
        np.testing.assert_allclose(chosen.pose, OTHER, atol=1e-9)
        assert chosen.camera == candidate().camera
        assert set(chosen.pose_from) == {"predicted"}
        np.testing.assert_array_equal(chosen.joints, state.joints)


def test_fixed_limbs_stay_when_a_candidate_is_taken():
    state = replace(fix_limb(state_of(), "r_leg"), pose_from=("edited",) * 16)
    chosen = choose(state, candidate())
    leg = list(LIMBS["r_leg"])
    np.testing.assert_allclose(bone_vectors(chosen.pose)[leg], bone_vectors(POSE)[leg], atol=1e-9)
    rest = [b for b in range(15) if b not in leg]
    np.testing.assert_allclose(bone_vectors(chosen.pose)[rest], bone_vectors(OTHER)[rest], atol=1e-9)
    assert edited(chosen) == {"r_knee", "r_ankle"}
    assert chosen.camera == fit_weak_perspective(chosen.pose, state.joints)
    unknown = replace(state, joints=np.full((16, 2), np.nan), visibility=np.zeros(16))
    assert choose(unknown, candidate()).camera == candidate().camera


def test_a_pose_is_copied_with_own_lengths_and_a_camera_that_fits():
    state, other = state_of(), state_of(OTHER, WeakPerspective(0.3, 500, 400))
    copied = copy_pose(state, other)
    np.testing.assert_allclose(bone_lengths(copied.pose), bone_lengths(POSE), atol=1e-9)
    a, b = bone_vectors(copied.pose), bone_vectors(OTHER)
    np.testing.assert_allclose(a * bone_lengths(OTHER)[:, None], b * bone_lengths(POSE)[:, None], atol=1e-6)
    assert copied.camera == fit_weak_perspective(copied.pose, state.joints)
    assert set(copied.pose_from) == {"copied"}
    np.testing.assert_array_equal(copied.joints, state.joints)


def test_who_has_no_pose_gets_the_others_lengths_and_camera_if_need_be():
    other = state_of(OTHER, WeakPerspective(0.3, 500, 400))
    copied = copy_pose(without_pose(), other)
    np.testing.assert_allclose(copied.pose, OTHER, atol=1e-9)
    assert copied.camera == fit_weak_perspective(copied.pose, without_pose().joints)
    nobody = replace(without_pose(), joints=np.full((16, 2), np.nan), visibility=np.zeros(16))
    assert copy_pose(nobody, other).camera == other.camera


def test_limbs_are_fixed_and_let_go():
    state = fix_limb(fix_limb(state_of(), "l_arm"), "head")
    assert state.fixed == {"l_arm", "head"}
    assert fix_limb(state, "head", False).fixed == {"l_arm"}


@pytest.mark.parametrize(
    "edit",
    [
        lambda s: flip_limb(s, "r_arm"),
        lambda s: flip_bone(s, 3),
        flip_all,
        mirror_pose,
        swap_sides,
        lambda s: fix_limb(s, "r_arm"),
        lambda s: reset_limb(s, None, POSE, "lifted"),
        lambda s: copy_pose(state_of(), s),
    ],
)
def test_without_a_pose(edit):
    with pytest.raises(InputError, match="no pose"):
        edit(without_pose())


def test_what_does_not_exist():
    for edit in (
        lambda: flip_limb(state_of(), "tail"),
        lambda: fix_limb(state_of(), "tail"),
        lambda: reset_limb(state_of(), "tail", POSE, "lifted"),
        lambda: swap_sides(state_of(), "head"),
        lambda: flip_bone(state_of(), 15),
        lambda: reset_limb(state_of(), None, POSE[:14], "lifted"),
        lambda: choose(state_of(), candidate(pose=np.full((16, 3), np.nan))),
    ):
        with pytest.raises(InputError):
            edit()
