"""MPII's joints as a table: a photo's name and 16 times x, y.

They are in MPII's order and MATLAB's pixels; an absent joint is at (-1, -1).
"""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np

from engine.errors import InputError
from engine.pose.files.annotation import MATLAB, Annotation, Described, Source, with_joints
from engine.pose.joints import MPII_16

FORMAT = "MPII CSV"
COLUMNS = 1 + 2 * 16


def read_mpii_csv(path: Path) -> list[Annotation]:
    """Read everyone. The split is "train" or "val" where the file's name begins so. A joint that is there is visible.

    Raises:
        InputError: The file cannot be read, or a line is malformed (the message names the line).
    """
    path = Path(path)
    split = next((name for name in ("train", "val", "test") if path.stem.startswith(name)), "")
    people, points = [], []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in (reader := csv.reader(file)):
                if not row:
                    continue
                people.append(Described(image=row[0], at=f"line {reader.line_num}", split=split))
                points.append(_numbers(row, f"Line {reader.line_num} of {path.name}"))
    except OSError as error:
        raise InputError(f"“{path.name}” cannot be read: {error.strerror or error}.", "Check the path.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path.name} is no table of joints: {error}.") from error
    xy = np.reshape(points, (-1, 16, 2)).astype(np.float64)
    seen = np.where((xy == -1).all(-1), 0, 2)
    return with_joints(people, Source(FORMAT, path.name), MPII_16, xy + MATLAB, seen)


def _numbers(row: list[str], where: str) -> list[float]:
    if len(row) != COLUMNS or not row[0]:
        raise InputError(f"{where} has {len(row)} columns; a photo's name and 32 numbers are needed.")
    try:
        numbers = [float(text) for text in row[1:]]
    except ValueError as error:
        raise InputError(f"{where}: {error}.") from error
    if not all(map(math.isfinite, numbers)):
        raise InputError(f"{where} has a number that is not finite.")
    return numbers
