"""MPII's annotations as released: `mpii_human_pose_v1_u12_1.mat`, everyone in every photo.

`RELEASE.annolist(i).image.name`, `.annorect(p)` with the head box `x1 y1 x2 y2`, `scale`, `objpos.x/.y` and
`annopoints.point(j)` with `id x y is_visible`; `RELEASE.img_train(i)`. Any of them may be empty or missing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import InputError
from engine.pose.files.annotation import MATLAB, Annotation, Box, Described, Point, Source, with_joints
from engine.pose.files.mat import load
from engine.pose.joints import MPII_16

FORMAT = "MPII .mat"


def read_mpii_mat(path: Path) -> list[Annotation]:
    """Read everyone whose joints are annotated, of `split` "train" or, where the photo is of the test set, "test".

    People without joints (all of the test set) are left out. A joint without `is_visible` (head and neck) is visible.

    Raises:
        InputError: Not such a file, or a joint is malformed (the message names photo and person).
    """
    path = Path(path)
    release = load(path).get("RELEASE")
    photos = _array(getattr(release, "annolist", None))
    if release is None or not hasattr(release, "annolist"):
        raise InputError(f"{path.name} has no RELEASE.annolist.", "Give MPII's annotation file as released.")
    train = np.atleast_1d(np.asarray(getattr(release, "img_train", [])))
    people, points, seen = [], [], []
    for i, photo in enumerate(photos):
        name = _text(getattr(getattr(photo, "image", None), "name", None))
        for p, person in enumerate(_array(getattr(photo, "annorect", None))):
            at = f"annolist({i + 1}).annorect({p + 1})"
            marked = _array(getattr(getattr(person, "annopoints", None), "point", None))
            if not len(marked):
                continue
            if not name:
                raise InputError(f"{path.name}: annolist({i + 1}) has people and no image.name.")
            xy, visible = _joints(marked, f"{path.name}: {at}")
            points.append(xy + MATLAB)
            seen.append(visible)
            split = "" if len(train) != len(photos) else "train" if train[i] else "test"
            people.append(
                Described(
                    image=name,
                    at=at,
                    split=split,
                    head_box=_head_box(person),
                    center=_center(person),
                    scale=_number(person, "scale"),
                )
            )
    return with_joints(people, Source(FORMAT, path.name), MPII_16, points, seen)


def _joints(marked: list[Any], where: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """(16, 2) in MATLAB's pixels and (16,)."""
    xy, seen = np.full((16, 2), np.nan), np.zeros(16, np.intp)
    for point in marked:
        number, x, y = (_number(point, key) for key in ("id", "x", "y"))
        if number is None or x is None or y is None:
            raise InputError(f"{where}: a point has no id, x or y.")
        if number not in range(16):
            raise InputError(f"{where}: a point has id {number:g}; ids go from 0 to 15.")
        visible = _number(point, "is_visible")
        xy[int(number)], seen[int(number)] = (x, y), 1 if visible == 0 else 2
    return xy, seen


def _array(value: Any) -> list[Any]:
    """Struct array, one struct, or nothing, as a list of structs."""
    return [each for each in np.atleast_1d(np.asarray(value, object)).ravel() if hasattr(each, "_fieldnames")]


def _number(struct: Any, key: str) -> float | None:
    """A finite number; None when the field is missing or empty. The release has numbers as text here and there."""
    value = getattr(struct, key, None)
    try:
        number = float(np.asarray(value).item())
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _head_box(person: Any) -> Box | None:
    x0, y0, x1, y1 = (_number(person, key) for key in ("x1", "y1", "x2", "y2"))
    if x0 is None or y0 is None or x1 is None or y1 is None:
        return None
    return x0 + MATLAB, y0 + MATLAB, x1 + MATLAB, y1 + MATLAB


def _center(person: Any) -> Point | None:
    objpos = getattr(person, "objpos", None)
    x, y = _number(objpos, "x"), _number(objpos, "y")
    return None if x is None or y is None else (x + MATLAB, y + MATLAB)
