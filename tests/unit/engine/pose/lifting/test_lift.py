import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from engine.errors import InputError
from engine.pose.joints import MPII_16
from engine.pose.kinematics import MIRRORED_BONES, bone_lengths
from engine.pose.lifting.dictionary import load_dictionary
from engine.pose.lifting.lift import lift
from engine.pose.metrics import pa_mpjpe

AT = MPII_16.index


@pytest.fixture(scope="module")
def book():
    return load_dictionary()


@pytest.fixture(scope="module")
def people(book):
    """(12, 16, 3) poses between the mean and single poses of the dictionary, from many sides, and their 2D joints."""
    rng = np.random.default_rng(8)
    atoms = book.atoms[rng.choice(len(book.atoms), 12, replace=False)]
    size = np.sqrt((book.mean - book.mean.mean(0)) ** 2).sum() / 16
    poses = 0.5 * (book.mean - book.mean.mean(0)) + 0.5 * size * atoms
    turns = Rotation.from_euler("yx", np.stack([np.linspace(-150, 150, 12), np.full(12, 10)], 1), degrees=True)
    poses = np.einsum("nij,nkj->nki", turns.as_matrix(), poses)
    poses -= poses[:, [AT("thorax")]]
    return poses, poses[..., :2] * 0.2 + (300, 200)


@pytest.fixture(scope="module")
def lifted(people):
    return lift(people[1])


def test_poses_come_back(people, lifted, book):
    poses, _ = people
    assert lifted.found.all()
    flat = np.broadcast_to(book.mean, poses.shape)
    assert pa_mpjpe(lifted.poses, poses).mean() < 0.5 * pa_mpjpe(flat, poses).mean()


def test_a_body_in_millimetres(lifted, book):
    lengths = bone_lengths(lifted.poses)
    np.testing.assert_allclose(lengths.sum(1), book.lengths.sum(), rtol=1e-6)
    np.testing.assert_allclose(lengths, lengths[:, MIRRORED_BONES], atol=1e-6)
    np.testing.assert_allclose(lifted.poses[:, AT("thorax")], 0, atol=1e-9)


def test_the_camera_shows_the_pose_over_the_joints(people, lifted):
    shown = lifted.poses[..., :2] * lifted.scale[:, None, None] + lifted.shift[:, None]
    error = np.linalg.norm(shown - people[1], axis=-1)
    np.testing.assert_allclose(lifted.reprojection, error)
    assert np.median(error / lifted.scale[:, None]) < 25


def test_alternatives_project_alike(lifted):
    for rank in range(8):
        np.testing.assert_array_equal(lifted.alternatives(rank)[..., :2], lifted.poses[..., :2])
    np.testing.assert_allclose(lifted.alternatives(0), lifted.poses, atol=1e-9)


def test_scale_and_place_in_the_photo_do_not_matter(people, lifted):
    again = lift(people[1] * 7 - 1234)
    np.testing.assert_allclose(again.poses, lifted.poses, atol=1e-3)
    np.testing.assert_allclose(again.scale, lifted.scale * 7, rtol=1e-5)
    np.testing.assert_allclose(again.confidence, lifted.confidence, atol=1e-5)


def test_people_do_not_depend_on_each_other(people, lifted):
    alone = lift(people[1][5:6])
    np.testing.assert_allclose(alone.poses[0], lifted.poses[5], atol=1e-6)


def test_unknown_joints_are_filled_in_without_confidence(people, lifted):
    points, seen = people[1].copy(), np.full((12, 16), 2)
    points[:, AT("r_wrist")] = np.nan
    seen[:, AT("l_ankle")] = 0
    found = lift(points, seen)
    assert np.isfinite(found.poses).all()
    assert (found.confidence[:, [AT("r_wrist"), AT("l_ankle")]] == 0).all()
    assert np.isnan(found.reprojection[:, AT("l_ankle")]).all()
    assert (found.confidence[:, AT("pelvis")] > 0.5).all()
    assert np.linalg.norm(found.poses - lifted.poses, axis=-1)[:, AT("pelvis")].mean() < 60


def test_a_hidden_joint_counts_less(people):
    seen = np.full(people[1].shape[:2], 2)
    seen[:, AT("r_wrist")] = 1
    found = lift(people[1], seen)
    assert (found.confidence[:, AT("r_wrist")] <= 0.5).all()
    assert (found.confidence[:, AT("r_wrist")] > 0).any()


def test_a_joint_marked_elsewhere_loses_confidence(people, lifted):
    points = people[1].copy()
    points[:, AT("l_wrist")] += (400, 250)
    found = lift(points)
    assert found.confidence[:, AT("l_wrist")].mean() < 0.3 * lifted.confidence[:, AT("l_wrist")].mean()


def degenerate():
    nothing = np.full((16, 2), np.nan)
    one, two, three = nothing.copy(), nothing.copy(), nothing.copy()
    one[3] = (50, 60)
    two[:2], three[:3] = [(0, 0), (0, 90)], [(0, 0), (0, 90), (10, 20)]
    halves = np.array([(0.0, 0.0), (100.0, 0.0)] * 8)
    return [nothing, one, two, three, halves, np.full((16, 2), 70.0), np.full((16, 2), np.inf), np.full((16, 2), 1e300)]


@pytest.mark.parametrize("points", degenerate())
def test_what_cannot_be_lifted_has_no_confidence(points, people, lifted, book):
    found = lift(np.stack([points, people[1][0]]))
    assert found.found.tolist() == [False, True]
    assert (found.confidence[0] == 0).all()
    assert np.isnan(found.scale[0])
    assert np.isfinite(found.poses).all()
    np.testing.assert_allclose(np.abs(found.poses[0, :, :2]), np.abs(book.mean[:, :2]))
    np.testing.assert_allclose(found.poses[1], lifted.poses[0], atol=1e-6)


@pytest.mark.parametrize(
    "points",
    [
        np.stack([np.arange(16.0) * 20, np.full(16, 30.0)], 1),
        np.stack([np.full(16, 30.0), np.arange(16.0) * 20], 1),
        np.array([(0.0, 0.0), (50.0, 0.0), (100.0, 0.0), (200.0, 0.0)] * 4),
    ],
)
def test_joints_on_a_line_give_something_finite(points):
    found = lift(points[None])
    assert np.isfinite(found.poses).all()
    assert np.isfinite(found.confidence).all()
    assert found.confidence.mean() < 0.7


def test_nobody():
    found = lift(np.zeros((0, 16, 2)))
    assert len(found) == 0
    assert found.alternatives(0).shape == (0, 16, 3)


@pytest.mark.parametrize("shape", [(16, 2), (3, 14, 2), (3, 16, 3)])
def test_other_shapes(shape):
    with pytest.raises(InputError, match="16, 2"):
        lift(np.zeros(shape))


def test_visibility_of_another_shape():
    with pytest.raises(InputError, match="visibilities"):
        lift(np.zeros((3, 16, 2)), np.zeros((2, 16)))
