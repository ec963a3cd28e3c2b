"""Long sequences piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def portions(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of `size` items, the last one maybe shorter; items are taken when they are needed."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some
