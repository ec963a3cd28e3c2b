"""Lines of a manifest, one JSON object each, checked one by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from engine.errors import InputError

L = TypeVar("L", bound=BaseModel)


def manifest_file(path: Path) -> Path:
    """The manifest itself, given it or the folder that holds it.

    Raises:
        InputError: There is none.
    """
    if path.is_dir():
        path = path / "manifest.jsonl"
    if not path.is_file():
        raise InputError(f"There is no manifest {path}.", "Give a manifest.jsonl or the folder that holds one.")
    return path


def manifest_lines(path: Path, kind: type[L], what: str) -> Iterator[L]:
    """Every line that is not empty, in order.

    Args:
        path: The file.
        kind: What a line must be.
        what: How that is called in messages: "a person".

    Raises:
        InputError: A line that is not as described (the message names it).
    """
    with path.open("rb") as lines:
        for number, text in enumerate(lines, 1):
            if not text.strip():
                continue
            try:
                yield kind.model_validate_json(text)
            except ValidationError as error:
                first = error.errors()[0]
                problem = ": ".join([*map(str, first["loc"]), first["msg"]])
                raise InputError(f"Line {number} of {path} is not {what}: {problem}.") from error
