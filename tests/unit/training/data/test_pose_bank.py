"""Poses widened and seen: limits, projections, even draws, determinism."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import InputError
from engine.pose.joints import MPII_16
from engine.pose.kinematics import MIRRORED_BONES, bone_lengths
from tests.unit.training.data.test_body_frame import standing
from training.data.body_frame import assembled, axes, directions, turn, within_limits
from training.data.mocap import Poses, to_mpii16
from training.data.pose_bank import NEAREST, PoseBank, neighbourhoods
from training.data.pose_widening import ADULT, Widening, varied_lengths

THORAX = MPII_16.index("thorax")


def people(count: int = 6, heading: float = 0.0) -> Poses:
    """Standing people, heads tilted by different angles, pelvis at the origin."""
    poses = []
    for i in range(count):
        units = standing()
        units[-1] = turn((1, 0, 0), 5 * i) @ units[-1]
        pose = assembled(units @ turn((0, 1, 0), heading).T, ADULT)
        poses.append(np.concatenate([pose, pose[6:7]]) - pose[6])
    names = np.full(count, "a")
    return Poses(np.array(poses, np.float32), names, names, names, np.arange(count))


def test_a_plain_bank_shows_the_recorded_bodies() -> None:
    poses = people()
    bank = PoseBank(poses)
    truth = bone_lengths(to_mpii16(poses.joints))
    for number in range(20):
        view = bank.view(number, 3)
        np.testing.assert_allclose(bone_lengths(view.pose), truth[view.index], rtol=1e-4)
        assert not view.pose[THORAX].any()
        np.testing.assert_allclose(view.joints - view.joints[THORAX], view.pose, atol=1e-9)
        np.testing.assert_allclose(view.xy, view.joints[:, :2] / view.joints[:, 2:])


def test_people_stand_upright_in_the_picture_and_are_seen_from_all_sides() -> None:
    bank = PoseBank(people())
    views = [bank.view(i, 0) for i in range(300)]
    feet_below = [v.xy[0, 1] > v.xy[9, 1] for v in views]
    assert np.mean(feet_below) > 0.97
    left_at_right = np.mean([v.xy[13, 0] > v.xy[12, 0] for v in views])
    assert 0.4 < left_at_right < 0.6
    # Who has the left at image right faces the camera: the chest's front points towards it.
    for v in views:
        units = directions(v.pose * (1, -1, -1))  # axes of a level camera's world
        if abs(v.xy[13, 0] - v.xy[12, 0]) > 0.05:
            assert (axes(units, 10)[2, 2] > 0) == (v.xy[13, 0] > v.xy[12, 0])


def test_numbered_views_repeat_and_differ() -> None:
    a, b = PoseBank(people(), widening=Widening()), PoseBank(people(), widening=Widening())
    np.testing.assert_array_equal(a.view(5, 1).joints, b.view(5, 1).joints)
    assert np.abs(a.view(5, 1).pose - a.view(6, 1).pose).max() > 1
    assert np.abs(a.view(5, 1).pose - a.view(5, 2).pose).max() > 1


def test_widened_poses_keep_the_limits_of_joints_and_bodies() -> None:
    bank = PoseBank(people(), widening=Widening())
    fine, spread = 0, []
    for number in range(300):
        view = bank.view(number, 0)
        fine += within_limits(directions(view.pose * (1, -1, -1)))
        spread.append(view.pose)
        lengths = bone_lengths(view.pose)
        np.testing.assert_allclose(lengths, lengths[MIRRORED_BONES])
        assert (lengths > 0.6 * ADULT).all()
        assert (lengths < 1.6 * ADULT).all()
        assert view.joints[:, 2].min() >= NEAREST - 1e-6
    assert fine == 300
    plain = PoseBank(people())
    height = np.ptp(np.array(spread)[..., 1], axis=1)
    upright = np.ptp([plain.view(i, 0).pose[:, 1] for i in range(300)], axis=1)
    assert np.percentile(height, 15) < 0.75 * np.percentile(upright, 15)  # they crouch, sit and lie


def test_lengths_vary_around_the_own_and_the_median() -> None:
    rng = np.random.default_rng(0)
    drawn = np.array([varied_lengths(ADULT * 1.1, rng) for _ in range(500)]) / ADULT
    assert 1.0 < drawn.mean() < 1.1
    assert 0.04 < drawn.std() < 0.12


def test_copies_of_one_pose_do_not_crowd_out_the_others() -> None:
    rng = np.random.default_rng(0)
    features = np.concatenate([np.zeros((1000, 5)), rng.normal(0, 1, (9, 5)) + 5])
    cell = neighbourhoods(features + rng.normal(0, 1e-5, features.shape), 10)
    assert len(np.unique(cell[:1000])) == 1
    assert len(np.unique(cell)) == 10


def test_same_pose_facing_elsewhere_is_the_same_neighbourhood() -> None:
    both = [people(1, 0.0), people(1, 120.0)]
    names = np.full(2, "a")
    poses = Poses(np.concatenate([p.joints for p in both]), names, names, names, np.arange(2))
    bank = PoseBank(poses)
    np.testing.assert_allclose(bank._units[0], bank._units[1], atol=1e-4)
    assert [len(cells) for cells in bank._sets] == [1]


def test_every_set_is_drawn_as_often() -> None:
    one, many = people(1), people(40)
    names = np.array(["few"] + ["many"] * 40)
    joints = np.concatenate([one.joints, many.joints])
    bank = PoseBank(Poses(joints, names, names, names, np.arange(41)))
    share = np.mean([bank.view(i, 0).index == 0 for i in range(300)])
    assert 0.4 < share < 0.6


def test_extra_poses_keep_their_view() -> None:
    units = standing()
    lifted = assembled(units, ADULT) * (1, -1, -1)  # faces the camera
    bank = PoseBank(people(), extra=lifted[None], extra_share=1.0)
    for number in range(50):
        view = bank.view(number, 0)
        assert view.index == -1
        assert view.pose[13, 0] > view.pose[12, 0]
        np.testing.assert_allclose(bone_lengths(view.pose) / ADULT, bone_lengths(view.pose)[6] / ADULT[6], rtol=1e-6)


def test_an_empty_bank_and_odd_extras_are_refused() -> None:
    with pytest.raises(InputError, match="no pose"):
        PoseBank(people().take(np.zeros(0, np.intp)))
    with pytest.raises(InputError, match="Extra poses"):
        PoseBank(people(), extra=np.zeros((3, 17, 3)))
