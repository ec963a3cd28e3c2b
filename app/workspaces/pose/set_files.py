"""Which files hold sets of people, and how they are read: projects, annotations of others, folders of photos."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.worker import Task
from engine.errors import InputError
from engine.imaging.formats import readable_extensions
from engine.pose.files.open import read_annotations
from engine.pose.project.lock import ProjectLock
from engine.pose.project.project import Project
from engine.pose.project.project_file import Header

ENDINGS = (".json", ".mat", ".h5", ".hdf5", ".csv")
"""Of files that hold people."""
HEAD = 4096


def holds_people(path: Path) -> bool:
    """Whether a file or folder is a set of people rather than a photo, by its name."""
    return path.is_dir() or path.suffix.lower() in ENDINGS


@dataclass(frozen=True, eq=False)
class ReadSet:
    """What came out of a file: a project that is on the disk, or people who are to become one.

    Args:
        project: Locked when it is on the disk.
        source: What was read.
        interrupted: Whoever wrote it last did not close it.
    """

    project: Project
    source: Path
    interrupted: bool = False


def read_set(path: Path, task: Task) -> ReadSet:
    """Read in a worker's thread. A project comes locked.

    Raises:
        InputError: It holds nobody, or cannot be read.
    """
    if path.is_dir():
        photos = sorted(p for p in path.iterdir() if p.suffix.lower() in readable_extensions() and p.is_file())
        if not photos:
            raise InputError(f"There are no photos in “{path.name}”.", "Choose a folder with photos.")
        return ReadSet(Project.from_photos(photos), path)
    if is_project(path):
        interrupted = ProjectLock(path).path.exists()  # whoever closes it properly takes the lock away
        project = Project.open(path, progress=partial(_tell, task))
        project.lock()
        return ReadSet(project, path, interrupted)
    annotations = read_annotations(path)
    if not annotations:
        raise InputError(f"“{path.name}” holds nobody.", "Choose a file with annotated people.")
    folders = [path.parent, path.parent / "images", path.parent.parent / "images"]
    project = Project.from_annotations(annotations, [f for f in folders if f.is_dir()], source=path)
    return ReadSet(project, path)


def _tell(task: Task, done: int, total: int) -> None:
    task.check()
    task.progress(done / total)


def is_project(path: Path) -> bool:
    """Whether a file says of itself that it is a project."""
    try:
        with path.open("rb") as file:
            start = file.read(HEAD)
    except OSError:
        return False
    return path.suffix.lower() == ".json" and json.dumps(Header.model_fields["format"].default).encode() in start
