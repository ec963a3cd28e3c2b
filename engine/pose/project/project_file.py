"""The project file: one JSON document, its header's keys on the first lines, then one person a line.

So it diffs, and errors name the line. Written by another program in other lines it is the same document, and is read;
then errors name the person by their place. docs/pose-project.md shows an example.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError

from engine.errors import InputError
from engine.pose.files.json_text import Record
from engine.pose.files.pose_json import PIXELS, SPACE
from engine.pose.project.person import Person
from engine.pose.project.record import PersonLine, from_line, said, to_line

VERSION = 1
_PEOPLE = b'"people": ['
EACH = 500
"""People between two calls of a progress function."""

Progress = Callable[[int, int], None]
"""Called with how many people are done, and of how many. What it raises ends the work."""


class Imported(Record):
    """The annotation file that a project was made of: how its format is called, and where it is."""

    format: str
    file: str


class Header(Record):
    """What the file says of all people. Paths are relative to the project's folder, or absolute.

    `revision` is another one in every file that is written, `before` that of the file that it replaced: by them a
    journal is known to belong to this file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    format: Literal["deepskel pose project"] = "deepskel pose project"
    version: Literal[1] = 1
    revision: Annotated[str, Field(min_length=1)]
    before: str = ""
    source: Imported | None = None
    folders: list[str] = Field(default_factory=list)
    coordinates2d: str = PIXELS
    coordinates3d: str = SPACE


class _Document(Header):
    people: list[PersonLine]


def to_bytes(header: Header, people: Sequence[Person]) -> bytes:
    """The whole file.

    Raises:
        InputError: A number of a person is not finite.
    """
    keys = [f"{_text(key)}: {_text(value)}" for key, value in header.model_dump(mode="json").items()]
    start = "{\n" + ",\n".join(keys) + ",\n"
    lines = b",\n".join(to_line(person) for person in people)
    return start.encode("utf-8", "replace") + _PEOPLE + (b"\n" + lines if lines else b"") + b"\n]\n}\n"


def from_bytes(content: bytes, name: str, progress: Progress | None = None) -> tuple[Header, list[Person]]:
    """Header and people of a file.

    Args:
        content: Of the file.
        name: What messages call it.
        progress: Called every `EACH` people.

    Raises:
        InputError: Another format or version, not JSON, a wrong value (the message names line, person and key), or a
            person is there twice.
    """
    lines = content.removeprefix(b"\xef\xbb\xbf").splitlines()
    first = lines.index(_PEOPLE) + 1 if _PEOPLE in lines[:100] else 0
    written_here = first and lines[-2:] == [b"]", b"}"] and all(line.endswith(b"},") for line in lines[first:-3])
    if not written_here:
        return _whole(content, name)
    header = _header(b"\n".join(lines[: first - 1]).rstrip().rstrip(b",") + b"\n}", name)
    total = len(lines) - 2 - first
    people = []
    for number, line in enumerate(lines[first:-2]):
        people.append(from_line(line[:-1] if number < total - 1 else line, f"Line {first + number + 1} of “{name}”"))
        if progress is not None and (number + 1) % EACH == 0:
            progress(number + 1, total)
    numbers = [f"line {first + number + 1}" for number in range(total)]
    _refuse_doubles(people, numbers, name)
    return header, people


def _header(text: bytes, name: str) -> Header:
    try:
        return Header.model_validate_json(text)
    except ValidationError as error:
        raise _refusal(error, name) from error


def _whole(content: bytes, name: str) -> tuple[Header, list[Person]]:
    """A document whose lines are not as `to_bytes` writes them."""
    try:
        document = _Document.model_validate_json(content)
    except ValidationError as error:
        raise _refusal(error, name) from error
    people = [each.value() for each in document.people]
    _refuse_doubles(people, [f"people.{number}" for number in range(len(people))], name)
    return Header(**{key: getattr(document, key) for key in Header.model_fields}), people


def _refusal(error: ValidationError, name: str) -> InputError:
    wrong = {each["loc"]: each for each in error.errors(include_url=False)}
    if ("format",) in wrong:
        return InputError(f"“{name}” is no project of poses.", "Open a file that “Save project” has written.")
    if ("version",) in wrong:
        version: Any = wrong["version",]["input"]
        return InputError(
            f"“{name}” is of version {version!r:.20} of its format; this DeepSkel reads version {VERSION}.",
            "Open it with a newer DeepSkel.",
        )
    return InputError(f"“{name}” cannot be understood: {said(error)}.", "Correct the file.")


def _refuse_doubles(people: Sequence[Person], places: Sequence[str], name: str) -> None:
    first: dict[str, str] = {}
    for person, place in zip(people, places, strict=True):
        if first.setdefault(person.person, place) != place:
            raise InputError(
                f"“{name}” has {person.person} twice: {first[person.person]} and {place}.", "Remove one of them."
            )


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
