"""One process at a time has a project; what a killed one has left is taken over."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import time
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from engine.errors import OutputError
from engine.imaging.save import writing
from engine.pose.project.lock import ProjectLock
from engine.pose.project.project import Project
from tests.unit.engine.pose.project.people import people_like

forking = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def _write(path: Path, told: Connection) -> None:
    with writing(path, overwrite=True) as stream:
        stream.write(b"half of it")
        stream.flush()
        told.send("writing")
        time.sleep(60)


@forking
def test_what_a_process_killed_in_a_save_has_left_goes_with_the_lock(tmp_path: Path) -> None:
    path = Project(people_like(2)).save(tmp_path / "set.json")
    before = path.read_bytes()
    fork = multiprocessing.get_context("fork")
    for file in (path, tmp_path / "other.json"):
        ours, theirs = fork.Pipe(duplex=False)
        process = fork.Process(target=_write, args=(file, theirs), daemon=True)
        process.start()
        assert ours.poll(30)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    assert len(list(tmp_path.glob(".deepskel-*.part"))) == 2
    project = Project.open(path)
    assert len(list(tmp_path.glob(".deepskel-*.part"))) == 2  # to look is not to write
    project.lock()
    assert len(list(tmp_path.glob(".deepskel-*.part"))) == 1  # that of the other file
    project.unlock()
    assert path.read_bytes() == before


def test_a_new_project_does_not_take_the_place_of_one_that_is_open(tmp_path: Path) -> None:
    path = Project(people_like(2)).save(tmp_path / "set.json")
    before = path.read_bytes()
    theirs = Project.open(path)
    theirs.lock()
    new = Project(people_like(3))
    with pytest.raises(OutputError, match="is being worked on already"):
        new.save(path, overwrite=True)
    assert path.read_bytes() == before
    assert new.path is None
    theirs.unlock()
    new.save(path, overwrite=True)
    assert len(Project.open(path).people) == 3
    assert names(tmp_path) == ["set.json"]


def _keep(path: Path, told: Connection) -> None:
    project = Project.open(path)
    project.lock()
    told.send("held")
    time.sleep(60)


@forking
def test_another_process_is_refused_and_told_who_has_it_and_a_killed_one_is_followed(tmp_path: Path) -> None:
    path = Project(people_like(2)).save(tmp_path / "set.json")
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)
    process = fork.Process(target=_keep, args=(path, theirs), daemon=True)
    process.start()
    assert ours.poll(30)
    project = Project.open(path)
    try:
        with pytest.raises(OutputError) as raised:
            project.lock()
        assert f"process {process.pid} on {socket.gethostname()}" in raised.value.message
        assert "set.json.lock" in raised.value.hint
        assert len(Project.open(path).people) == 2  # to look is not to write
    finally:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    project.lock()
    assert names(tmp_path) == ["set.json", "set.json.lock"]
    project.unlock()
    assert names(tmp_path) == ["set.json"]


def test_the_same_program_cannot_open_it_twice(tmp_path: Path) -> None:
    path = Project(people_like(2)).save(tmp_path / "set.json")
    first, second = Project.open(path), Project.open(path)
    first.lock()
    first.lock()
    with pytest.raises(OutputError, match="this very program"):
        second.lock()
    second.unlock()  # not theirs
    assert (tmp_path / "set.json.lock").exists()
    first.unlock()
    first.unlock()
    second.lock()
    second.unlock()


@pytest.mark.parametrize("how", ["append", "save"])
def test_what_another_has_written_since_it_was_opened_is_not_written_over(tmp_path: Path, how: str) -> None:
    path = Project(people_like(2)).save(tmp_path / "set.json")
    late, first = Project.open(path), Project.open(path)
    first.lock()
    first.replace(0, replace(first.people[0], notes="first"))
    if how == "append":
        first.append(first.take_unwritten())
    else:
        first.save()
    first.unlock()
    with pytest.raises(OutputError, match="meanwhile"):
        late.lock()
    assert names(tmp_path) == (["set.json", "set.json.journal"] if how == "append" else ["set.json"])
    again = Project.open(path)
    again.lock()
    assert again.people[0].notes == "first"
    again.unlock()
    first.lock()  # what they have written themselves they know
    first.unlock()


def test_saved_elsewhere_the_lock_goes_along(tmp_path: Path) -> None:
    project = Project(people_like(2))
    project.save(tmp_path / "a.json")
    project.lock()
    project.save()
    assert names(tmp_path) == ["a.json", "a.json.lock"]
    project.save(tmp_path / "b.json")
    assert names(tmp_path) == ["a.json", "b.json", "b.json.lock"]
    other = Project.open(tmp_path / "a.json")
    other.lock()
    with pytest.raises(OutputError, match="worked on already"):
        project.save(tmp_path / "a.json", overwrite=True)
    assert project.path == tmp_path / "b.json"
    with pytest.raises(OutputError, match="exists already"):
        project.save(_empty(tmp_path / "c.json"))
    assert names(tmp_path) == ["a.json", "a.json.lock", "b.json", "b.json.lock", "c.json"]
    project.unlock()
    other.unlock()


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    lock = ProjectLock(tmp_path / "nowhere" / "set.json")
    with pytest.raises(OutputError, match="does not exist"):
        lock.acquire()
    assert not lock.held


def _empty(path: Path) -> Path:
    path.touch()
    return path
