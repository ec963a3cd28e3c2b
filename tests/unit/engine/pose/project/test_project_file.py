"""The project file: bit-exact, and refused with the line, the person and the key when something in it is wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.pose.camera import WeakPerspective
from engine.pose.joints import MPII_16
from engine.pose.project.person import PoseState
from engine.pose.project.project_file import Header, from_bytes, to_bytes
from engine.pose.project.record import from_line, to_line
from tests.unit.engine.pose.project.people import everything, people_like, same

HEADER = Header(revision="r1")
numbers = st.floats(allow_nan=False, allow_infinity=False)


def written() -> list[bytes]:
    """Lines of a file with three people; the first person is in line 11."""
    lines = to_bytes(HEADER, [everything(), *people_like(2)]).splitlines()
    assert lines[10].startswith(b'{"person": "stra')
    return lines


def refused(content: bytes) -> str:
    with pytest.raises(InputError) as raised:
        from_bytes(content, "set.json")
    assert "set.json" in raised.value.message
    return str(raised.value)


def with_line(change) -> bytes:
    """The file with its second person changed: line 12."""
    lines = written()
    content = json.loads(lines[11].rstrip(b","))
    change(content)
    lines[11] = json.dumps(content).encode() + b","
    return b"\n".join(lines)


def test_one_json_document_with_one_person_a_line() -> None:
    people = [everything(), *people_like(2)]
    content = to_bytes(HEADER, people)
    whole = json.loads(content)
    assert whole["format"] == "deepskel pose project"
    assert [each["person"] for each in whole["people"]] == [person.person for person in people]
    lines = content.decode().split("\n")
    assert [line for line in lines if line.startswith('{"person": ')] == lines[10:13]
    # By name, with where it comes from, in the picture and in space.
    first = whole["people"][0]
    assert first["joints2d"]["r_hip"] == [4 / 3, 5 / 3, 2, "annotated"]
    assert first["unknown"] == {"r_ankle": "edited", "l_knee": "edited", "upper_neck": "edited", "r_shoulder": "edited"}
    assert first["joints3d"]["r_hip"] == [6 / 7 - 3, 1 - 3, 8 / 7 - 3, "predicted"]
    assert list(first["joints3d"]) == list(MPII_16.joints)
    assert first["fixed"] == ["l_arm", "torso"]


def test_everything_comes_back(tmp_path: Path) -> None:
    people = [everything(), *people_like(30)]
    header = Header(revision="b", before="a", folders=["../x", "y"])
    read = from_bytes(to_bytes(header, people), "set.json")
    assert read[0] == header
    same(read[1], people)


@pytest.mark.parametrize("indent", [None, 2])
def test_written_anew_by_another_program(indent: int | None) -> None:
    people = [everything(), *people_like(3)]
    content = json.dumps(json.loads(to_bytes(HEADER, people)), indent=indent).encode()
    header, again = from_bytes(content, "set.json")
    assert header == HEADER
    same(again, people)


@given(st.lists(numbers, min_size=80, max_size=80), st.lists(numbers, min_size=8, max_size=8), st.text(max_size=20))
def test_numbers_come_back_to_the_bit(places: list[float], others: list[float], notes: str) -> None:
    pose = np.array(places[:48]).reshape(16, 3)
    pose[7] = 0
    camera = WeakPerspective(abs(others[0]) or 5e-324, others[1], others[2])
    state = PoseState(np.array(places[48:]).reshape(16, 2), np.full(16, 2), pose=pose, camera=camera)
    box = tuple(others[3:7])
    person = replace(everything(), state=state, box=box, seconds=others[7], notes=notes)
    again = from_line(to_line(person), "Line 1")
    assert again.same_as(person)
    assert [str(value) for value in again.box or ()] == [str(value) for value in box]  # the sign of nought too


def test_a_broken_character_in_the_notes_costs_that_character_alone() -> None:
    person = replace(everything(), notes="a\udc80b")
    assert from_line(to_line(person), "Line 1").notes == "a?b"


def test_what_json_cannot_hold_is_refused_with_the_person() -> None:
    with pytest.raises(InputError, match=r"straße “1”.jpg#1 has a number"):
        to_line(replace(everything(), seconds=float("nan")))


def _joint(value):
    return lambda person: person["joints3d"].__setitem__("l_knee", value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_joint([1, 2, 3]), "joints3d.l_knee.3"),
        (_joint([1, "2", 3, "lifted"]), "joints3d.l_knee.1"),
        (_joint([1, 2, 3, "guessed"]), "joints3d.l_knee.3"),
        (_joint([1, 2, float("nan"), "lifted"]), "joints3d.l_knee.2"),
        (lambda p: p["joints3d"].pop("l_knee"), "joints3d.l_knee is missing"),
        (lambda p: p["joints3d"].__setitem__("nose", [0, 0, 0, "lifted"]), "joints3d.nose"),
        (lambda p: p["joints3d"].__setitem__("thorax", [0, 0, 1, "lifted"]), "joints3d.thorax is not at the origin"),
        (lambda p: p.pop("camera"), "joints3d and camera"),
        (lambda p: p["camera"].__setitem__("scale", 0), "camera.scale"),
        (lambda p: p["joints2d"].__setitem__("thorax", [1, 2, 0, "edited"]), "joints2d.thorax.2"),
        (lambda p: p.__setitem__("unknown", {next(iter(p["joints2d"])): "edited"}), "has a place in joints2d"),
        (lambda p: p.__setitem__("fixed", ["tail"]), "fixed.0"),
        (lambda p: p.__setitem__("reviewed", 1), "reviewed"),
        (lambda p: p.__setitem__("size", [0, 480]), "size.0"),
        (lambda p: p.__setitem__("colour", "red"), "colour"),
        (lambda p: p.pop("image"), "image"),
    ],
)
def test_a_mistake_is_told_with_line_person_and_key(change, said: str) -> None:
    content = with_line(change)
    told = refused(content)
    assert told.startswith("Line 12 of “set.json” (0000.jpg#1)")
    assert said in told
    # In other lines the same document names the person by their place.
    if b"NaN" not in content:
        told = refused(json.dumps(json.loads(content), indent=1).encode())
        assert "people.1" in told
        assert said in told


def test_a_line_that_is_not_json() -> None:
    lines = written()
    lines[11] = lines[11].replace(b'"joints3d": {', b'"joints3d": ', 1)
    assert refused(b"\n".join(lines)).startswith("Line 12 of “set.json” cannot be understood: Invalid JSON")


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.6, 0.999])
def test_torn(share: float) -> None:
    content = b"\n".join(written())
    assert "cannot be understood" in refused(content[: int(len(content) * share)])


def test_a_comma_too_many_or_too_few() -> None:
    lines = written()
    assert "cannot be understood" in refused(b"\n".join([*lines[:12], lines[12] + b",", *lines[13:]]))
    assert "cannot be understood" in refused(b"\n".join([*lines[:11], lines[11][:-1], *lines[12:]]))


def test_a_person_twice() -> None:
    lines = written()
    told = refused(b"\n".join([*lines[:11], lines[11], lines[11], *lines[12:]]))
    assert "0000.jpg#1 twice: line 12 and line 13" in told


@pytest.mark.parametrize("indent", [None, 2])
def test_a_newer_version_is_refused_whatever_is_new_in_it(indent: int | None) -> None:
    lines = written()
    lines[2] = b'"version": 2,\n"hands": true,'
    content = b"\n".join(lines)
    if indent:
        content = json.dumps(json.loads(content), indent=indent).encode()
    told = refused(content)
    assert "version 2" in told
    assert "newer DeepSkel" in told


@pytest.mark.parametrize("content", [b"{}", b"[]", b'{"format": "deepskel pose", "version": 1, "people": []}'])
def test_another_file(content: bytes) -> None:
    refused(content)


def test_a_pose_file_is_told_to_be_no_project() -> None:
    assert "no project" in refused(b'{"format": "deepskel pose", "version": 1, "people": []}')
