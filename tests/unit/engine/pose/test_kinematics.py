import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from engine.errors import InputError
from engine.pose.camera import WeakPerspective
from engine.pose.joints import MPII_16
from engine.pose.kinematics import (
    LIMBS,
    MIRRORED_BONES,
    MOVED,
    bone_index,
    bone_lengths,
    bone_vectors,
    flip_depth,
    from_bones,
    mean_lengths,
    mirror,
    rotate_bone,
    swap_sides,
    symmetric,
    with_bone_lengths,
)

AT = MPII_16.index


@pytest.fixture
def poses():
    poses = np.random.default_rng(3).normal(0, 300, (5, 16, 3))
    return poses - poses[:, [AT("thorax")]]


def test_what_moves_with_a_bone():
    def moved(parent, child):
        return {MPII_16.joints[j] for j in np.flatnonzero(MOVED[bone_index(parent, child)])}

    assert moved("r_hip", "r_knee") == {"r_knee", "r_ankle"}
    assert moved("upper_neck", "head_top") == {"head_top"}
    assert moved("thorax", "pelvis") == {
        "pelvis", "r_hip", "r_knee", "r_ankle", "l_hip", "l_knee", "l_ankle",
    }  # fmt: skip


def test_limbs_and_mirrored_bones_are_the_named_ones():
    assert [MPII_16.bones[b] for b in LIMBS["l_arm"]] == [("l_shoulder", "l_elbow"), ("l_elbow", "l_wrist")]
    assert MIRRORED_BONES[bone_index("r_hip", "r_knee")] == bone_index("l_hip", "l_knee")
    assert MIRRORED_BONES[bone_index("thorax", "pelvis")] == bone_index("thorax", "pelvis")
    assert sorted(b for limb in LIMBS.values() for b in limb) == list(range(15))


def test_a_bone_that_does_not_exist():
    with pytest.raises(InputError, match="no bone"):
        bone_index("r_knee", "l_knee")


def test_bones_make_the_pose_again(poses):
    np.testing.assert_allclose(from_bones(bone_vectors(poses)), poses, atol=1e-9)
    np.testing.assert_allclose(from_bones(bone_vectors(poses), (1, 2, 3)), poses + np.array([1, 2, 3]), atol=1e-9)


def test_lengths_replaced_and_directions_kept(poses):
    lengths = np.linspace(100, 400, 15)
    changed = with_bone_lengths(poses, lengths)
    np.testing.assert_allclose(bone_lengths(changed), np.broadcast_to(lengths, (5, 15)), atol=1e-6)
    a, b = bone_vectors(poses), bone_vectors(changed)
    cosine = (a * b).sum(-1) / np.linalg.norm(a, axis=-1) / np.linalg.norm(b, axis=-1)
    np.testing.assert_allclose(cosine, 1, atol=1e-9)
    np.testing.assert_allclose(changed[:, AT("thorax")], poses[:, AT("thorax")])


def test_a_bone_without_length_goes_on_as_the_one_before():
    pose = np.zeros((16, 3))
    pose[AT("r_elbow")] = pose[AT("r_wrist")] = (100, 0, 0)
    changed = with_bone_lengths(pose, np.full(15, 10.0))
    np.testing.assert_allclose(changed[AT("r_wrist")] - changed[AT("r_elbow")], (10, 0, 0))
    np.testing.assert_allclose(changed[AT("pelvis")], (0, 10, 0))
    assert np.isfinite(changed).all()


@pytest.mark.parametrize("bones", [[bone_index("l_hip", "l_knee")], [*LIMBS["r_arm"], *LIMBS["torso"]], range(15)])
def test_flips_keep_projection_and_lengths_and_undo_themselves(poses, bones):
    flipped = flip_depth(poses, bones)
    camera = WeakPerspective(0.3, 50, 60)
    np.testing.assert_array_equal(camera.project(flipped), camera.project(poses))
    np.testing.assert_allclose(bone_lengths(flipped), bone_lengths(poses), atol=1e-6)
    np.testing.assert_allclose(flip_depth(flipped, bones), poses, atol=1e-9)
    assert np.abs(flipped - poses).max() > 1


