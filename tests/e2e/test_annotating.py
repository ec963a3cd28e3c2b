"""A set is worked on in the real window, by keys alone; and the process is killed in the middle of it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from engine.pose.files.open import read_annotations
from engine.pose.project.prepare import lift_people
from engine.pose.project.project import Project
from tests.e2e.conftest import ROOT
from tests.gui.pose_people import write_annotations

LOST_S = 2.0
"""Work that may be lost when the process is killed."""

WORKER = ROOT / "tests" / "e2e" / "annotator.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of four people who have a pose."""
    annotations = write_annotations(tmp_path)
    made = Project.from_annotations(read_annotations(annotations), [tmp_path], source=annotations)
    for index, person in enumerate(lift_people(made.people)):
        made.replace(index, person)
    return made.save(tmp_path / "work.json")


def work(project: Path, environment: dict[str, str], mode: str) -> subprocess.Popen[str]:
    """An annotator in a process of their own, who tells every pose that they made."""
    return subprocess.Popen(
        [sys.executable, str(WORKER), str(project), mode],
        cwd=project.parent,
        env=environment | {"QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def told(lines: list[str]) -> list[tuple[float, str, float]]:
    """(when, person, depth of the right wrist) of each act."""
    rows = [line.split() for line in lines if line.startswith("made ")]
    return [(float(when), person, float(depth)) for _, when, person, depth in rows]


def depth(project: Project, person: str) -> float:
    pose = project.people[project.find(person)].state.pose
    assert pose is not None
    return float(pose[10, 2])


def test_a_killed_window_loses_two_seconds_at_most(project: Path, environment: dict[str, str]) -> None:
    process = work(project, environment, "forever")
    assert process.stdout is not None
    lines = []
    begin = time.monotonic()
    for line in process.stdout:
        lines.append(line)
        acts = told(lines)
        if len(acts) > 1 and acts[-1][0] - acts[0][0] > 4.0:
            break
        assert time.monotonic() - begin < 200, lines
    process.send_signal(signal.SIGKILL)
    killed = time.time()
    rest, errors = process.communicate()
    acts = told(lines + rest.splitlines())
    assert len(acts) > 10, errors
    there = Project.open(project)
    assert there.recovered > 0
    for person in {name for _, name, _ in acts}:
        allowed = [d for when, name, d in acts if name == person and when > killed - LOST_S]
        before = [d for when, name, d in acts if name == person and when <= killed - LOST_S]
        allowed += before[-1:]
        found = depth(there, person)
        assert any(np.isclose(found, d, atol=1e-9) for d in allowed), (person, found, allowed)
    there.lock()  # the lock of a process that is gone is taken over
    there.unlock()


def test_everybody_is_fixed_and_reviewed_by_keys_alone(project: Path, environment: dict[str, str]) -> None:
    before = Project.open(project)
    process = work(project, environment, "through")
    output, errors = process.communicate(timeout=200)
    assert process.returncode == 0, errors
    acts = told(output.splitlines())
    assert [name for _, name, _ in acts] == [person.person for person in before.people]
    after = Project.open(project)
    assert [(person.reviewed, person.changed) for person in after.people] == [(True, True)] * 4
    for old, new in zip(before.people, after.people, strict=True):
        assert old.state.pose is not None
        assert new.state.pose is not None
        np.testing.assert_array_equal(new.state.pose[:, :2], old.state.pose[:, :2])  # flips keep the picture
        assert abs(new.state.pose[10, 2] - old.state.pose[10, 2]) > 1
    assert not project.with_name("work.json.lock").exists()
