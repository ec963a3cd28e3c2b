"""Progress and time, histograms, bones of an unusual length: against cases worked by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import median_abs_deviation

from engine.pose.joints import MPII_16
from engine.pose.kinematics import bone_index, bone_lengths
from engine.pose.project.person import Person
from engine.pose.project.statistics import (
    LEAST_SPREAD,
    by_hand,
    histogram,
    mean_body,
    outliers,
    progress,
)
from engine.pose.project.summary import Summary
from tests.unit.engine.pose.project.crowd import STANDING, person, with_bone

THIGH, OTHER_THIGH = bone_index("l_hip", "l_knee"), bone_index("r_hip", "r_knee")


def crowd(count: int = 40, noise: float = 0.0) -> list[Person]:
    """People of sizes from 0.7 to 1.3, whose bones differ by `noise`."""
    rng = np.random.default_rng(3)
    people = []
    for size in np.linspace(0.7, 1.3, count):
        pose = STANDING * size
        for parent, child in MPII_16.bones:
            pose = with_bone(float(np.exp(noise * rng.standard_normal())), parent, child, pose)
        people.append(person(pose=pose))
    return people


def test_progress_counts_everybody_once() -> None:
    people = [
        person(reviewed=True, changed=True, seconds=30),
        person(reviewed=True, seconds=10),
        person(reviewed=True, seconds=50),
        person(reviewed=True),  # nobody's time was taken
        person(changed=True, flagged=True, seconds=100),
        person(pose=None),
        person(),
    ]
    told = progress(Summary.of(people))
    assert (told.people, told.reviewed, told.changed, told.to_do) == (7, 4, 1, 2)
    assert (told.flagged, told.posed) == (1, 6)
    assert told.seconds == 190
    assert told.median == 30
    assert told.left == 90
    assert told.share == pytest.approx(4 / 7)


def test_two_times_are_too_few_to_tell_the_rest() -> None:
    told = progress(Summary.of([person(reviewed=True, seconds=5)] * 2 + [person()]))
    assert math.isnan(told.median)
    assert math.isnan(told.left)


def test_progress_of_nobody() -> None:
    assert progress(Summary.of([])).share == 0.0


def test_a_histogram_counts_every_value_once() -> None:
    values = np.r_[np.linspace(0.0, 10.0, 201), 500.0, np.nan, np.nan]
    told = histogram(values, bins=10)
    assert told.unknown == 2
    assert told.counts.sum() == 202
    assert told.median == np.nanmedian(values)
    assert told.edges[0] == 0.0
    assert told.edges[-1] == math.inf
    reference, _ = np.histogram(values[:-2], np.r_[told.edges[:-1], 1e9])
    assert told.counts.tolist() == reference.tolist()


def test_a_histogram_has_round_edges() -> None:
    assert np.diff(histogram(np.linspace(0, 0.1, 1000), bins=20).edges)[0] in (0.005, 0.01)
    assert histogram(np.full(5, 3.0)).counts.sum() == 5


def test_histograms_of_little() -> None:
    assert histogram([np.nan]).unknown == 1
    assert histogram([]).counts.sum() == 0
    assert histogram([0.0, 0.0]).counts.sum() == 2


def test_the_body_is_the_median_one_whatever_the_sizes() -> None:
    body = mean_body(Summary.of(crowd(noise=0.02)))
    expected = bone_lengths(STANDING)
    ratio = body.lengths / expected
    np.testing.assert_allclose(ratio / np.median(ratio), 1.0, atol=0.02)
    assert 0.95 < np.median(ratio) < 1.05
    np.testing.assert_array_equal(body.lengths[THIGH], body.lengths[OTHER_THIGH])


def test_size_alone_is_no_outlier() -> None:
    body = mean_body(Summary.of(crowd()))
    np.testing.assert_allclose(body.ratio, 1.0, rtol=1e-9)
    np.testing.assert_array_equal(body.spread, LEAST_SPREAD)
    assert outliers(body) == []


def test_a_long_bone_is_found_and_named() -> None:
    people = crowd()
    people[7] = person(pose=with_bone(1.5, "l_hip", "l_knee"))
    found = outliers(mean_body(Summary.of(people)))
    assert [(o.index, o.bone, o.against, o.both) for o in found] == [(7, THIGH, "body", False)]
    assert found[0].ratio == pytest.approx(1.5)
    assert found[0].z == pytest.approx(math.log(1.5) / LEAST_SPREAD)


def test_a_short_bone_has_a_negative_score() -> None:
    people = crowd()
    people[0] = person(pose=with_bone(0.6, "thorax", "pelvis"))
    (found,) = outliers(mean_body(Summary.of(people)))
    assert found.bone == bone_index("thorax", "pelvis")
    assert found.z < -5
    assert found.ratio == pytest.approx(0.6)


def test_sides_that_differ_are_found_where_each_alone_passes() -> None:
    people = crowd()
    pose = with_bone(1.12, "l_hip", "l_knee", with_bone(0.9, "r_hip", "r_knee"))
    people[3] = person(pose=pose)
    found = outliers(mean_body(Summary.of(people)))
    assert [(o.index, o.bone, o.against) for o in found] == [(3, THIGH, "other side")]
    assert found[0].ratio == pytest.approx(1.12 / 0.9)


def test_sides_that_are_equally_long_are_told_once() -> None:
    people = crowd()
    people[5] = person(pose=with_bone(1.5, "l_hip", "l_knee", with_bone(1.5, "r_hip", "r_knee")))
    (found,) = outliers(mean_body(Summary.of(people)))
    assert found.bone in (THIGH, OTHER_THIGH)
    assert found.both
    people[5] = person(pose=with_bone(1.5, "l_hip", "l_knee", with_bone(1.4, "r_hip", "r_knee")))
    found = outliers(mean_body(Summary.of(people)))
    assert [(o.bone, o.both) for o in found] == [(THIGH, False), (OTHER_THIGH, False)]


def test_a_bone_that_differs_among_all_may_differ_more() -> None:
    rng = np.random.default_rng(1)
    factors = np.exp(0.12 * rng.standard_normal(200))
    people = [person(pose=with_bone(float(f), "l_elbow", "l_wrist")) for f in factors]
    body = mean_body(Summary.of(people))
    forearm = bone_index("l_elbow", "l_wrist")
    spread = median_abs_deviation(np.log(factors), center=lambda v, axis: 0.0, scale="normal")
    assert body.spread[forearm] == pytest.approx(spread, rel=0.15)
    assert all(abs(o.z) >= 5 for o in outliers(body))


def test_the_worst_come_first() -> None:
    people = crowd()
    people[1] = person(pose=with_bone(1.3, "l_hip", "l_knee"))
    people[2] = person(pose=with_bone(0.4, "l_hip", "l_knee"))
    assert [o.index for o in outliers(mean_body(Summary.of(people)))] == [2, 1]
    assert [o.index for o in outliers(mean_body(Summary.of(people)), unusual=15)] == [2]


def test_people_without_a_pose_are_left_out() -> None:
    people = [*crowd(5), person(pose=None), person(pose=with_bone(0.0, "thorax", "upper_neck"))]
    body = mean_body(Summary.of(people))
    assert np.isnan(body.z[5]).all()
    assert np.isnan(body.z[6]).sum() == 1
    assert outliers(body) == []
    nobody = mean_body(Summary.of([person(pose=None)]))
    assert np.isnan(nobody.lengths).all()
    assert outliers(nobody) == []


def test_work_by_hand_is_counted_by_joint_and_person() -> None:
    moved = person(edited=["l_wrist", "l_elbow"])
    origins = tuple("edited" if j == "l_wrist" else "annotated" for j in MPII_16.joints)
    both = replace(moved, state=replace(moved.state, joints_from=origins))
    told = by_hand(Summary.of([person(), moved, both, person(pose=None)]))
    wrist, elbow = MPII_16.index("l_wrist"), MPII_16.index("l_elbow")
    assert told.people[:3].tolist() == [2, 0, 2]
    assert (told.pose[wrist], told.pose[elbow], told.pose.sum()) == (2, 2, 4)
    assert (told.picture[wrist], told.picture.sum()) == (1, 1)
    assert told.joints.tolist() == [0, 2, 2, 0]
