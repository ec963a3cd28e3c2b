"""The journal: what was appended is there after a kill, whatever the kill has left."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import random
import signal
import sys
import time
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from engine.errors import InputError, OutputError
from engine.pose.project.journal import BLOCK, Journal
from engine.pose.project.project import Project
from engine.pose.project.record import to_line
from tests.unit.engine.pose.project.people import people_like

PEOPLE = people_like(4)
LINES = [to_line(person) for person in PEOPLE]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "set.json")


def noted(index: int, notes: str) -> bytes:
    return to_line(replace(PEOPLE[index], notes=notes))


def notes(journal: Journal, revision: str = "r") -> list[str]:
    return [person.notes for person in journal.read(revision).people.values()]


def test_what_is_appended_is_read(journal: Journal) -> None:
    assert journal.read("r").people == {}
    journal.append("r", [noted(0, "a"), noted(1, "b")])
    journal.append("r", [noted(0, "c")])
    assert notes(journal) == ["c", "b"]
    first, *lines = journal.path.read_bytes().splitlines()
    assert json.loads(first) == {"format": "deepskel pose journal", "version": 1, "revision": "r"}
    assert lines == [noted(0, "a"), noted(1, "b"), noted(0, "c")]


@pytest.mark.parametrize("kept", [1, 100, 1000])
def test_a_torn_last_line_is_ignored_and_cut_off(journal: Journal, kept: int) -> None:
    journal.append("r", [noted(0, "a")])
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole + noted(1, "b")[:kept])
    entries = journal.read("r")
    assert (list(entries.people), entries.damaged) == ([PEOPLE[0].person], 0)
    journal.append("r", [noted(2, "c")])
    assert journal.path.read_bytes() == whole + noted(2, "c") + b"\n"


def test_a_torn_line_longer_than_a_block(journal: Journal) -> None:
    journal.append("r", [noted(0, "a")])
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole + b'{"person": "' + b"x" * (2 * BLOCK))
    journal.append("r", [noted(1, "b")])
    assert journal.path.read_bytes() == whole + noted(1, "b") + b"\n"


@pytest.mark.parametrize("kept", [0, 1, 20])
def test_a_torn_start_means_that_nothing_was_ever_appended(journal: Journal, kept: int) -> None:
    journal.append("r", [noted(0, "a")])
    journal.path.write_bytes(journal.path.read_bytes()[:kept])
    entries = journal.read("r")
    assert (entries.people, entries.damaged) == ({}, 0)
    journal.append("r", [noted(1, "b")])
    assert notes(journal) == ["b"]
    assert [file.name for file in journal.path.parent.iterdir()] == [journal.path.name]


def test_a_damaged_line_in_the_middle_is_skipped_and_counted(journal: Journal) -> None:
    journal.append("r", [noted(0, "a"), noted(1, "b"), noted(2, "c")])
    lines = journal.path.read_bytes().split(b"\n")
    lines[2] = bytes(len(lines[2]))
    journal.path.write_bytes(b"\n".join(lines))
    assert (notes(journal), journal.read("r").damaged) == (["a", "c"], 1)
    # The last line too, when something was appended after it; else it is what a power cut has left.
    lines[2], lines[3] = noted(1, "b"), b"{}"
    journal.path.write_bytes(b"\n".join(lines))
    assert (notes(journal), journal.read("r").damaged) == (["a", "b"], 0)
    journal.path.write_bytes(b"\n".join(lines) + b'{"person"')
    assert (notes(journal), journal.read("r").damaged) == (["a", "b"], 1)


def test_a_damaged_start_is_put_aside_with_what_follows(journal: Journal) -> None:
    journal.append("r", [noted(0, "a"), noted(1, "b")])
    journal.path.write_bytes(b"#" + journal.path.read_bytes())
    assert journal.read("r").damaged == 2
    journal.append("r", [noted(2, "c")])
    assert notes(journal) == ["c"]
    assert noted(1, "b") in journal.path.with_name(f"{journal.path.name}.1").read_bytes()


def test_a_damaged_journal_is_put_aside_when_the_project_is_saved(tmp_path: Path) -> None:
    path = Project(PEOPLE).save(tmp_path / "set.json")
    project = Project.open(path)
    for index in range(3):
        project.replace(index, replace(PEOPLE[index], notes="x"))
    project.append(project.take_unwritten())
    journal = tmp_path / "set.json.journal"
    journal.write_bytes(journal.read_bytes().replace(b"joints3d", b"joints4d", 1))
    again = Project.open(path)
    assert (again.recovered, again.damaged) == (2, 1)
    again.save()
    assert b"joints4d" in (tmp_path / "set.json.journal.1").read_bytes()
    assert not journal.exists()
    assert (Project.open(path).recovered, Project.open(path).damaged) == (0, 0)


def test_a_journal_of_another_revision(journal: Journal) -> None:
    journal.append("r", [noted(0, "a")])
    entries = journal.read("s")
    assert (entries.people, entries.damaged) == ({}, 0)


def test_a_newer_journal_is_refused(journal: Journal) -> None:
    journal.path.write_text('{"format": "deepskel pose journal", "version": 2, "revision": "r"}\n')
    with pytest.raises(InputError, match="newer DeepSkel"):
        journal.read("r")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit of a process's files")
def test_a_disk_that_is_full_in_the_middle_of_a_line(journal: Journal) -> None:
    import resource

    journal.append("r", [noted(0, "a")])
    whole = journal.path.read_bytes()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 100, before[1]))
        with pytest.raises(OutputError, match="disk is full"):
            journal.append("r", [noted(1, "b")])
        with pytest.raises(OutputError, match="disk is full"):
            Journal(journal.path.with_name("other.json")).append("r", LINES * 10)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert journal.path.read_bytes() == whole
    journal.append("r", [noted(1, "b")])
    assert notes(journal) == ["a", "b"]


def test_a_read_only_folder(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(OutputError, match="may not be written to"):
        journal.append("r", LINES)


def _work(path: Path, told: Connection, start: int) -> None:
    """Edit, append, say so; save now and then. Until killed."""
    project = Project.open(path)
    turn = start
    while True:
        turn += 1
        chosen = random.sample(range(len(project.people)), 3)
        for index in chosen:
            project.replace(index, replace(project.people[index], notes=str(turn)))
        project.append(project.take_unwritten())
        told.send((turn, chosen))
        if turn % 5 == 0:
            project.save()


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
def test_killed_at_any_moment_nothing_that_was_appended_is_lost(tmp_path: Path) -> None:
    fork = multiprocessing.get_context("fork")
    path = Project(people_like(12)).save(tmp_path / "set.json")
    turn, told = 0, [0] * 12
    recovered = 0
    for _ in range(20):
        ours, theirs = fork.Pipe(duplex=False)
        process = fork.Process(target=_work, args=(path, theirs, turn), daemon=True)
        process.start()
        theirs.close()
        assert ours.poll(30)
        time.sleep(random.uniform(0, 0.05))
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        while True:
            try:
                turn, chosen = ours.recv()
            except EOFError:
                break
            for index in chosen:
                told[index] = turn
        project = Project.open(path)
        found = [int(person.notes or 0) for person in project.people]
        # What was appended but not yet told may be there too: the turn after.
        assert all(value in (last, turn + 1) for value, last in zip(found, told, strict=True))
        assert project.damaged == 0
        recovered += project.recovered
        turn, told = turn + 1, found
    assert recovered > 0
    assert turn > 40
