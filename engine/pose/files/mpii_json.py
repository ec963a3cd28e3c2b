"""MPII's annotations as JSON, in both common flavours: HRNet's, and that of pytorch-pose and pose machines.

HRNet: a list of `{"image", "joints": [[x, y] ×16], "joints_vis": [0 | 1 ×16], "center", "scale"}`; absent joints are
at (-1, -1). pytorch-pose: a list, or one under "root", of `{"img_paths", "joint_self": [[x, y, visible] ×16],
"objpos", "scale_provided", "isValidation", "img_width", "img_height", ...}`; absent joints are at (0, 0). Both keep
MATLAB's pixels.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, RootModel

from engine.errors import InputError
from engine.pose.files.annotation import MATLAB, Annotation, Box, Described, Source, with_joints
from engine.pose.files.json_text import parse, read_bytes
from engine.pose.files.mat import load
from engine.pose.joints import MPII_16

SPLITS = {"train": "train", "valid": "val", "val": "val", "test": "test"}
"""What HRNet's files are called."""

_XY = tuple[float, float]
_Positive = Annotated[float, Field(gt=0)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class _HRNet(_Entry):
    image: str = Field(min_length=1)
    center: _XY
    scale: _Positive
    # Entries of the test set have none.
    joints: Annotated[list[_XY], Field(min_length=16, max_length=16)] | None = None
    joints_vis: Annotated[list[float], Field(min_length=16, max_length=16)] | None = None


class _PytorchPose(_Entry):
    img_paths: str = Field(min_length=1)
    joint_self: Annotated[list[tuple[float, float, float]], Field(min_length=16, max_length=16)]
    objpos: _XY
    scale_provided: _Positive
    isValidation: float | None = None  # noqa: N815 - as in the file
    img_width: float | None = None
    img_height: float | None = None


class _HRNetFile(RootModel[list[_HRNet]]):
    pass


class _PytorchPoseFile(RootModel[list[_PytorchPose]]):
    pass


class _Rooted(BaseModel):
    root: list[_PytorchPose]


def read_hrnet_json(path: Path) -> list[Annotation]:
    """Read HRNet's flavour; the split is told by the file's name. People without joints are left out.

    Head boxes are in another file of HRNet's, `gt_valid.mat` beside `valid.json`, and are read when it is there.

    Raises:
        InputError: The file cannot be read, or an entry is malformed (the message names its number and key).
    """
    path = Path(path)
    split = SPLITS.get(path.stem, "")
    people, points, flags = [], [], []
    entries = parse(_HRNetFile, read_bytes(path), path.name).root
    heads = _head_boxes(path.with_name(f"gt_{path.stem}.mat"), len(entries))
    for number, entry in enumerate(entries):
        if entry.joints is None:
            continue
        people.append(
            Described(
                image=entry.image,
                at=f"entry {number}",
                split=split,
                head_box=heads[number] if heads else None,
                center=(entry.center[0] + MATLAB, entry.center[1] + MATLAB),
                scale=entry.scale,
            )
        )
        points.append(entry.joints)
        flags.append(entry.joints_vis or [1.0] * 16)
    return _annotations(path, "MPII JSON (HRNet)", people, points, flags)


def read_pytorch_pose_json(path: Path) -> list[Annotation]:
    """Read pytorch-pose's flavour. The other people of a photo have entries of their own.

    Raises:
        InputError: The file cannot be read, or an entry is malformed (the message names its number and key).
    """
    path = Path(path)
    content = read_bytes(path)
    rooted = content.lstrip()[:1] == b"{"
    entries = parse(_Rooted, content, path.name).root if rooted else parse(_PytorchPoseFile, content, path.name).root
    people, points, flags = [], [], []
    for number, entry in enumerate(entries):
        size = None
        if entry.img_width and entry.img_height:
            size = round(entry.img_width), round(entry.img_height)
        split = "" if entry.isValidation is None else "val" if entry.isValidation else "train"
        center = entry.objpos[0] + MATLAB, entry.objpos[1] + MATLAB
        people.append(
            Described(
                image=entry.img_paths,
                at=f"entry {number}",
                split=split,
                size=size,
                center=center,
                scale=entry.scale_provided,
            )
        )
        points.append([row[:2] for row in entry.joint_self])
        flags.append([row[2] for row in entry.joint_self])
    return _annotations(path, "MPII JSON (pytorch-pose)", people, points, flags)


def _head_boxes(path: Path, count: int) -> list[Box]:
    """One for each entry, in their order; none when the file is not there.

    Raises:
        InputError: It has no head boxes, or those of other people.
    """
    if not path.is_file():
        return []
    corners = np.asarray(load(path).get("headboxes_src"))
    if corners.shape != (2, 2, count) or corners.dtype.kind not in "iuf":
        raise InputError(f"{path.name} has no “headboxes_src” of {count} people.", "Take it away, or the right one.")
    return [(float(x0), float(y0), float(x1), float(y1)) for x0, y0, x1, y1 in corners.reshape(4, count).T + MATLAB]


def _annotations(
    path: Path, name: str, people: list[Described], points: list[list[_XY]], flags: list[list[float]]
) -> list[Annotation]:
    xy, flag = np.reshape(points, (-1, 16, 2)).astype(np.float64), np.reshape(flags, (-1, 16))
    absent = (xy == 0).all(-1) | (xy == -1).all(-1)
    seen = np.where(absent, 0, np.where(flag == 1, 2, np.where(flag == 0, 1, 0)))
    return with_joints(people, Source(name, path.name), MPII_16, xy + MATLAB, seen)
