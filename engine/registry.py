"""Looking things up by their name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from engine.errors import InputError

Entry = TypeVar("Entry")


def named(registry: Mapping[str, Entry], name: str, what: str) -> Entry:
    """The entry of a registry.

    Args:
        registry: Name -> entry.
        name: Which one.
        what: What people call such an entry: “pose method”.

    Raises:
        InputError: There is none of that name; the hint lists those that there are.
    """
    try:
        return registry[name]
    except KeyError:
        raise InputError(f"There is no {what} called “{name}”.", f"There are: {', '.join(registry)}.") from None