def test_a_flip_moves_what_hangs_on_the_bone_along():
    pose = np.zeros((16, 3))
    pose[AT("r_knee")], pose[AT("r_ankle")] = (0, 400, 30), (0, 800, 130)
    flipped = flip_depth(pose, [bone_index("r_hip", "r_knee")])
    np.testing.assert_allclose(flipped[AT("r_knee")], (0, 400, -30))
    np.testing.assert_allclose(flipped[AT("r_ankle")], (0, 800, 70))


def test_rotations_invert_and_keep_lengths(poses):
    bone, turn = bone_index("l_shoulder", "l_elbow"), Rotation.from_rotvec((0.3, -1.2, 0.5))
    turned = rotate_bone(poses[0], bone, turn)
    np.testing.assert_allclose(bone_lengths(turned), bone_lengths(poses[0]), atol=1e-6)
    np.testing.assert_allclose(rotate_bone(turned, bone, turn.inv()), poses[0], atol=1e-9)
    still = ~MOVED[bone]
    np.testing.assert_array_equal(turned[still], poses[0][still])
    assert np.abs(turned[AT("l_wrist")] - poses[0][AT("l_wrist")]).max() > 1


def test_a_quarter_turn_by_hand():
    pose = np.zeros((16, 3))
    pose[AT("head_top")] = (0, -200, 0)
    turned = rotate_bone(pose, bone_index("upper_neck", "head_top"), Rotation.from_euler("z", 90, degrees=True))
    np.testing.assert_allclose(turned[AT("head_top")], (200, 0, 0), atol=1e-9)


def test_mirror_twice_and_sides(poses):
    mirrored = mirror(poses)
    np.testing.assert_allclose(mirrored[:, AT("r_knee")], poses[:, AT("l_knee")] * (-1, 1, 1))
    np.testing.assert_allclose(mirror(mirrored), poses)


def test_swapped_sides(poses):
    legs = swap_sides(poses, ["r_knee", "l_ankle"])
    np.testing.assert_array_equal(legs[:, AT("l_knee")], poses[:, AT("r_knee")])
    np.testing.assert_array_equal(legs[:, AT("r_ankle")], poses[:, AT("l_ankle")])
    np.testing.assert_array_equal(legs[:, AT("r_wrist")], poses[:, AT("r_wrist")])
    everything = swap_sides(poses[..., :2])
    np.testing.assert_array_equal(everything[:, AT("r_wrist")], poses[:, AT("l_wrist"), :2])
    with pytest.raises(InputError):
        swap_sides(poses, ["tail"])


def test_symmetric_lengths_take_the_known_side():
    lengths = np.full(15, np.nan)
    lengths[bone_index("r_hip", "r_knee")] = 400
    lengths[bone_index("r_knee", "r_ankle")], lengths[bone_index("l_knee", "l_ankle")] = 410, 430
    found = symmetric(lengths)
    assert found[bone_index("l_hip", "l_knee")] == 400
    assert found[bone_index("l_knee", "l_ankle")] == found[bone_index("r_knee", "r_ankle")] == 420
    assert np.isnan(found[bone_index("thorax", "pelvis")])


def test_the_mean_body_is_symmetric(poses):
    lengths = mean_lengths(poses)
    np.testing.assert_allclose(lengths, lengths[MIRRORED_BONES])


def test_arguments_are_left_alone(poses):
    before = poses.copy()
    flip_depth(poses, range(15))
    mirror(poses)
    rotate_bone(poses[0], 3, Rotation.from_rotvec((1, 0, 0)))
    with_bone_lengths(poses, np.ones(15))
    np.testing.assert_array_equal(poses, before)


def test_another_number_of_joints():
    with pytest.raises(InputError, match="16 joints"):
        bone_lengths(np.zeros((14, 3)))
