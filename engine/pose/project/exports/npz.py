"""People as arrays in NumPy's archive, written and read."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.pose.camera import WeakPerspective
from engine.pose.files.pose_json import PIXELS, SPACE
from engine.pose.joints import MPII_16
from engine.pose.project.person import COUNT, FROM_2D, FROM_3D, Person, PoseState

VERSION = 1
_SHAPES = {
    "joints2d": (COUNT, 2), "visibility": (COUNT,), "joints2d_from": (COUNT,), "joints3d": (COUNT, 3),
    "joints3d_from": (COUNT,), "camera": (3,), "person": (), "image": (), "split": (), "size": (2,), "box": (4,),
    "center": (2,), "scale": (), "head": (),
}  # fmt: skip
"""Name -> shape of a person's part of it."""

_DAMAGED = (OSError, LookupError, ValueError, TypeError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)


def to_npz(people: Sequence[Person]) -> bytes:
    """The archive's bytes.

    For N people: joints2d (N, 16, 2) px, visibility (N, 16) 0 unknown, 1 hidden, 2 visible, joints3d (N, 16, 3) mm,
    camera (N, 3) scale px/mm and shift px, person, image, split (N,) text, size, box, center, scale, head as the
    annotations have them; joints2d_from, joints3d_from (N, 16) index into from2d, from3d. NaN where unknown. And
    joint_names (16,), bones (15, 2) parent and child, coordinates2d and coordinates3d that say the axes in words.

    Args:
        people: All with a pose.
    """
    states = [person.state for person in people]
    arrays: dict[str, npt.NDArray[Any]] = {
        "joints2d": np.reshape([s.joints for s in states], (-1, COUNT, 2)).astype(np.float64),
        "visibility": np.reshape([s.visibility for s in states], (-1, COUNT)).astype(np.int8),
        "joints2d_from": _codes([s.joints_from for s in states], FROM_2D),
        "joints3d": np.reshape([np.nan if s.pose is None else s.pose for s in states], (-1, COUNT, 3)),
        "joints3d_from": _codes([s.pose_from for s in states], FROM_3D),
        "camera": np.reshape([(c.scale, c.tx, c.ty) for s in states if (c := s.camera)], (-1, 3)).astype(np.float64),
        **{name: np.array([getattr(p, name) for p in people], np.str_) for name in ("person", "image", "split")},
        **{name: _numbers([getattr(p, name) for p in people], name) for name in ("size", "box", "center")},
        **{name: _numbers([getattr(p, name) for p in people], name) for name in ("scale", "head")},
        "joint_names": np.array(MPII_16.joints),
        "bones": MPII_16.ends.astype(np.int8),
        "from2d": np.array(FROM_2D),
        "from3d": np.array(FROM_3D),
        "coordinates2d": np.array(PIXELS),
        "coordinates3d": np.array(SPACE),
        "version": np.array(VERSION),
    }
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def read_people_npz(path: str | Path) -> list[Person]:
    """The people of an archive as `to_npz` writes it.

    Raises:
        InputError: The file cannot be read, or an array in it is missing or wrong; the message names it.
    """
    path = Path(path)
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            data = {name: archive[name] for name in archive.files}
    except _DAMAGED as error:
        raise InputError(f"“{path.name}” is not a readable archive of people: {error}.") from error
    _check(data, path.name)
    rows = [data[name].tolist() for name in _SHAPES]
    try:
        return [_person(dict(zip(_SHAPES, row, strict=True))) for row in zip(*rows, strict=True)]
    except InputError as error:
        raise InputError(f"“{path.name}” cannot be understood: {error.message}") from error


def _check(data: dict[str, npt.NDArray[Any]], name: str) -> None:
    for key in (*_SHAPES, "joint_names", "version"):
        if key not in data:
            raise InputError(f"“{name}” has no array “{key}”.", "Give an archive that DeepSkel has exported.")
    if data["version"].tolist() != VERSION:
        raise InputError(f"“{name}” is of version {data['version']} of its format; this DeepSkel reads {VERSION}.")
    if data["joint_names"].tolist() != list(MPII_16.joints):
        raise InputError(f"“joint_names” of “{name}” are not those of {MPII_16.name}.")
    count = len(data["joints2d"]) if data["joints2d"].ndim else 0
    for key, shape in _SHAPES.items():
        kind = "U" if key in ("person", "image", "split") else "iuf"
        if data[key].shape != (count, *shape) or data[key].dtype.kind not in kind:
            raise InputError(
                f"“{key}” of “{name}” is {data[key].shape} {data[key].dtype}; needed is {(count, *shape)}."
            )
    for key, among in (("joints2d_from", FROM_2D), ("joints3d_from", FROM_3D)):
        if not np.isin(data[key], range(len(among))).all():
            raise InputError(f"“{key}” of “{name}” has numbers that are not from 0 to {len(among) - 1}.")
    if not (np.isfinite(data["camera"]).all() and (data["camera"][:, :1] > 0).all()):
        raise InputError(f"“camera” of “{name}” has a scale that is not above 0, or is not finite.")


def _person(row: dict[str, Any]) -> Person:
    state = PoseState(
        np.array(row["joints2d"]),
        np.array(row["visibility"]),
        tuple(FROM_2D[i] for i in row["joints2d_from"]),
        np.array(row["joints3d"]),
        WeakPerspective(*row["camera"]),
        tuple(FROM_3D[i] for i in row["joints3d_from"]),
    )
    size = _known(row["size"])
    return Person(
        row["person"],
        row["image"],
        state,
        size=None if size is None else (int(size[0]), int(size[1])),
        box=_known(row["box"]),
        center=_known(row["center"]),
        scale=_known(row["scale"]),
        head=_known(row["head"]),
        split=row["split"],
    )


def _codes(names: Sequence[Sequence[str]], among: Sequence[str]) -> npt.NDArray[np.int8]:
    code = {name: i for i, name in enumerate(among)}
    return np.reshape([[code[name] for name in row] for row in names], (-1, COUNT)).astype(np.int8)


def _numbers(values: Sequence[Any], name: str) -> npt.NDArray[np.float64]:
    shape = _SHAPES[name]
    unknown = np.full(shape, np.nan)
    return np.reshape([unknown if value is None else value for value in values], (-1, *shape)).astype(np.float64)


def _known(value: Any) -> Any:
    """None where NaN; lists become tuples."""
    return None if not np.isfinite(value).all() else tuple(value) if isinstance(value, list) else value
