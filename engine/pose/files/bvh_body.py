"""Which joint of a BVH skeleton is which of the body's: rules for the names of common skeletons.

Known by these words are those of CMU (as BVH), Mixamo, Bandai-Namco, LAFAN1, SMPL, 3ds Max, Unreal and Daz.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.pose.files.body import BODY_17, F32, at_pelvis
from engine.pose.files.bvh import END, Bvh, read_bvh

F64 = npt.NDArray[np.float64]

# Of several that a skeleton has, the first is meant: “shoulder” is a collar bone where there is also an “arm”.
_SIDED = {
    "hip": ("upleg", "upperleg", "thigh", "hip"),
    "knee": ("leg", "lowerleg", "lowleg", "shin", "calf", "knee"),
    "ankle": ("foot", "ankle"),
    "shoulder": ("arm", "upperarm", "uparm", "shldr", "shoulder"),
    "elbow": ("forearm", "lowerarm", "lowarm", "elbow"),
    "wrist": ("hand", "wrist"),
}
_NECK = ("neck", "neck1", "lowerneck")
_HEAD = ("head",)
_HEAD_TOP = ("headtopend", "headtop")
_HEAD_END = ("headend", "headnub", "headsite")
_PREFIX = re.compile(r"^(mixamorig\d*|bip\d*|character\d*|[mf]_avg)[ _]*", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")

HEAD_MM = 190.0
"""From the upper neck to the top of the head, where a skeleton's head ends within the head."""

SHORT_HEAD_MM = 150.0
"""An end site that is nearer to the head's joint than this is within the head."""

LEG_MM = 850.0
"""From hip to ankle; tells a file's unit, not more."""

SPINE_FROM = 0.45
"""Share of the way from hips to neck from which on a joint is the spine's: CMU's second, Bandai-Namco's chest."""

UNITS_MM = {"millimetre": 1.0, "centimetre": 10.0, "inch": 25.4, "CMU's unit": 25.4 / 0.45, "metre": 1000.0}
"""Units that BVH files come in."""


class Motion(NamedTuple):
    """Poses of one recording.

    `joints` is (T, 17, 3) float32 mm in the order of `BODY_17`, +Y up, the pelvis at the origin; `frame_time` seconds.
    """

    joints: F32
    frame_time: float


def canonical(name: str) -> tuple[str, str]:
    """Side ("l", "r" or "") and plain word of a joint's name: mixamorig:LeftUpLeg -> ("l", "upleg")."""
    words = [word.lower() for word in _WORD.findall(_PREFIX.sub("", name.rsplit(":", 1)[-1]))]
    side = ""
    for place in (0, -1):
        if words and words[place] in ("left", "right", "l", "r") and not side:
            side = words.pop(place)[0]
    plain = "".join(str(int(word)) if word.isdigit() else word for word in words)
    known = {word for options in _SIDED.values() for word in options}
    if not side and plain[:1] in ("l", "r") and plain[1:] in known:
        side, plain = plain[0], plain[1:]
    return side, plain


def read_bvh_motion(path: Path, unit_mm: float | None = None) -> Motion:
    """Poses of a BVH file.

    Args:
        path: The file.
        unit_mm: Millimetres of the file's unit; None takes the unit of `UNITS_MM` that makes the legs most like legs.

    Raises:
        InputError: The file is malformed, or its skeleton lacks a joint (the message says which, and what it has).
    """
    path = Path(path)
    bvh = read_bvh(path)
    return Motion(body_of(bvh, path.name, unit_mm), bvh.frame_time)


def body_of(bvh: Bvh, name: str, unit_mm: float | None = None) -> F32:
    """(T, 17, 3) as `Motion.joints`; pelvis and, without a neck, thorax are the middles of hips and shoulders.

    Raises:
        InputError: The skeleton lacks a joint.
    """
    index = _indices(bvh, name)
    bvh = _with_chest(bvh, index)
    unit = _unit(bvh, index) if unit_mm is None else unit_mm
    places = bvh.positions() * unit
    found = {joint: places[:, i] for joint, i in index.items()}
    found["pelvis"] = (found["l_hip"] + found["r_hip"]) / 2
    if "thorax" not in found:
        found["thorax"] = (found["l_shoulder"] + found["r_shoulder"]) / 2
    found["head_top"] = _head_top(bvh, index["upper_neck"], places, found)
    spine = _spine(bvh, index)
    found["spine"] = (found["pelvis"] + found["thorax"]) / 2 if spine is None else places[:, spine]
    return at_pelvis(np.stack([found[joint] for joint in BODY_17], 1))


