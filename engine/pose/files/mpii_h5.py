"""MPII's annotations as HDF5, as the Stacked Hourglass uses them: `train.h5`, `valid.h5`.

`part` (N, 16, 2), `visible` (N, 16), `center` (N, 2), `scale` (N,), `normalize` (N,) PCKh's head size, `imgname`;
absent joints are at (0, 0). The demo's files have centre and scale already moved to the person's window, the training's
have them as annotated: the one scale is 1/20 of the head size, the other 1/25.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.pose.files.annotation import MATLAB, Annotation, Described, Source, with_joints
from engine.pose.joints import MPII_16

FORMAT = "MPII .h5"

_BETWEEN = 0.5 * (1 / 20 + 1 / 25)
"""Scale over head size that tells window scales from annotated ones."""


def read_mpii_h5(path: Path) -> list[Annotation]:
    """Read everyone; centre and scale as MPII annotates them. The split is told by the file's name.

    Names that are not in the file are read from `NAME_images.txt` beside it.

    Raises:
        InputError: The file cannot be read, or a field is missing or of a wrong shape.
    """
    path = Path(path)
    try:
        with h5py.File(path, "r") as file:
            fields: dict[str, Any] = {key: item[()] for key, item in file.items() if isinstance(item, h5py.Dataset)}
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}.") from error
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise InputError(f"{path} is not a readable HDF5 file: {error}.") from error
    part = _field(fields, "part", path, 16, 2)
    count = len(part)
    visible = _field(fields, "visible", path, 16) if "visible" in fields else np.ones((count, 16))
    head = _field(fields, "normalize", path) if "normalize" in fields else None
    center, scale = _field(fields, "center", path, 2), _field(fields, "scale", path)
    if any(len(each) != count for each in (visible, center, scale) + (() if head is None else (head,))):
        raise InputError(f"The fields of {path.name} differ in length.")
    if head is not None and count and np.median(scale / head) > _BETWEEN:
        scale = scale / 1.25
        center = center - np.stack([np.zeros(count), 15 * scale], 1)
    names = _names(fields.get("imgname"), path, count)
    split = {"train": "train", "valid": "val", "test": "test"}.get(path.stem, "")
    people = [
        Described(
            image=names[i],
            at=f"row {i}",
            split=split,
            head=None if head is None else float(head[i]),
            center=(float(center[i, 0]) + MATLAB, float(center[i, 1]) + MATLAB),
            scale=float(scale[i]),
        )
        for i in range(count)
    ]
    seen = np.where((part == 0).all(-1), 0, np.where(visible > 0, 2, 1))
    return with_joints(people, Source(FORMAT, path.name), MPII_16, part + MATLAB, seen)


def _field(fields: dict[str, Any], key: str, path: Path, *shape: int) -> npt.NDArray[np.float64]:
    if key not in fields:
        raise InputError(f"{path.name} has no field “{key}”.", "Give MPII's annotations as the Stacked Hourglass has.")
    try:
        values = np.asarray(fields[key], np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"“{key}” of {path.name} holds no numbers.") from error
    if values.shape[1:] != shape or values.ndim == 0 or not np.isfinite(values).all():
        raise InputError(f"“{key}” of {path.name} is {values.shape} or not finite; needed is (N, {shape}).")
    return values


def _names(stored: Any, path: Path, count: int) -> list[str]:
    """Strings, rows of character codes, or the lines of the text file beside."""
    if stored is None:
        beside = path.with_name(f"{path.stem}_images.txt")
        if not beside.is_file():
            raise InputError(f"{path.name} has no “imgname”, and there is no {beside.name} beside it.")
        names = beside.read_text(encoding="utf-8").split()
    else:
        rows = np.asarray(stored)
        if rows.dtype.kind in "iuf" and rows.ndim == 2:
            names = ["".join(chr(int(code)) for code in row if code > 0).strip() for row in rows]
        else:
            names = [name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name) for name in rows]
    if len(names) != count:
        raise InputError(f"{path.name} has {count} people, but {len(names)} names of photos.")
    return names
