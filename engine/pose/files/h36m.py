"""Human3.6M as it is commonly repackaged: `data_3d_h36m.npz`, poses of subjects and actions, and the cameras as JSON.

`positions_3d` is a dictionary of subjects ("S1") of actions ("Walking 1") of (T, 32 or 17, 3) metres in the world,
+Z up. The cameras are `{"intrinsics": {camera: {"calibration_matrix", "distortion"}}, "extrinsics": {subject: {camera:
{"R", "t"}}}}` with t in mm and camera axes x right, y down, z away.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from engine.errors import InputError
from engine.pose.files.body import BODY_17, F32, at_pelvis
from engine.pose.files.json_text import parse, read_bytes
from engine.pose.files.plain_npz import read_plain_npz

F64 = npt.NDArray[np.float64]

KEY = "positions_3d"
MOVING = (0, 1, 2, 3, 6, 7, 8, 12, 13, 14, 15, 17, 18, 19, 25, 26, 27)
"""Of the 32 joints, those that move on their own."""

_NAMES = (
    "pelvis", "r_hip", "r_knee", "r_ankle", "l_hip", "l_knee", "l_ankle", "spine", "thorax", "upper_neck", "head_top",
    "l_shoulder", "l_elbow", "l_wrist", "r_shoulder", "r_elbow", "r_wrist",
)  # fmt: skip
_ORDER = [_NAMES.index(joint) for joint in BODY_17]


class Sequence3D(NamedTuple):
    """One recording: `world` is (T, 17, 3) float64 mm in the order of `BODY_17`, in the world, +Z up."""

    subject: str
    action: str
    world: F64

    def body(self) -> F32:
        """(T, 17, 3) float32 mm, +Y up, the pelvis at the origin, as motion capture is."""
        x, y, z = np.moveaxis(self.world, -1, 0)
        return at_pelvis(np.stack([x, z, -y], -1))


@dataclass(frozen=True, slots=True)
class WorldCamera:
    """A camera of the studio, with the distortion of its lens.

    Args:
        subject: Whose recordings it saw from here.
        name: Its number.
        rotation: (3, 3) from world to camera axes.
        translation: (3,) mm.
        matrix: (3, 3) px.
        distortion: (5,) k1, k2, p1, p2, k3.
    """

    subject: str
    name: str
    rotation: F64
    translation: F64
    matrix: F64
    distortion: F64

    def view(self, world: npt.ArrayLike) -> F64:
        """(..., 3) mm in the world -> (..., 3) mm from the camera: x right, y down, z away."""
        return np.asarray(world, np.float64) @ self.rotation.T + self.translation

    def project(self, world: npt.ArrayLike) -> F64:
        """(..., 3) mm in the world -> (..., 2) px."""
        seen = self.view(world)
        if not seen.size:
            return np.zeros((*seen.shape[:-1], 2))
        xy, _ = cv2.projectPoints(seen.reshape(-1, 1, 3), np.zeros(3), np.zeros(3), self.matrix, self.distortion)
        return np.asarray(xy, np.float64).reshape(*seen.shape[:-1], 2)


def read_h36m(path: Path) -> list[Sequence3D]:
    """Read every recording, in the order of the file.

    The thorax is Human3.6M's 13th joint (“Neck”), the upper neck its 14th, the top of the head its 15th, the spine its
    12th.

    Raises:
        InputError: The file cannot be read, or something in it is malformed (the message names subject and action).
    """
    path = Path(path)
    content = read_plain_npz(path, KEY)
    if not isinstance(content, dict):
        raise InputError(f"“{KEY}” in {path.name} is no dictionary of subjects.")
    sequences = []
    for subject, actions in content.items():
        if not isinstance(actions, dict):
            raise InputError(f"{path.name}: subject {subject} is no dictionary of actions.")
        for action, positions in actions.items():
            where = f"{path.name}: {subject}, {action}"
            if not isinstance(positions, np.ndarray) or positions.dtype.kind != "f" or positions.ndim != 3:
                raise InputError(f"{where} is no array of positions.")
            if positions.shape[1:] not in ((32, 3), (17, 3)):
                raise InputError(f"{where} is {positions.shape}; needed is (T, 32, 3) or (T, 17, 3).")
            if not np.isfinite(positions).all():
                raise InputError(f"{where} has a position that is not finite.")
            joints = positions[:, MOVING] if positions.shape[1] == 32 else positions
            sequences.append(Sequence3D(str(subject), str(action), joints[:, _ORDER].astype(np.float64) * 1000))
    return sequences


_Row = Annotated[list[float], Field(min_length=3, max_length=3)]
_Matrix = Annotated[list[_Row], Field(min_length=3, max_length=3)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class _Intrinsics(_Part):
    calibration_matrix: _Matrix
    distortion: Annotated[list[float], Field(min_length=5, max_length=5)]


class _Extrinsics(_Part):
    R: _Matrix
    t: Annotated[list[Annotated[list[float], Field(min_length=1, max_length=1)]], Field(min_length=3, max_length=3)]


class _Cameras(_Part):
    intrinsics: dict[str, _Intrinsics]
    extrinsics: dict[str, dict[str, _Extrinsics]]


def read_h36m_cameras(path: Path) -> dict[tuple[str, str], WorldCamera]:
    """Read the cameras by subject and name, as ("S1", "54138969").

    Raises:
        InputError: The file cannot be read, a value is malformed (the message names the key), or a rotation is none.
    """
    path = Path(path)
    content = parse(_Cameras, read_bytes(path), path.name)
    cameras = {}
    for subject, placed in content.extrinsics.items():
        for name, outer in placed.items():
            inner = content.intrinsics.get(name)
            if inner is None:
                raise InputError(f"{path.name}: extrinsics.{subject}.{name} has no intrinsics.")
            rotation = np.asarray(outer.R)
            if np.abs(rotation @ rotation.T - np.eye(3)).max() > 1e-3 or np.linalg.det(rotation) < 0:
                raise InputError(f"{path.name}: extrinsics.{subject}.{name}.R is no rotation.")
            cameras[subject, name] = WorldCamera(
                subject,
                name,
                rotation,
                np.asarray(outer.t)[:, 0],
                np.asarray(inner.calibration_matrix),
                np.asarray(inner.distortion),
            )
    return cameras
