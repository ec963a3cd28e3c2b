"""One pose as a BVH file of one frame: a skeleton that stands in a T at rest, turned into the pose.

The skeleton has the pose's own bone lengths and names as Mixamo's; the unit is the centimetre, +Y is up.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from engine.errors import InputError
from engine.pose.joints import MPII_16

F64 = npt.NDArray[np.float64]

MM_TO_CM = 0.1
_AXES = np.array([1.0, -1.0, -1.0])  # from camera axes to +Y up


class _Bone(NamedTuple):
    """A joint of the file, where it is in the body, on which joint it hangs, and which way it points at rest."""

    name: str
    joint: str
    parent: str
    way: tuple[float, float, float]


_UP, _DOWN, _LEFT, _RIGHT = (0.0, 1.0, 0.0), (0.0, -1.0, 0.0), (1.0, 0.0, 0.0), (-1.0, 0.0, 0.0)
_ARM = (("Arm", "shoulder", "Chest"), ("ForeArm", "elbow", "Arm"), ("Hand", "wrist", "ForeArm"))
_LEG = (("UpLeg", "hip", "Hips"), ("Leg", "knee", "UpLeg"), ("Foot", "ankle", "Leg"))
_BONES = (
    _Bone("Hips", "pelvis", "", _UP),
    _Bone("Spine", "spine", "Hips", _UP),
    _Bone("Chest", "thorax", "Spine", _UP),
    _Bone("Neck", "thorax", "Chest", _UP),
    _Bone("Head", "upper_neck", "Neck", _UP),
    _Bone("HeadTop_End", "head_top", "Head", _UP),
    *(
        _Bone(f"{side}{name}", f"{side[0].lower()}_{joint}", parent if parent == "Chest" else f"{side}{parent}", way)
        for side, way in (("Left", _LEFT), ("Right", _RIGHT))
        for name, joint, parent in _ARM
    ),
    *(
        _Bone(f"{side}{name}", f"{side[0].lower()}_{joint}", parent if parent == "Hips" else f"{side}{parent}", _DOWN)
        for side in ("Left", "Right")
        for name, joint, parent in _LEG
    ),
)


def to_bvh(pose: npt.ArrayLike) -> bytes:
    """The file of a pose.

    Args:
        pose: (16, 3) mm in camera axes: x right, y down, z away.

    Raises:
        InputError: Another shape, or a joint is not known.
    """
    points = np.asarray(pose, np.float64)
    if points.shape != (16, 3) or not np.isfinite(points).all():
        raise InputError("A BVH file needs all 16 joints in space.", "Choose a pose whose joints are all known.")
    at = dict(zip(MPII_16.joints, points * _AXES * MM_TO_CM, strict=True))
    at["spine"] = (at["pelvis"] + at["thorax"]) / 2
    turns = _turns(at)
    children = {bone.name: [each for each in _BONES if each.parent == bone.name] for bone in _BONES}
    by_name = {bone.name: bone for bone in _BONES}
    values: list[float] = []

    def lines(bone: _Bone, tabs: str) -> list[str]:
        root = not bone.parent
        # What hangs on a joint is where the pose has it, seen in the joint's own axes.
        before = Rotation.identity() if root else turns[bone.parent]
        from_parent = at[bone.joint] if root else at[bone.joint] - at[by_name[bone.parent].joint]
        offset = np.zeros(3) if root else before.inv().apply(from_parent)
        values.extend(at[bone.joint].tolist() if root else [])
        values.extend((before.inv() * turns[bone.name]).as_euler("ZXY", degrees=True).tolist())
        position = "Xposition Yposition Zposition " if root else ""
        text = [
            f"{tabs}{'ROOT' if root else 'JOINT'} {bone.name}",
            f"{tabs}{{",
            f"{tabs}\tOFFSET {_text(offset)}",
            f"{tabs}\tCHANNELS {6 if root else 3} {position}Zrotation Xrotation Yrotation",
        ]
        for child in children[bone.name]:
            text += lines(child, tabs + "\t")
        if not children[bone.name]:
            text += [f"{tabs}\tEnd Site", f"{tabs}\t{{", f"{tabs}\t\tOFFSET {_text(bone.way)}", f"{tabs}\t}}"]
        return [*text, f"{tabs}}}"]

    hierarchy = lines(_BONES[0], "")
    content = ["HIERARCHY", *hierarchy, "MOTION", "Frames: 1", "Frame Time: 0.0333333", _text(np.array(values))]
    return ("\n".join(content) + "\n").encode()


def _turns(at: dict[str, F64]) -> dict[str, Rotation]:
    """How every joint is turned: hips and chest as the body stands, the others so that what follows points its way."""
    left = at["l_hip"] - at["r_hip"], at["l_shoulder"] - at["r_shoulder"]
    up = at["thorax"] - at["pelvis"]
    turns = {"Hips": _frame(left[0], up), "Chest": _frame(left[1], up)}
    turns["Spine"] = turns["Hips"]
    for bone in _BONES:
        if bone.name in turns:
            continue
        parent = turns[bone.parent]
        following = next((each for each in _BONES if each.parent == bone.name), None)
        if following is None:
            turns[bone.name] = parent
            continue
        turns[bone.name] = _shortest(parent.apply(following.way), at[following.joint] - at[bone.joint]) * parent
    return turns


def _frame(left: F64, up: F64) -> Rotation:
    """The rotation that takes +X and +Y as near as can be to these."""
    if np.linalg.norm(np.cross(left, up)) < 1e-9:
        return Rotation.identity()
    return Rotation.align_vectors(np.stack([left, up]), np.eye(3)[:2], weights=[1.0, np.inf])[0]


def _shortest(a: F64, b: F64) -> Rotation:
    """The smallest rotation that takes the direction of `a` to that of `b`."""
    length = np.linalg.norm(a) * np.linalg.norm(b)
    if length < 1e-12:
        return Rotation.identity()
    axis, cosine = np.cross(a, b), float(np.clip(a @ b / length, -1, 1))
    sine = float(np.linalg.norm(axis))
    if sine < 1e-9 * length:
        if cosine > 0:
            return Rotation.identity()
        axis = np.cross(a, np.eye(3)[np.argmin(np.abs(a))])  # any axis across
        sine = float(np.linalg.norm(axis))
    return Rotation.from_rotvec(axis / sine * np.arccos(cosine))


def _text(values: npt.ArrayLike) -> str:
    return " ".join(f"{value:.6f}" for value in np.asarray(values, np.float64))