def _indices(bvh: Bvh, name: str) -> dict[str, int]:
    """Joints of the body by index; the thorax only where the skeleton has a neck."""
    joints = [(canonical(joint), i) for i, joint in enumerate(bvh.names) if not joint.endswith(END)]
    by_word: dict[tuple[str, str], int] = {}
    for key, i in joints:
        by_word.setdefault(key, i)

    def find(side: str, options: Sequence[str]) -> int | None:
        return next((by_word[side, word] for word in options if (side, word) in by_word), None)

    index = {f"{side}_{joint}": find(side, options) for side in "lr" for joint, options in _SIDED.items()}
    index["upper_neck"] = find("", _HEAD)
    if missing := [joint for joint, i in index.items() if i is None]:
        raise InputError(
            f"The skeleton in {name} has no joint that is known as {', '.join(missing)}.",
            f"Its joints: {', '.join(bvh.names)}.",
        )
    index["thorax"] = find("", _NECK)
    return {joint: i for joint, i in index.items() if i is not None}


def _with_chest(bvh: Bvh, index: dict[str, int]) -> Bvh:
    """CMU's skeletons as BVH have lost the third bone of the back: neck and collar bones start where the second ends.

    Where they do, they are moved by as much as the second bone: in CMU's own files both are of about one length.
    """
    neck = index.get("thorax", 0)
    chest = bvh.parents[neck]
    at_chest = [i for i, parent in enumerate(bvh.parents) if parent == chest]
    if chest <= 0 or len(at_chest) < 3 or bvh.offsets[at_chest].any():
        return bvh
    offsets = bvh.offsets.copy()
    offsets[at_chest] = offsets[chest]
    return replace(bvh, offsets=offsets)


def _unit(bvh: Bvh, index: dict[str, int]) -> float:
    leg = 0.0
    for side in "lr":
        joint = index[f"{side}_ankle"]
        while joint != index[f"{side}_hip"]:
            leg += float(np.linalg.norm(bvh.offsets[joint])) / 2
            joint = bvh.parents[joint]
            if joint < 0:
                raise InputError("The skeleton's ankle does not hang on its hip.")
    if leg <= 0:
        raise InputError("The skeleton's legs have no length.")
    return min(UNITS_MM.values(), key=lambda unit: abs(np.log(unit * leg / LEG_MM)))


def _head_top(bvh: Bvh, head: int, places: F64, found: dict[str, F64]) -> F64:
    """The skeleton's own where it has one, else on the way that the head's end site points, or the neck."""
    children = [i for i, parent in enumerate(bvh.parents) if parent == head]
    for i in children:
        if canonical(bvh.names[i])[1] in _HEAD_TOP:
            return np.asarray(places[:, i])
    ends = [i for i in children if bvh.names[i].endswith(END) or canonical(bvh.names[i])[1] in _HEAD_END]
    way = places[:, ends[0]] - places[:, head] if ends else np.zeros_like(places[:, head])
    length = np.linalg.norm(way, axis=1, keepdims=True)
    if length.min(initial=np.inf) >= SHORT_HEAD_MM:
        return np.asarray(places[:, head] + way)
    if not length.all():
        way = found["upper_neck"] - found["thorax"]
        length = np.linalg.norm(way, axis=1, keepdims=True)
    return np.asarray(places[:, head] + HEAD_MM * way / np.maximum(length, 1e-9))


def _spine(bvh: Bvh, index: dict[str, int]) -> int | None:
    """Of the joints between hips and neck, the lowest that at rest is `SPINE_FROM` of the way up, else the highest."""
    rest = bvh.rest()
    low = (rest[index["l_hip"]] + rest[index["r_hip"]]) / 2
    top = index.get("thorax", index["upper_neck"])
    above_hips, joint = set(), index["l_hip"]
    while joint >= 0:
        above_hips.add(joint)
        joint = bvh.parents[joint]
    joint, chain = bvh.parents[top], []
    while joint not in above_hips and joint >= 0:
        chain.append(joint)
        joint = bvh.parents[joint]
    enough = SPINE_FROM * float(np.linalg.norm(rest[top] - low))
    far = [joint for joint in chain if np.linalg.norm(rest[joint] - low) >= enough]
    return far[-1] if far else chain[0] if chain else None
