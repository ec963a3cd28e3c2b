"""Motion capture in its makers' files, BVH and Human3.6M's npz, as recordings of known people."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.pose.files.bvh_body import read_bvh_motion
from engine.pose.files.h36m import KEY, read_h36m
from engine.pose.files.plain_npz import names

F32 = npt.NDArray[np.float32]

RATE = 15.0
"""Poses a second that are taken: nearer ones are alike."""

H36M_FRAME_TIME = 1 / 50
"""Seconds between poses of Human3.6M."""


class Recording(NamedTuple):
    """Poses of one person in one take.

    `joints` is (T, 17, 3) float32 mm, +Y up, the pelvis at the origin; `frame` (T,) counts the file's own frames.
    """

    joints: F32
    frame: npt.NDArray[np.intp]
    subject: str
    sequence: str
    set: str


def is_foreign(file: Path) -> bool:
    """Whether a file is one that `read_recordings` reads: BVH, or an npz of Human3.6M."""
    return file.suffix.lower() == ".bvh" or (file.suffix.lower() == ".npz" and KEY in names(file))


def read_recordings(file: Path) -> list[Recording]:
    """Read the recordings of a file, `RATE` poses a second.

    The person of a BVH file is told by its name, as CMU ("07_01": cmu007) and Bandai-Namco ("dataset-1_…": bandai1)
    call theirs; else it is who the folder is called after. Human3.6M's are h36mS1 and so on.

    Raises:
        InputError: The file is malformed (the message says where).
    """
    if file.suffix.lower() == ".bvh":
        motion = read_bvh_motion(file)
        return [_thinned(motion.joints, motion.frame_time, _subject(file), file.stem, file.resolve().parent.name)]
    recordings = [
        _thinned(each.body(), H36M_FRAME_TIME, f"h36m{each.subject}", each.action, "h36m") for each in read_h36m(file)
    ]
    if not recordings:
        raise InputError(f"There is no recording in {file}.")
    return recordings


def _subject(file: Path) -> str:
    if cmu := re.fullmatch(r"(\d{1,3})_\d+", file.stem):
        return f"cmu{int(cmu[1]):03d}"
    if bandai := re.match(r"dataset-(\d+)_", file.stem):
        return f"bandai{bandai[1]}"
    return file.resolve().parent.name


def _thinned(joints: F32, frame_time: float, subject: str, sequence: str, name: str) -> Recording:
    step = max(1, round(1 / (RATE * frame_time))) if frame_time > 0 else 1
    frame = np.arange(0, len(joints), step)
    return Recording(joints[frame], frame, subject, sequence, name)
