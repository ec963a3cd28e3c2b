"""Directions of bones and the limits of joints, on a person made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from engine.pose.kinematics import bone_lengths
from training.data.body_frame import (
    ARMS,
    BONE,
    HEAD,
    HIPS,
    LEGS,
    SHOULDERS,
    assembled,
    axes,
    directions,
    mirrored,
    turn,
    within_limits,
)
from training.data.pose_widening import ADULT


def standing() -> np.ndarray:
    """Upright, facing +Z, arms a little away from the body."""
    units = np.zeros((15, 3))
    units[:, 1] = -1
    for bone in ("upper_neck", "head_top"):
        units[BONE[bone]] = (0, 1, 0)
    for side, sign in (("l", 1), ("r", -1)):
        units[HIPS[side]] = units[SHOULDERS[side]] = (sign, 0, 0)
        units[ARMS[side]] = np.array([sign * 0.28, -0.96, 0])
    return units


def set_bone(joint: str, direction: tuple[float, float, float]) -> np.ndarray:
    units = standing()
    units[BONE[joint]] = np.array(direction) / np.linalg.norm(direction)
    return units


def test_directions_and_lengths_are_a_pose_again() -> None:
    pose = np.random.default_rng(0).normal(0, 300, (16, 3))
    pose -= pose[7]
    np.testing.assert_allclose(assembled(directions(pose), bone_lengths(pose)), pose, atol=1e-9)


def test_a_bone_without_length_points_down() -> None:
    assert (directions(np.zeros((2, 16, 3))) == (0, -1, 0)).all()


def test_axes_of_a_standing_person_are_the_worlds() -> None:
    np.testing.assert_allclose(axes(standing(), HIPS["l"]), np.eye(3), atol=1e-12)
    turned = standing() @ turn((0, 1, 0), 90).T  # now faces +X
    np.testing.assert_allclose(axes(turned, SHOULDERS["l"])[2], (1, 0, 0), atol=1e-12)


def test_mirrored_twice_is_the_pose_and_once_changes_sides() -> None:
    units = set_bone("l_wrist", (0, 0, 1))
    once = mirrored(units)
    np.testing.assert_allclose(once[BONE["r_wrist"]], (0, 0, 1))
    np.testing.assert_allclose(mirrored(once), units)


@pytest.mark.parametrize(
    ("joint", "direction"),
    [
        ("l_ankle", (0, -1, -1)),  # knee bent by 45 degrees, backward
        ("r_ankle", (0, 0.5, -1)),
        ("l_wrist", (0, 0.5, 1)),
        ("r_elbow", (-1, 0.5, 0.1)),  # a lifted upper arm
        ("head_top", (0, 1, 0.7)),
    ],
)
def test_what_people_do_is_within_limits(joint: str, direction: tuple[float, float, float]) -> None:
    assert within_limits(set_bone(joint, direction))


@pytest.mark.parametrize(
    ("joint", "direction"),
    [
        ("l_ankle", (0, -1, 1)),  # a knee bent forward
        ("r_ankle", (0, 1, -0.2)),  # bent by 169 degrees
        ("l_wrist", (0, -0.3, -1)),  # an elbow bent backward
        ("l_elbow", (-1, -0.2, 0)),  # an arm across and through the chest
        ("r_elbow", (-0.3, -0.2, -1)),  # straight backward
        ("l_knee", (0, -0.4, -1)),
        ("head_top", (0, -1, 0.5)),
        ("l_wrist", (-1, 0, 0)),  # a forearm inside the trunk
    ],
)
def test_what_no_joint_does_is_not(joint: str, direction: tuple[float, float, float]) -> None:
    assert not within_limits(set_bone(joint, direction))


def test_limits_do_not_depend_on_where_the_person_faces_or_lies() -> None:
    rotation = turn(np.array([1, 2, 3]) / np.sqrt(14), 137)
    for units, fine in ((standing(), True), (set_bone("l_ankle", (0, -1, 1)), False)):
        assert within_limits(units @ rotation.T) is fine


def test_twist_between_hips_and_shoulders_is_limited() -> None:
    units = standing()
    rotation = turn((0, 1, 0), 80)
    upper = [*SHOULDERS.values(), *ARMS["l"], *ARMS["r"], HEAD]
    units[upper] = units[upper] @ rotation.T
    assert not within_limits(units)


def test_an_adults_bones_are_symmetric() -> None:
    assert (ADULT > 0).all()
    for left, right in ((LEGS["l"], LEGS["r"]), (ARMS["l"], ARMS["r"])):
        np.testing.assert_array_equal(ADULT[left], ADULT[right])
