"""Words of a command line, read the same way by every `evaluate`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence

from engine.errors import InputError


def names(text: str) -> list[str]:
    """A,B -> [A, B], each once."""
    found = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not found:
        raise argparse.ArgumentTypeError("give at least one name")
    return found


def group(text: str) -> tuple[str, list[str]]:
    """NAME=A,B -> (NAME, [A, B])."""
    name, equals, members = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError("give NAME=SET,SET/QUALITY")
    return name, names(members)


def count(text: str) -> int:
    """A whole number from 0."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)


def positive(text: str) -> int:
    """A whole number from 1."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def fraction(text: str) -> float:
    """A number from 0 to 10."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 10:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 10")
    return value


def in_group(members: Sequence[str], set_name: str, quality: str) -> bool:
    """Whether a group, whose members are SET or SET/QUALITY, takes what is of this set and quality."""
    return set_name in members or f"{set_name}/{quality}" in members


def check_groups(groups: Mapping[str, Sequence[str]], sets: Iterable[str]) -> None:
    """InputError when a group names a set that is not measured."""
    known = set(sets)
    for name, members in groups.items():
        if unknown := sorted({member for member in members if member.partition("/")[0] not in known}):
            raise InputError(
                f"The group {name} names the set {unknown[0]}, which is not measured.",
                f"Sets: {', '.join(sorted(known))}.",
            )
