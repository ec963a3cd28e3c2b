"""Archives of numpy that hold pickled dictionaries, read without running what a pickle may call.

An array of objects is a pickle, and a pickle can run anything. Here it can make arrays of numpy and Python's own
containers and numbers, and nothing else.
"""

from __future__ import annotations

import pickle
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np

from engine.errors import InputError


def _latin1(text: str, encoding: str) -> bytes:
    """How pickles of the second protocol spell bytes."""
    if encoding != "latin1":
        raise ValueError(f"bytes are spelled as {encoding}")
    return text.encode("latin1")


_ALLOWED: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("_codecs", "encode"): _latin1,
    **{
        (f"numpy.{core}.multiarray", "_reconstruct"): np._core.multiarray._reconstruct  # type: ignore[attr-defined]
        for core in ("core", "_core")
    },
}

_DAMAGED = (
    OSError, ValueError, EOFError, KeyError, TypeError, AttributeError, IndexError, MemoryError, RuntimeError,
    NotImplementedError, pickle.UnpicklingError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


class _ForbiddenError(Exception):
    """A pickle asks for more than arrays."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise _ForbiddenError(f"it asks for {module}.{name}")
        return _ALLOWED[module, name]


def read_plain_npz(path: Path, key: str) -> Any:
    """One entry of an archive: an array of numbers or text, or what a pickled dictionary or list of such holds.

    Raises:
        InputError: No such file or entry, damaged, or it needs more than arrays and containers.
    """
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as archive:
            if f"{key}.npy" not in archive.namelist():
                there = ", ".join(name.removesuffix(".npy") for name in archive.namelist()) or "none"
                raise InputError(f"{path.name} has no entry “{key}”.", f"Entries: {there}.")
            with archive.open(f"{key}.npy") as file:
                return _read(file)
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}.") from error
    except _ForbiddenError as error:
        raise InputError(
            f"“{key}” in {path.name} is not arrays alone: {error}.", "Do not trust this file; get it from its makers."
        ) from error
    except _DAMAGED as error:
        raise InputError(f"{path.name} is not a readable npz archive: {error}.") from error


def names(path: Path) -> tuple[str, ...]:
    """Entries of an archive; none when it is no archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            return tuple(name.removesuffix(".npy") for name in archive.namelist())
    except _DAMAGED:
        return ()


def _read(file: IO[bytes]) -> Any:
    version = np.lib.format.read_magic(file)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    _, _, dtype = read_header(file)
    if dtype.hasobject:
        value = _Unpickler(file, encoding="latin1").load()
    else:
        file.seek(0)
        value = np.lib.format.read_array(file, allow_pickle=False)
    return value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value
