"""The journal beside a project: people as they became since the file was saved, so that saving one costs one line.

A header line names the revision of the project that the journal continues; then one whole person a line, the last one
of a person counts. What `append` has returned from is on the disk. A line that a killed process left half written is
cut off by the next `append`.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from engine.errors import InputError
from engine.imaging.save import sync_folder, told_plainly
from engine.pose.files.json_text import Record, read_bytes
from engine.pose.project.person import Person
from engine.pose.project.record import from_line

VERSION = 1
BLOCK = 1 << 16
"""Bytes in which the last line's end is searched for, from the file's end."""


class _Start(Record):
    format: Literal["deepskel pose journal"] = "deepskel pose journal"
    version: int = VERSION
    revision: str


@dataclass(frozen=True, slots=True)
class Entries:
    """What a journal says.

    Args:
        people: By their name, as they last were, in the order in which they first came.
        damaged: Lines before the last that cannot be understood. They were skipped.
    """

    people: dict[str, Person] = field(default_factory=dict)
    damaged: int = 0


class Journal:
    """The journal of a project.

    Args:
        project: The project's file; the journal of `set.json` is `set.json.journal`.
    """

    def __init__(self, project: Path) -> None:
        self.path = project.with_name(f"{project.name}.journal")

    def read(self, revision: str) -> Entries:
        """What was appended since `revision` was saved; nothing when there is no journal.

        Raises:
            InputError: The file cannot be read, or a newer DeepSkel has written it.
        """
        if not self.path.exists():
            return Entries()
        first, *lines = read_bytes(self.path).split(b"\n")
        last = lines.pop() if lines else b""  # nothing, or what a killed process left half written
        start = self._start(first)
        if start is None:
            return Entries(damaged=len(lines))
        if start.revision != revision:
            return Entries()
        people: dict[str, Person] = {}
        damaged = 0
        for number, line in enumerate(lines, 2):
            try:
                person = from_line(line, f"Line {number} of “{self.path.name}”")
            except InputError:
                damaged += number - 1 < len(lines) or bool(last)
            else:
                people[person.person] = person
        return Entries(people, damaged)

    def append(self, revision: str, lines: Sequence[bytes], before: str = "") -> None:
        """Write people and return when the disk has them; when it fails, nothing of them is there.

        Args:
            revision: Of the project's file. A journal of another revision is put aside first.
            lines: People as engine.pose.project.record.to_line.
            before: The revision that the project's file replaced, and with it everything in a journal of that one.

        Raises:
            OutputError: Full disk, read-only folder, a folder that is gone.
        """
        text = b"".join(line + b"\n" for line in lines)
        with told_plainly(self.path):
            found = self._revision()
            if found == revision:
                self._extend(text)
                return
            if found in ("", before):
                self.path.unlink(missing_ok=True)
            else:
                self.put_aside()
            self._create(_Start(revision=revision).model_dump_json().encode() + b"\n" + text)

    def put_aside(self) -> None:
        """Rename a journal that nobody reads, so that what is in it is not lost."""
        number = 1
        while (aside := self.path.with_name(f"{self.path.name}.{number}")).exists():
            number += 1
        with contextlib.suppress(FileNotFoundError):
            self.path.rename(aside)

    def remove(self) -> None:
        """Called when the project's file has everything. It does no harm when the journal stays."""
        with contextlib.suppress(OSError):
            self.path.unlink()
            sync_folder(self.path.parent)

    def _start(self, line: bytes) -> _Start | None:
        try:
            start = _Start.model_validate_json(line)
        except ValidationError:
            return None
        if start.version != VERSION:
            raise InputError(
                f"“{self.path.name}” is of version {start.version} of its format; this DeepSkel reads {VERSION}.",
                "Open the project with a newer DeepSkel.",
            )
        return start

    def _revision(self) -> str | None:
        """Which revision the journal continues; "" when nothing was ever in it, None when its start is damaged."""
        try:
            with self.path.open("rb") as stream:
                first = stream.readline()
        except FileNotFoundError:
            return ""
        start = self._start(first)
        return start.revision if start else None if first.endswith(b"\n") else ""

    def _extend(self, text: bytes) -> None:
        with self.path.open("r+b", buffering=0) as stream:
            end = _end_of_lines(stream)
            try:
                stream.truncate(end)
                stream.seek(end)
                _write(stream, text)
            except BaseException:
                with contextlib.suppress(OSError):
                    stream.truncate(end)
                raise

    def _create(self, text: bytes) -> None:
        with self.path.open("xb", buffering=0) as stream:
            try:
                _write(stream, text)
            except BaseException:
                with contextlib.suppress(OSError):
                    stream.truncate(0)
                raise
        sync_folder(self.path.parent)


def _write(stream: FileIO, text: bytes) -> None:
    rest = memoryview(text)
    while rest:
        rest = rest[stream.write(rest) :]
    os.fsync(stream.fileno())


def _end_of_lines(stream: FileIO) -> int:
    """Where the last line that has its end ends."""
    end = stream.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - BLOCK)
        stream.seek(start)
        at = stream.read(end - start).rfind(b"\n")
        if at >= 0:
            return start + at + 1
        end = start
    return 0
