import numpy as np
import pytest

from engine.pose.joints import MPII_16
from engine.pose.kinematics import LIMBS, bone_index, bone_lengths, bone_vectors, flip_depth
from engine.pose.lifting.dictionary import load_dictionary
from engine.pose.lifting.flips import FlipSettings, rank_flips, with_signs
from engine.pose.lifting.limb_prior import KINDS, limb_directions, log_density, trunk_frames
from engine.pose.limits import within_limits

AT = MPII_16.index


@pytest.fixture
def running():
    """(1, 16, 3) from the side: the left thigh forward and the right shank behind, both out of the image plane."""
    pose = np.zeros((16, 3))
    for name, place in {
        "upper_neck": (0, -110, 0), "head_top": (0, -310, 0), "pelvis": (0, 500, 0),
        "l_shoulder": (180, 0, 0), "l_elbow": (230, 200, 200), "l_wrist": (200, 150, -50),
        "r_shoulder": (-180, 0, 0), "r_elbow": (-230, 240, 130), "r_wrist": (-150, 200, -110),
        "l_hip": (100, 500, 0), "l_knee": (110, 700, -340), "l_ankle": (110, 1100, -250),
        "r_hip": (-100, 500, 0), "r_knee": (-110, 880, -90), "r_ankle": (-110, 1050, 300),
    }.items():  # fmt: skip
        pose[AT(name)] = place
    return pose[None]


def test_signs_keep_the_projection_exactly_and_the_lengths(running):
    signs = np.random.default_rng(2).choice([-1, 1], (1, 15))
    flipped = with_signs(running, signs)
    np.testing.assert_array_equal(flipped[..., :2], running[..., :2])
    np.testing.assert_allclose(bone_lengths(flipped), bone_lengths(running), atol=1e-9)
    np.testing.assert_allclose(flipped, flip_depth(running, np.flatnonzero(signs[0] < 0)), atol=1e-9)


def test_ranked_flips_are_different_poses_in_order(running):
    flips = rank_flips(running, load_dictionary(), 8, FlipSettings())
    there = flips.probability[0] > 0
    poses = [flips.poses(running, rank)[0] for rank in np.flatnonzero(there)]
    assert len(poses) > 3
    assert (np.diff(flips.probability[0]) <= 0).all()
    assert 0 < flips.probability[0].sum() <= 1 + 1e-9
    for i, a in enumerate(poses):
        np.testing.assert_array_equal(a[:, :2], running[0, :, :2])
        assert all(np.abs(a - b).max() > 10 for b in poses[:i])


def test_all_flips_have_probability_one_together(running):
    flips = rank_flips(running, load_dictionary(), 4**5, FlipSettings())
    np.testing.assert_allclose(flips.probability.sum(), 1, atol=1e-9)


def test_a_knee_that_bends_forward_is_put_right(running):
    wrong = flip_depth(running, LIMBS["r_leg"])
    flips = rank_flips(wrong, load_dictionary(), 4, FlipSettings())
    assert not within_limits(wrong[0])
    assert within_limits(flips.poses(wrong, 0)[0])
    assert flips.signs[0, 0, LIMBS["r_leg"][1]] == -1


def test_what_lies_in_the_image_plane_has_no_flip(running):
    flat = running.copy()
    flat[..., 2] = 0
    flips = rank_flips(flat, load_dictionary(), 8, FlipSettings())
    np.testing.assert_array_equal(flips.probability[0], [1, 0, 0, 0, 0, 0, 0, 0])
    np.testing.assert_array_equal(flips.sure, np.ones((1, 15)))


def test_a_flip_that_is_as_probable_makes_a_bone_unsure(running):
    sure = rank_flips(running, load_dictionary(), 4, FlipSettings()).sure[0]
    assert ((sure > 0) & (sure <= 1)).all()
    assert sure[bone_index("thorax", "pelvis")] == 1
    never = rank_flips(running, load_dictionary(), 4, FlipSettings(stay=100.0))
    np.testing.assert_allclose(never.sure, 1)
    np.testing.assert_array_equal(never.signs[:, 0], np.ones((1, 15)))


def test_limbs_of_both_sides_are_compared_alike(running):
    symmetric = running.copy()
    for joint in range(16):
        if MPII_16.joints[joint].startswith("r_"):
            symmetric[:, joint] = symmetric[:, MPII_16.mirrored[joint]] * (-1, 1, 1)
    vectors, frames = bone_vectors(symmetric), trunk_frames(symmetric)
    for limb in ("arm", "leg"):
        left, right = (limb_directions(vectors, frames, f"{side}_{limb}") for side in "lr")
        np.testing.assert_allclose(left, right, atol=1e-9)


def test_density_is_highest_at_examples():
    examples = np.array([[1.0, 0, 0, 1, 0, 0], [0, 1.0, 0, 0, 1, 0]])
    at, between = log_density(examples[:1], examples), log_density(examples.mean(0, keepdims=True), examples)
    np.testing.assert_allclose(at, 0, atol=1e-9)
    # Squared distance 1 from both: −1 / (2 · 0.25²) + log 2
    np.testing.assert_allclose(between, -8 + np.log(2), atol=1e-9)
    assert set(KINDS.values()) == {"arms", "legs", "head"}
