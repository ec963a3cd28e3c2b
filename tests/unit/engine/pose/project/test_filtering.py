"""Who is looked at: kinds, errors and words, and arrays that follow one person at a time."""

from __future__ import annotations

import time
from dataclasses import fields, replace

import numpy as np
import pytest

from engine.pose.project.filtering import KINDS, ErrorRange, Filter, counts, matching
from engine.pose.project.person import Person
from engine.pose.project.summary import Summary
from tests.unit.engine.pose.project.crowd import STANDING, person, with_bone

PEOPLE = [
    person("a.jpg#1", "a.jpg"),
    person("a.jpg#2", "a.jpg", changed=True, notes="left arm is behind"),
    person("b.jpg#1", "b.jpg", reviewed=True, shift=16.0),  # 16 px of 320: 5 %
    person("Übung 7.jpg", "Übung 7.jpg", reviewed=True, changed=True, flagged=True, shift=8.0),
    person("c.jpg#1", "c.jpg", pose=None, notes="which LEG?"),
]


@pytest.fixture
def summary() -> Summary:
    return Summary.of(PEOPLE, missing=("b.jpg", "elsewhere.jpg"))


@pytest.mark.parametrize(
    ("kind", "who"),
    [
        ("all", [0, 1, 2, 3, 4]),
        ("to do", [0, 4]),
        ("changed", [1, 3]),
        ("reviewed", [2, 3]),
        ("flagged", [3]),
        ("high error", [2]),
        ("without photo", [2]),
    ],
)
def test_kinds(summary: Summary, kind: str, who: list[int]) -> None:
    assert matching(summary, Filter(kind)).tolist() == who
    assert counts(summary)[kind] == len(who)


def test_every_kind_is_counted(summary: Summary) -> None:
    assert tuple(counts(summary)) == KINDS


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("a.jpg", [0, 1]),
        ("A.JPG", [0, 1]),
        ("#2", [1]),
        ("leg", [4]),
        ("übung", [3]),
        ("jpg behind left", [1]),
        ("left leg", []),
        ("   ", [0, 1, 2, 3, 4]),
        ("(", []),
    ],
)
def test_words(summary: Summary, text: str, who: list[int]) -> None:
    assert matching(summary, Filter(text=text)).tolist() == who


def test_kind_words_and_error_hold_together(summary: Summary) -> None:
    assert matching(summary, Filter("reviewed", "jpg", ErrorRange("pixels", 10, 20))).tolist() == [2]
    assert matching(summary, Filter("to do", "jpg", ErrorRange("pixels", 10, 20))).tolist() == []


def test_an_error_range_has_its_lower_edge_and_not_its_upper(summary: Summary) -> None:
    assert matching(summary, Filter(error=ErrorRange("pixels", 8.0, 16.0))).tolist() == [3]
    assert matching(summary, Filter(error=ErrorRange("relative", 0.05 - 1e-12, np.inf))).tolist() == [2]
    assert 4 not in matching(summary, Filter(error=ErrorRange("pixels", 0.0, np.inf)))  # nobody knows their error


def test_what_counts_as_high_can_be_chosen(summary: Summary) -> None:
    assert matching(summary, Filter("high error", high=0.02)).tolist() == [2, 3]
    assert counts(summary, 0.02)["high error"] == 2


def test_a_filter_knows_whether_it_leaves_anybody_out() -> None:
    assert Filter().everything
    assert Filter(text="  ").everything
    assert not Filter("to do").everything
    assert not Filter(text="a").everything
    assert not Filter(error=ErrorRange("pixels", 0, 1)).everything


def test_errors_are_those_of_the_person(summary: Summary) -> None:
    odd = np.full(16, 2)
    odd[3:] = 0
    joints = PEOPLE[2].state.joints.copy()
    joints[odd == 0] = np.nan
    three = replace(PEOPLE[2], state=replace(PEOPLE[2].state, joints=joints, visibility=odd))
    one = joints.copy()
    one[1:] = np.nan
    alone = replace(three, state=replace(three.state, joints=one, visibility=np.isfinite(one).all(1) * 2))
    people = [*PEOPLE, three, alone]
    many = Summary.of(people)
    np.testing.assert_allclose(many.relative, [p.relative_error() for p in people], rtol=1e-12)
    np.testing.assert_allclose(many.error, [p.state.error() for p in people], rtol=1e-12)
    assert np.isnan(many.relative[-1])
    assert many.error[-1] == pytest.approx(16.0)


def test_people_of_one_photo_are_numbered(summary: Summary) -> None:
    assert summary.number.tolist() == [1, 2, 1, 1, 1]
    assert summary.together.tolist() == [2, 2, 1, 1, 1]


def test_bones_are_logarithms_of_millimetres(summary: Summary) -> None:
    assert np.exp(summary.bones[0]).sum() == pytest.approx(100 * 2 + 400 * 4 + 500 + 180 * 2 + 280 * 2 + 250 * 2 + 300)
    assert np.isnan(summary.bones[4]).all()
    folded = Summary.of([person(pose=with_bone(0.0, "thorax", "upper_neck"))])
    assert np.isnan(folded.bones).sum() == 1


def test_one_person_is_updated_as_if_all_were_looked_at_anew(summary: Summary) -> None:
    others = [
        person("a.jpg#1", "a.jpg", pose=None),
        person("a.jpg#2", "a.jpg", reviewed=True, shift=3.0, seconds=7.5),
        person("b.jpg#1", "b.jpg", pose=with_bone(1.4, "l_hip", "l_knee"), edited=["l_knee"], changed=True),
        person("Übung 7.jpg", "Übung 7.jpg", notes="new"),
        person("c.jpg#1", "c.jpg", flagged=True),
    ]
    for index, other in enumerate(others):
        summary.update(index, other)
    anew = Summary.of(others, missing=("b.jpg",))
    for field in fields(Summary):
        np.testing.assert_array_equal(getattr(summary, field.name), getattr(anew, field.name), err_msg=field.name)


def test_a_copy_keeps_its_values(summary: Summary) -> None:
    copy = summary.copy()
    summary.update(0, replace(PEOPLE[0], reviewed=True, notes="x"))
    assert not copy.reviewed[0]
    assert not copy.text[0].endswith("x")


def test_photos_are_looked_for_again(summary: Summary) -> None:
    summary.find_photos(PEOPLE, ["c.jpg"])
    assert matching(summary, Filter("without photo")).tolist() == [4]


def test_nobody_at_all() -> None:
    empty = Summary.of([])
    assert len(empty) == 0
    assert matching(empty, Filter("high error", "x")).tolist() == []
    assert set(counts(empty).values()) == {0}


def test_a_large_set_is_filtered_at_once() -> None:
    """Generous by a factor of ten, so that a busy machine does not fail it; a loop over people in Python would."""
    people: list[Person] = [person(f"{i}.jpg", f"{i}.jpg", pose=STANDING) for i in range(300)] * 84
    summary = Summary.of(people)
    begin = time.perf_counter()
    for kind in KINDS:
        matching(summary, Filter(kind))
    assert len(summary) > 25_000
    assert time.perf_counter() - begin < 0.05
