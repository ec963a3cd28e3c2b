"""MATLAB files, versions 4 to 7."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

from scipy.io import loadmat, whosmat
from scipy.io.matlab import MatReadError

from engine.errors import InputError

DAMAGED = (OSError, ValueError, TypeError, KeyError, IndexError, EOFError, MatReadError, zlib.error)


def load(path: Path) -> dict[str, Any]:
    """The variables of a MATLAB file; structs are objects, cells and struct arrays are arrays of them.

    Raises:
        InputError: The file is missing, damaged, or of version 7.3.
    """
    try:
        content: dict[str, Any] = loadmat(path, struct_as_record=False, squeeze_me=True)
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}.") from error
    except NotImplementedError as error:
        raise InputError(
            f"{path} is a MATLAB file of version 7.3 (HDF5), which cannot be read.",
            "Save it again in MATLAB with save(..., '-v7').",
        ) from error
    except DAMAGED as error:
        raise InputError(f"{path} is not a readable MATLAB file: {error}.") from error
    return content


def variables(path: Path) -> tuple[str, ...]:
    """Names of the variables in a file, without reading their values; none when it is no such file."""
    try:
        return tuple(name for name, _, _ in whosmat(path))
    except (NotImplementedError, *DAMAGED):
        return ()
