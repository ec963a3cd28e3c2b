"""deepskel annotate init: a project of annotations or photos, everybody lifted and, if wanted, read by the networks."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.cli.common import choose_device, note
from app.cli.preparing import Done, Portion, Reading, lift_portion, lift_portions, photo_portions, reader
from app.cli.processes import spread, usual_processes
from engine.errors import InputError, OutputError
from engine.imaging.formats import readable_extensions
from engine.pose.files.open import read_annotations
from engine.pose.project.person import Person
from engine.pose.project.project import Project
from engine.pose.project.store import CandidateStore, weights_digest

ENDING = ".json"
LISTED = 5
"""Missing photos and problems that are named without --verbose."""
KEEP_EVERY = 1.0
"""Seconds of work that a killed process loses at most, beside what is being done."""


@dataclass
class _Told:
    """What is told at the end."""

    lifted: int = 0
    predicted: int = 0
    problems: list[str] = field(default_factory=list)


def init(arguments: argparse.Namespace) -> int:
    """Import, lift, predict, save, and tell.

    Raises:
        DeepSkelError: Whatever went wrong, with its exit code.
    """
    start = time.perf_counter()
    if arguments.output.suffix.lower() != ENDING:
        raise OutputError(f"“{arguments.output.name}” cannot be written: a project is JSON.", f"End it in {ENDING}.")
    fresh = _imported(arguments)
    project, resumed = _begun(fresh, arguments)
    told = _Told()
    with _locked(project):
        if not resumed:
            project.save(overwrite=arguments.overwrite)
        with _kept(project) as keep:
            wanted = [project.find(person.person) for person in fresh.people]
            _lift(project, wanted, keep, told, arguments)
            if arguments.predict:
                _predict(project, wanted, keep, told, arguments)
        project.save()
    _tell(project, told, arguments)
    if arguments.json:
        print(json.dumps(_record(project, told, resumed, time.perf_counter() - start, arguments), indent=2))
    return 0


def _imported(arguments: argparse.Namespace) -> Project:
    """The people of the annotations, or of the photos of a folder, in memory."""
    given: Path = arguments.annotations
    for folder in arguments.images:
        if not folder.is_dir():
            note(f"There is no folder {folder}.")
    if given.is_dir():
        endings = set(readable_extensions())
        photos = sorted(file for file in given.iterdir() if file.suffix.lower() in endings)
        if not photos:
            raise InputError(f"There is no photo in {given}.", "Give a file of annotations, or a folder of photos.")
        return Project.from_photos(photos[: arguments.limit])
    beside = [given.parent / "images", given.parent]
    people = read_annotations(given)[: arguments.limit]
    if not people:
        raise InputError(f"“{given.name}” holds nobody.", "Give a file with annotated people.")
    return Project.from_annotations(people, arguments.images or beside, source=given)


def _begun(fresh: Project, arguments: argparse.Namespace) -> tuple[Project, bool]:
    """The project to work on, and whether it was there: who is missing in it is added, nobody is changed."""
    output: Path = arguments.output
    if arguments.overwrite or not output.exists():
        fresh.path = output
        return fresh, False
    try:
        project = Project.open(output)
    except InputError as error:
        raise OutputError(
            f"“{output.name}” exists already, and cannot be gone on with: {error.message}",
            "Choose another name, or replace it with --overwrite.",
        ) from error
    if not _same_source(project, fresh):
        raise OutputError(
            f"“{output.name}” exists already and was made of something else.",
            "Choose another name, or replace it with --overwrite.",
        )
    there = {person.person for person in project.people}
    for person in fresh.people:
        if person.person not in there:
            project.add(person)
    if arguments.images:
        project.look_in(arguments.images)
    return project, True


def _same_source(project: Project, fresh: Project) -> bool:
    if project.source is None or fresh.source is None:
        return project.source is fresh.source and {f.resolve() for f in project.folders} == {
            f.resolve() for f in fresh.folders
        }
    return project.source.path.resolve() == fresh.source.path.resolve()


@contextmanager
def _locked(project: Project) -> Iterator[None]:
    """Nobody else writes the project meanwhile."""
    project.lock()
    try:
        yield
    finally:
        project.unlock()


@contextmanager
def _kept(project: Project) -> Iterator[Callable[[Done], None]]:
    """Takes over what was done; on the disk within about a second, and when anything ends the work."""
    last = time.monotonic()

    def write() -> None:
        if project.unwritten:
            project.append(project.take_unwritten())

    def keep(done: Done) -> None:
        nonlocal last
        for index, person in done.people.items():
            # What comes from another process has arrays that may be written to: a new state has none.
            project.replace(index, replace(person, state=replace(person.state)))
        if time.monotonic() - last > KEEP_EVERY:
            write()
            last = time.monotonic()

    try:
        yield keep
    finally:
        write()


def _lift(
    project: Project, wanted: Sequence[int], keep: Callable[[Done], None], told: _Told, arguments: argparse.Namespace
) -> None:
    portions = list(lift_portions([(i, project.people[i]) for i in wanted]))
    for done in _worked(lift_portion, portions, "lifted", arguments.processes or usual_processes()):
        keep(done)
        told.lifted += len(done.people)


def _predict(
    project: Project, wanted: Sequence[int], keep: Callable[[Done], None], told: _Told, arguments: argparse.Namespace
) -> None:
    photos = {person.image: path for person in project.people if (path := project.image_path(person)) is not None}
    portions = list(photo_portions([(i, project.people[i]) for i in wanted], photos))
    if not portions:
        return
    device = choose_device(arguments)
    processes = arguments.processes or (usual_processes() if device.torch_device.type == "cpu" else 1)
    processes = min(processes, len(portions))
    how = Reading(CandidateStore.beside(arguments.output).folder, arguments.device, weights_digest())
    for done in _worked(reader(how, threads=1 if processes > 1 else None), portions, "read", processes):
        keep(done)
        told.predicted += done.predicted
        told.problems += done.problems


def _worked(work: Callable[[Portion], Done], portions: Sequence[Portion], what: str, processes: int) -> Iterator[Done]:
    """What becomes of portions, with a progress line."""
    from tqdm import tqdm

    total = sum(len(portion.people) for portion in portions)
    with tqdm(desc=f"people {what}", total=total, unit="", disable=None if total else True) as bar:
        for done in spread(work, portions, min(processes, len(portions))):
            bar.update(done.looked_at)
            yield done


def _tell(project: Project, told: _Told, arguments: argparse.Namespace) -> None:
    """On standard error, what a person should know."""
    missing = list(project.missing)
    if missing:
        names = {person.image for person in project.people}
        _list(f"{len(missing)} of {len(names)} photos were not found", missing, arguments)
    if told.problems:
        _list(f"{len(told.problems)} could not be read", told.problems, arguments)
    without = _without_pose(project.people)
    posed = f"{len(project.people)} people, {told.lifted} lifted and {told.predicted} read by the networks now"
    note(posed + (f", {without} without a pose." if without else "."))
    if without and not arguments.predict and any(project.image_path(person) for person in project.people):
        note("Give --predict to let the networks read those whose photos are found.")


def _list(what: str, names: Sequence[str], arguments: argparse.Namespace) -> None:
    shown = names if arguments.verbose else names[:LISTED]
    note(f"{what}: {', '.join(shown)}{', … (--verbose names all)' if len(shown) < len(names) else ''}")


def _without_pose(people: Sequence[Person]) -> int:
    return sum(person.state.pose is None for person in people)


def _record(
    project: Project, told: _Told, resumed: bool, seconds: float, arguments: argparse.Namespace
) -> dict[str, Any]:
    return {
        "annotations": str(arguments.annotations),
        "output": str(arguments.output),
        "resumed": resumed,
        "people": len(project.people),
        "lifted": told.lifted,
        "predicted": told.predicted,
        "without_pose": _without_pose(project.people),
        "missing_photos": list(project.missing),
        "problems": told.problems,
        "seconds": seconds,
    }
