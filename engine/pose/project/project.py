"""A set of people whose poses are worked on, in memory and on the disk.

On the disk it is a file that `save` writes whole, and a journal beside it to which every change goes at once. One
thread changes people and takes what is unwritten; any other may append and save.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from engine.errors import InputError, OutputError
from engine.imaging.save import remove_parts, writing
from engine.pose.files.annotation import Annotation
from engine.pose.files.json_text import read_bytes
from engine.pose.files.open import Images, find_images
from engine.pose.project import record
from engine.pose.project.importing import people_of_photos, person_of
from engine.pose.project.journal import Journal
from engine.pose.project.lock import ProjectLock
from engine.pose.project.person import Person
from engine.pose.project.project_file import Header, Imported, Progress, from_bytes, to_bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """Changes on their way to the journal.

    Args:
        indices: Of the people who were changed; who they are is looked up when they are written, so that an old value
            never follows a newer one.
    """

    indices: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.indices)


@dataclass(frozen=True, slots=True)
class Source:
    """The annotation file that the people came from; it is never written to.

    Args:
        format: How its format is called.
        path: Where it is, or was.
    """

    format: str
    path: Path


class Project:
    """People, where their photos are, and where all of it is kept.

    Args:
        people: Each with another `Person.person`.
        folders: Where photos are looked for.
        source: What the people were imported from.
        path: The project's file; None until it is saved.

    Attributes:
        recovered: People who were read from the journal: changed after the last save, before a program ended.
        damaged: Lines of the journal that could not be understood. The journal is put aside when the project is saved.

    Raises:
        InputError: Two people of one name.
    """

    def __init__(
        self,
        people: Iterable[Person],
        folders: Iterable[Path] = (),
        source: Source | None = None,
        path: Path | None = None,
    ) -> None:
        self.people = list(people)
        self.folders = tuple(Path(folder) for folder in folders)
        self.source = source
        self.path = None if path is None else Path(path)
        self.recovered = self.damaged = 0
        self._revision = self._before = ""
        self._index = {person.person: i for i, person in enumerate(self.people)}
        if len(self._index) != len(self.people):
            raise InputError("Two people have the same name.", "Give every person another one.")
        self._images = find_images([person.image for person in self.people], self.folders)
        self._unwritten: set[int] = set()
        self._memory, self._disk = threading.Lock(), threading.RLock()
        self._lock: ProjectLock | None = None
        self._stamp: tuple[object, ...] = ()

    @classmethod
    def from_annotations(
        cls,
        annotations: Sequence[Annotation],
        folders: Iterable[Path],
        path: Path | None = None,
        *,
        source: Path | None = None,
    ) -> Self:
        """A new project of annotated people; nothing is written.

        Args:
            annotations: Of one file.
            folders: Where photos are looked for.
            path: Where the project will be saved.
            source: The annotation file, which `save` then refuses to overwrite.

        Raises:
            InputError: Two people of one name, as of two files.
        """
        form = annotations[0].source.format if annotations else ""
        origin = None if source is None else Source(form, Path(source))
        return cls([person_of(each) for each in annotations], folders, origin, path)

    @classmethod
    def from_photos(cls, paths: Iterable[str | Path]) -> Self:
        """A new project with one person a photo of whom nothing is known; the box is the whole photo.

        Raises:
            InputError: A file's name is no text.
        """
        return cls(*people_of_photos(paths))

    @classmethod
    def open(cls, path: str | Path, progress: Progress | None = None) -> Self:
        """Read a project and what its journal has; nothing is written.

        Args:
            path: The project's file.
            progress: Called every few hundred people with (done, of how many); what it raises ends the opening.

        Raises:
            InputError: The file cannot be read, is of another format or version, or something in it is wrong (the
                message names line, person and key).
        """
        path = Path(path)
        stamp = _stamp(path)
        header, people = from_bytes(read_bytes(path), path.name, progress)
        base = path.absolute().parent
        origin = None if header.source is None else Source(header.source.format, base / header.source.file)
        project = cls(people, [base / folder for folder in header.folders], origin, path)
        project._revision, project._before = header.revision, header.before
        entries = Journal(path).read(header.revision)
        for person in entries.people.values():
            project._put(person)
        project.recovered, project.damaged = len(entries.people), entries.damaged
        project._stamp = stamp
        return project

    # People

    def find(self, person: str) -> int:
        """Index of a person by name.

        Raises:
            InputError: There is nobody of that name.
        """
        try:
            return self._index[person]
        except KeyError:
            raise InputError(f"There is nobody called “{person}” in this project.") from None

    def replace(self, index: int, person: Person) -> None:
        """Put another value of a person in their place.

        Raises:
            InputError: It is somebody else, or has a number that cannot be written.
        """
        if self.people[index].person != person.person:
            raise InputError(f"{person.person} cannot take the place of {self.people[index].person}.")
        record.check(person)
        with self._memory:
            self.people[index] = person
            self._unwritten.add(index)

    def add(self, person: Person) -> int:
        """Add somebody at the end; returns their index.

        Raises:
            InputError: There is somebody of that name, or a number cannot be written.
        """
        if person.person in self._index:
            raise InputError(f"There is somebody called “{person.person}” in this project already.")
        record.check(person)
        with self._memory:
            index = self._put(person)
            self._unwritten.add(index)
        if person.image not in self._images.found and person.image not in self._images.missing:
            found, missing = find_images([person.image], self.folders)
            self._images = Images(self._images.found | found, self._images.missing + missing)
        return index

    # Photos

    @property
    def missing(self) -> tuple[str, ...]:
        """Photos that are in none of the folders."""
        return tuple(self._images.missing)

    def image_path(self, person: Person) -> Path | None:
        """The photo of a person; None when it is in none of the folders."""
        return self._images.found.get(person.image)

    def look_in(self, folders: Iterable[Path]) -> None:
        """Look for photos in other folders, or once more in the same. Any thread. The next `save` keeps them."""
        self.folders = tuple(Path(folder) for folder in folders)
        self._images = find_images([person.image for person in self.people], self.folders)

    # To the disk

    @property
    def unwritten(self) -> int:
        """How many people have changed and are neither on the disk nor in a batch."""
        return len(self._unwritten)

    def take_unwritten(self) -> Batch:
        """The changes since the last call, to be given to `append`."""
        with self._memory:
            batch = Batch(tuple(sorted(self._unwritten)))
            self._unwritten.clear()
        return batch

    def append(self, batch: Batch) -> None:
        """Write changes to the journal and return when the disk has them. Any thread; twice does no harm.

        Raises:
            InputError: The project has never been saved.
            OutputError: They could not be written; they are unwritten again, and nothing else is lost.
        """
        try:
            with self._disk:
                if self.path is None or not self._revision:
                    raise InputError("A project has a journal once it has a file.", "Save it.")
                if batch:
                    lines = [record.to_line(self.people[index]) for index in batch.indices]
                    Journal(self.path).append(self._revision, lines, self._before)
                    self._stamp = _stamp(self.path)
        except BaseException:
            with self._memory:
                self._unwritten.update(batch.indices)
            raise

    def save(self, path: str | Path | None = None, *, overwrite: bool = False) -> Path:
        """Write the whole project, then remove the journal. Any thread.

        Args:
            path: Where to, from now on; None is where it is.
            overwrite: Replace another file that exists there.

        Returns:
            The path written.

        Raises:
            InputError: No path, and none before.
            OutputError: It could not be written, exists already, is the file that the people were imported from, or a
                project that somebody else works on.
        """
        with self._disk:
            target = self.path if path is None else Path(path)
            if target is None:
                raise InputError("The project has no file yet.", "Say where to save it.")
            own = self.path is not None and bool(self._revision) and same_file(target, self.path)
            if self.source is not None and same_file(target, self.source.path):
                raise OutputError(f"“{target.name}” is the annotations themselves.", "Choose another name.")
            other = None if own else self._lock_of(target)
            with self._memory:
                people, taken = list(self.people), self._unwritten
                self._unwritten = set()
            try:
                revision = secrets.token_hex(8)
                content = to_bytes(self._header(target, revision), people)
                with writing(target, overwrite=overwrite or own) as stream:
                    stream.write(content)
            except BaseException:
                if other is not None:
                    other.release()
                with self._memory:
                    self._unwritten |= taken
                raise
            self._before, self._revision = self._revision, revision
            if own and self.damaged:
                Journal(target).put_aside()
            else:
                Journal(target).remove()
            if other is not None and self._lock is None:
                other.release()
            elif other is not None:
                self.unlock()
                self._lock = other
            self.path, self.damaged, self._stamp = target, 0, _stamp(target)
        return target

    def lock(self) -> None:
        """Keep other programs from writing this project, until `unlock` or this process ends.

        Raises:
            InputError: The project has no file yet.
            OutputError: Somebody else holds it (the message says who) or has written it since it was opened, or the
                folder cannot be written to.
        """
        if self.path is None:
            raise InputError("The project has no file yet.", "Save it.")
        if self._lock is None:
            lock = ProjectLock(self.path)
            lock.acquire()
            if self._stamp and self._stamp != _stamp(self.path):
                lock.release()
                raise OutputError(f"“{self.path.name}” was written by another program meanwhile.", "Open it again.")
            self._lock = lock
            remove_parts(self.path)

    def unlock(self) -> None:
        """Let others write it."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _lock_of(self, target: Path) -> ProjectLock | None:
        """Held while another file is written: somebody else's open project is not. None when it is ours already."""
        lock = ProjectLock(target)
        if self._lock is not None and lock.path == self._lock.path:
            return None
        lock.acquire()
        return lock

    def _put(self, person: Person) -> int:
        index = self._index.setdefault(person.person, len(self.people))
        self.people[index : index + 1] = [person]
        return index

    def _header(self, target: Path, revision: str) -> Header:
        base = target.absolute().parent
        source = None
        if self.source is not None:
            source = Imported(format=self.source.format, file=_relative(self.source.path, base))
        folders = [_relative(folder, base) for folder in self.folders]
        return Header(revision=revision, before=self._revision, source=source, folders=folders)


def _relative(path: Path, base: Path) -> str:
    try:
        return Path(os.path.relpath(path.absolute(), base)).as_posix()
    except ValueError:  # another drive
        return path.absolute().as_posix()


def _stamp(path: Path) -> tuple[object, ...]:
    """What changes when the project or its journal is written."""
    stamps: list[object] = []
    for file in (path, Journal(path).path):
        try:
            found = file.stat()
        except OSError:
            stamps.append(None)
        else:
            stamps.append((found.st_mtime_ns, found.st_size, found.st_ino))
    return tuple(stamps)


def same_file(a: Path, b: Path) -> bool:
    """Whether both are one file, by whatever names; of files that are not there, whether they have one name."""
    try:
        return a.samefile(b)
    except OSError:
        return a.absolute() == b.absolute()
