"""A project in memory and on the disk: what is saved and appended is what is opened, whatever happens in between."""

from __future__ import annotations

import errno
import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import InputError, OutputError
from engine.pose.project.person import Person, PoseState
from engine.pose.project.project import Project, Source
from tests.unit.engine.pose.project.people import everything, people_like, same


@pytest.fixture
def saved(tmp_path: Path) -> Project:
    project = Project(people_like(5), [tmp_path / "photos"])
    project.save(tmp_path / "set.json")
    return project


def noted(project: Project, index: int, notes: str) -> None:
    project.replace(index, replace(project.people[index], notes=notes))


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_saved_is_opened(tmp_path: Path) -> None:
    project = Project([everything(), *people_like(3)], [tmp_path / "photos", tmp_path.parent])
    path = project.save(tmp_path / "set.json")
    again = Project.open(path)
    same(again.people, project.people)
    assert [f.resolve() for f in again.folders] == [tmp_path / "photos", tmp_path.parent]
    assert (again.path, again.recovered, again.damaged, again.unwritten) == (path, 0, 0, 0)
    assert names(tmp_path) == ["set.json"]


def test_appended_is_recovered(saved: Project) -> None:
    noted(saved, 1, "first")
    noted(saved, 3, "other")
    assert saved.unwritten == 2
    saved.append(saved.take_unwritten())
    noted(saved, 1, "second")
    saved.append(saved.take_unwritten())
    assert saved.unwritten == 0
    again = Project.open(saved.path)
    same(again.people, saved.people)
    assert again.recovered == 2
    assert [person.notes for person in again.people] == ["", "second", "", "other", ""]
    again.save()
    third = Project.open(saved.path)
    same(third.people, saved.people)
    assert third.recovered == 0


def test_added_people_are_kept(saved: Project, tmp_path: Path) -> None:
    new = replace(everything(), person="new")
    assert saved.add(new) == 5 == saved.find("new")
    saved.append(saved.take_unwritten())
    again = Project.open(saved.path)
    assert again.people[again.find("new")].same_as(new)
    with pytest.raises(InputError, match="already"):
        saved.add(new)


def test_find_and_replace_know_people_by_name(saved: Project) -> None:
    assert [saved.find(person.person) for person in saved.people] == [0, 1, 2, 3, 4]
    with pytest.raises(InputError, match="nobody called “who”"):
        saved.find("who")
    with pytest.raises(InputError, match="cannot take the place"):
        saved.replace(0, saved.people[1])
    with pytest.raises(InputError, match="same name"):
        Project([saved.people[0], saved.people[0]])


def test_a_batch_appended_late_never_brings_back_an_older_value(saved: Project) -> None:
    noted(saved, 0, "old")
    batch = saved.take_unwritten()
    noted(saved, 0, "new")
    saved.save()
    saved.append(batch)
    assert Project.open(saved.path).people[0].notes == "new"


def test_a_kill_between_saving_and_removing_the_journal_does_no_harm(saved: Project) -> None:
    noted(saved, 0, "old")
    saved.append(saved.take_unwritten())
    journal = Path(f"{saved.path}.journal")
    left = journal.read_bytes()
    noted(saved, 0, "new")
    saved.save()
    assert not journal.exists()
    journal.write_bytes(left)
    again = Project.open(saved.path)
    assert (again.people[0].notes, again.recovered) == ("new", 0)
    noted(again, 1, "and on")
    again.append(again.take_unwritten())
    assert [p.notes for p in Project.open(saved.path).people[:2]] == ["new", "and on"]
    assert names(journal.parent) == ["set.json", "set.json.journal"]


