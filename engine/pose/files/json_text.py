"""JSON files of poses: what they share in being read, refused and written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from engine.errors import InputError

DECIMALS = 3
LINE = 120
"""What fits into a line of this many letters stands in one line."""

BY_NAME, LISTED = "{}", "[]"
"""Tags of what can be written as an object or as a list; no part of the key that a message names."""


class Record(BaseModel):
    """A part of a file: unknown keys, infinities and NaN are errors, and equal content is equal."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _rounded(value: float) -> float:
    return round(value, DECIMALS) + 0.0  # no -0.0


# Rounded where they enter, so that what is held in memory is what is written and read back.
Pixels = Annotated[float, AfterValidator(_rounded)]
Millimetres = Annotated[float, AfterValidator(_rounded)]
Share = Annotated[float, Field(ge=0, le=1), AfterValidator(_rounded)]
XY = tuple[Pixels, Pixels]
XYZ = tuple[Millimetres, Millimetres, Millimetres]


class File(Record):
    """The whole of a file. Subclasses have a literal `format` and `version`."""

    def to_bytes(self) -> bytes:
        """The file's bytes: UTF-8, broken where a line would be long; keys without a value are left out."""
        return (_text(self.model_dump(mode="json", exclude_none=True)) + "\n").encode()

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a file of this kind.

        Raises:
            InputError: Missing, not JSON, of another kind or version, or a value is wrong (the message names the key).
        """
        return parse(cls, read_bytes(path), Path(path).name)


def read_bytes(path: str | Path) -> bytes:
    """Content of a file.

    Raises:
        InputError: It cannot be read.
    """
    path = Path(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"“{path.name}” cannot be read: {error.strerror or error}.", "Check the path.") from error


_Model = TypeVar("_Model", bound=BaseModel)


def parse(model: type[_Model], content: bytes, name: str) -> _Model:
    """Content as a model.

    Raises:
        InputError: The first mistake, with the key that it is at.
    """
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        if first["loc"] == ("version",):
            raise InputError(
                f"“{name}” is of another version ({first['input']!r:.20}) of its format.",
                "Open it with the version of DeepSkel that wrote it.",
            ) from error
        where = ".".join(str(key) for key in first["loc"] if key not in (BY_NAME, LISTED)) or "the file"
        raise InputError(f"“{name}” cannot be understood: {where}: {first['msg']}.", "Correct the file.") from error


def _text(value: Any, indent: int = 0) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + 2 * indent <= LINE or not isinstance(value, dict | list) or not value:
        return line
    inner = "  " * (indent + 1)
    if isinstance(value, dict):
        parts = [f"{json.dumps(k, ensure_ascii=False)}: {_text(v, indent + 1)}" for k, v in value.items()]
        opening, closing = "{}"
    else:
        parts = [_text(each, indent + 1) for each in value]
        opening, closing = "[]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(parts) + f"\n{'  ' * indent}{closing}"
