"""MPII's annotations as HDF5 with joints in space, as code that learns 3D poses reads them; written and read.

`part`, `visible`, `center`, `scale`, `normalize`, `imgname` are as in the Stacked Hourglass' files: MPII's joints in
MPII's order, MATLAB's pixels, absent joints at (0, 0). `joint_3d_mono` (mm, camera axes) and `joint_2d` (where the pose
falls in the picture, all joints) are as pose-hg-3d reads Human3.6M; there too joint 7, the thorax, is the root.
The file's attributes say all of that.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.pose.camera import WeakPerspective
from engine.pose.files.annotation import MATLAB
from engine.pose.files.mpii_h5 import read_mpii_h5
from engine.pose.files.pose_json import SPACE
from engine.pose.joints import MPII_16
from engine.pose.person import person_window
from engine.pose.project.importing import person_of
from engine.pose.project.person import COUNT, ROOT, Person, PoseState

F64 = npt.NDArray[np.float64]

PIXELS = "MATLAB's pixels of the upright photo: x right, y down; the centre of the first pixel is (1, 1)"
_TEXT = ("person", "split")


def to_h5(people: Sequence[Person]) -> bytes:
    """The file's bytes.

    Centre and scale are as annotated; of people without them, such that MPII's window is the one around their joints.
    `normalize`, PCKh's head size, is there when everybody has one. `weak_perspective` (N, 3) is scale in px/mm and
    shift in MATLAB's pixels.

    Args:
        people: All with a pose.
    """
    states = [person.state for person in people]
    known = np.reshape([s.known for s in states], (-1, COUNT))
    joints = np.reshape([s.joints for s in states], (-1, COUNT, 2)).astype(np.float64)
    places = np.reshape([_place(person) for person in people], (-1, 3)).astype(np.float64)
    cameras = [(s.camera.scale, s.camera.tx - MATLAB, s.camera.ty - MATLAB) for s in states if s.camera]
    data: dict[str, Any] = {
        "imgname": _bytes([person.image for person in people]),
        "part": np.where(known[..., None], joints - MATLAB, 0.0),
        "visible": np.reshape([s.visibility == 2 for s in states], (-1, COUNT)).astype(np.float64),
        "center": places[:, :2] - MATLAB,
        "scale": places[:, 2],
        "joint_3d_mono": np.reshape([s.pose for s in states], (-1, COUNT, 3)).astype(np.float64),
        "joint_2d": np.reshape([s.projected() for s in states], (-1, COUNT, 2)) - MATLAB,
        "weak_perspective": np.reshape(cameras, (-1, 3)).astype(np.float64),
        "istrain": np.array([person.split == "train" for person in people], np.int8),
        **{name: _bytes([getattr(person, name) for person in people]) for name in _TEXT},
    }
    heads = [person.head for person in people]
    if people and None not in heads:
        data["normalize"] = np.array(heads, np.float64)
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        for name, values in data.items():
            file.create_dataset(name, data=values)
        file.attrs["joints"] = list(MPII_16.joints)
        file.attrs["root"] = MPII_16.root
        file.attrs["coordinates of part, joint_2d, center"] = PIXELS
        file.attrs["coordinates of joint_3d_mono"] = SPACE
        file.attrs["weak_perspective"] = "scale, tx, ty: joint_2d = scale · joint_3d_mono[:, :2] + (tx, ty)"
        file.attrs["center, scale"] = "as MPII annotates them; codes of the Stacked Hourglass widen them themselves"
        file.attrs["visible"] = "1 visible, 0 hidden; joints that nobody knows are at part (0, 0)"
    return stream.getvalue()


def read_people_h5(path: str | Path) -> list[Person]:
    """The people of a file as `to_h5` writes it. Where a joint comes from is not in it.

    Raises:
        InputError: The file cannot be read, or a field in it is missing or wrong; the message names it.
    """
    path = Path(path)
    annotations = read_mpii_h5(path)
    with h5py.File(path, "r") as file:
        fields: dict[str, Any] = {key: item[()] for key, item in file.items() if isinstance(item, h5py.Dataset)}
    count = len(annotations)
    poses = _field(fields, "joint_3d_mono", path, count, COUNT, 3)
    cameras = _field(fields, "weak_perspective", path, count, 3)
    centers, scales = _field(fields, "center", path, count, 2) + MATLAB, _field(fields, "scale", path, count)
    names, splits = (_texts(fields, key, path, count) for key in _TEXT)
    if not (cameras[:, 0] > 0).all():
        raise InputError(f"“weak_perspective” of {path.name} has a scale that is not above 0.")
    people = []
    for i, annotation in enumerate(annotations):
        person = person_of(annotation)
        scale, tx, ty = cameras[i].tolist()
        camera = WeakPerspective(scale, tx + MATLAB, ty + MATLAB)
        state = PoseState(person.state.joints, person.state.visibility, pose=poses[i] - poses[i, ROOT], camera=camera)
        people.append(
            Person(
                names[i],
                person.image,
                state,
                center=(float(centers[i, 0]), float(centers[i, 1])),
                scale=float(scales[i]),
                head=person.head,
                split=splits[i],
            )
        )
    return people


def _place(person: Person) -> tuple[float, float, float]:
    """MPII's centre and scale."""
    if person.center is not None and person.scale is not None:
        return (*person.center, person.scale)
    try:
        window = person.window()
    except InputError:
        window = person_window(person.state.projected())
    scale = window.width / (200 * 1.25)
    return window.x0 + window.width / 2, window.y0 + window.height / 2 - 15 * scale, scale


def _bytes(texts: Sequence[str]) -> npt.NDArray[np.bytes_]:
    """UTF-8 of a fixed length, which every reader of the originals takes."""
    return np.array([text.encode("utf-8", "replace") for text in texts], np.bytes_)


def _field(fields: dict[str, Any], key: str, path: Path, *shape: int) -> F64:
    if key not in fields:
        raise InputError(f"{path.name} has no field “{key}”.", "Give a file that DeepSkel has exported.")
    try:
        values = np.asarray(fields[key], np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"“{key}” of {path.name} holds no numbers.") from error
    if values.shape != shape or not np.isfinite(values).all():
        raise InputError(f"“{key}” of {path.name} is {values.shape} or not finite; needed is {shape}.")
    return values


def _texts(fields: dict[str, Any], key: str, path: Path, count: int) -> list[str]:
    rows = np.asarray(fields.get(key, ()))
    if rows.shape != (count,) or rows.dtype.kind not in "SO":
        raise InputError(f"“{key}” of {path.name} is not one text a person.", "Give a file that DeepSkel has exported.")
    return [row.decode("utf-8", "replace") if isinstance(row, bytes) else str(row) for row in rows]