def test_a_journal_of_another_version_of_the_project_is_put_aside(saved: Project, tmp_path: Path) -> None:
    first = saved.path.read_bytes()
    saved.save()
    saved.save()
    noted(saved, 0, "later")
    saved.append(saved.take_unwritten())
    saved.path.write_bytes(first)  # as version control does
    again = Project.open(saved.path)
    assert (again.people[0].notes, again.recovered) == ("", 0)
    noted(again, 1, "here")
    again.append(again.take_unwritten())
    assert Project.open(saved.path).people[1].notes == "here"
    assert b"later" in (tmp_path / "set.json.journal.1").read_bytes()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_what_could_not_be_appended_is_appended_by_the_next_try(
    saved: Project, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    noted(saved, 0, "kept")
    saved.append(saved.take_unwritten())
    noted(saved, 1, "tried")

    def full(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OutputError) as raised:
            saved.append(saved.take_unwritten())
        assert raised.value.hint
        assert saved.unwritten == 1
        assert [p.notes for p in Project.open(saved.path).people[:2]] == ["kept", ""]
        with pytest.raises(OutputError):
            saved.save()
        assert saved.unwritten == 1
    saved.append(saved.take_unwritten())
    assert [p.notes for p in Project.open(saved.path).people[:2]] == ["kept", "tried"]


def test_a_folder_that_is_gone(saved: Project, tmp_path: Path) -> None:
    folder = tmp_path / "drive"
    folder.mkdir()
    saved.save(folder / "set.json")
    noted(saved, 2, "kept")
    away = folder.rename(tmp_path / "unplugged")
    for attempt in (lambda: saved.append(saved.take_unwritten()), saved.save):
        with pytest.raises(OutputError, match="does not exist"):
            attempt()
        assert saved.unwritten == 1
    away.rename(folder)
    saved.append(saved.take_unwritten())
    assert Project.open(saved.path).people[2].notes == "kept"


def test_saved_elsewhere(saved: Project, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    noted(saved, 0, "moved")
    new = saved.save(tmp_path / "deep" / "other.json")
    assert (saved.path, saved.unwritten) == (new, 0)
    assert json.loads(new.read_bytes())["folders"] == ["../photos"]
    noted(saved, 1, "there")
    saved.append(saved.take_unwritten())
    assert [p.notes for p in Project.open(new).people[:2]] == ["moved", "there"]
    assert [p.notes for p in Project.open(tmp_path / "set.json").people[:2]] == ["", ""]
    with pytest.raises(OutputError, match="exists already"):
        saved.save(tmp_path / "set.json")
    saved.save(tmp_path / "set.json", overwrite=True)
    assert Project.open(tmp_path / "set.json").people[1].notes == "there"


def test_annotations_are_never_overwritten(tmp_path: Path) -> None:
    source = tmp_path / "valid.json"
    source.write_text("annotations")
    project = Project(people_like(2), source=Source("COCO keypoints", source))
    project.save(tmp_path / "set.json")
    again = Project.open(tmp_path / "set.json")
    assert again.source is not None
    assert (again.source.format, again.source.path.resolve()) == ("COCO keypoints", source)
    for each in (project, again):
        with pytest.raises(OutputError, match="annotations themselves"):
            each.save(source, overwrite=True)
    assert source.read_text() == "annotations"


def test_without_a_file_there_is_nothing_to_append_to(tmp_path: Path) -> None:
    project = Project(people_like(1))
    noted(project, 0, "x")
    for path in (None, tmp_path / "set.json"):
        project.path = path
        with pytest.raises(InputError, match="once it has a file"):
            project.append(project.take_unwritten())
        assert project.unwritten == 1
    project.path = None
    for act in (project.save, project.lock):
        with pytest.raises(InputError, match="no file yet"):
            act()


def test_what_cannot_be_written_is_refused_when_it_comes(saved: Project) -> None:
    person = saved.people[0]
    for wrong in ({"seconds": float("nan")}, {"box": (0.0, 0.0, float("inf"), 1.0)}, {"image": ""}):
        with pytest.raises(InputError):
            saved.replace(0, replace(person, **wrong))
    camera = replace(person.state.camera, scale=-1.0)
    with pytest.raises(InputError, match="scale"):
        saved.replace(0, replace(person, state=replace(person.state, camera=camera)))
    assert saved.unwritten == 0


def test_photos(tmp_path: Path, saved: Project) -> None:
    (tmp_path / "photos").mkdir()
    for name in dict.fromkeys(person.image for person in saved.people[:3]):
        (tmp_path / "photos" / name).touch()
    saved.look_in(saved.folders)
    assert saved.image_path(saved.people[0]) == tmp_path / "photos" / saved.people[0].image
    assert saved.image_path(saved.people[4]) is None
    assert saved.missing == tuple(dict.fromkeys(p.image for p in saved.people if not saved.image_path(p)))
    (tmp_path / "photos" / "new.jpg").touch()
    for image in ("new.jpg", "newer.jpg"):
        saved.add(replace(everything(), person=image, image=image))
    assert [bool(saved.image_path(person)) for person in saved.people[-2:]] == [True, False]
    assert saved.missing[-1] == "newer.jpg"
    saved.look_in([])
    assert saved.image_path(saved.people[0]) is None


def test_moved_with_its_photos_it_finds_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = tmp_path / "work"
    (work / "photos").mkdir(parents=True)
    people = people_like(2)
    (work / "photos" / people[0].image).touch()
    monkeypatch.chdir(work)
    project = Project(people, [Path("photos")], Source("MPII JSON (HRNet)", Path("valid.json")))
    project.save(Path("set.json"))
    work.rename(tmp_path / "moved")
    monkeypatch.chdir(tmp_path)
    found = Project.open(Path("moved") / "set.json")
    assert found.missing == ()
    photo = found.image_path(found.people[0])
    assert photo is not None
    assert photo.samefile(tmp_path / "moved" / "photos" / people[0].image)
    assert found.source is not None
    assert found.source.path.parent.samefile(tmp_path / "moved")


def test_photos_whose_drive_is_gone_are_missing_and_their_people_stay(saved: Project, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    for person in saved.people:
        (tmp_path / "photos" / person.image).touch()
    assert Project.open(tmp_path / "set.json").missing == ()
    (tmp_path / "photos").rename(tmp_path / "unplugged")
    project = Project.open(tmp_path / "set.json")
    assert len(project.missing) == 3
    same(project.people, saved.people)
    assert [folder.name for folder in project.folders] == ["photos"]  # where they will be again
    (tmp_path / "unplugged").rename(tmp_path / "photos")
    project.look_in(project.folders)
    assert project.missing == ()


@pytest.mark.parametrize("name", ["日本 ñ ﬁ.jpg", "a\n\x1b[31m\t\x7f.jpg", "a\0b\u2028.jpg", "“a”\\, {b}.jpg"])
def test_any_name(tmp_path: Path, name: str) -> None:
    person = replace(people_like(1)[0], person=f"{name}#1", image=name)
    project = Project([person])
    project.save(tmp_path / "set.json")
    noted(project, 0, name)
    project.append(project.take_unwritten())
    again = Project.open(tmp_path / "set.json")
    same(again.people, [replace(person, notes=name)])
    assert again.missing == (name,)


def test_changes_while_another_thread_writes(saved: Project) -> None:
    stop = threading.Event()
    failed: list[BaseException] = []

    def keep() -> None:
        try:
            turn = 0
            while not stop.is_set() or saved.unwritten:
                turn += 1
                saved.append(saved.take_unwritten())
                if turn % 5 == 0:
                    saved.save()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=keep)
    thread.start()
    for turn in range(300):
        noted(saved, turn % 5, str(turn))
    stop.set()
    thread.join(60)
    assert not failed
    assert [p.notes for p in Project.open(saved.path).people] == ["295", "296", "297", "298", "299"]


def test_empty(tmp_path: Path) -> None:
    Project([]).save(tmp_path / "set.json")
    assert Project.open(tmp_path / "set.json").people == []


def test_progress(tmp_path: Path) -> None:
    nobody = PoseState(np.full((16, 2), np.nan), np.zeros(16, int))
    path = Project(Person(str(i), "a.jpg", nobody) for i in range(1100)).save(tmp_path / "set.json")
    calls: list[tuple[int, int]] = []
    Project.open(path, lambda done, total: calls.append((done, total)))
    assert calls == [(500, 1100), (1000, 1100)]
