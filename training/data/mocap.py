"""Motion capture as arrays: 3D poses of known people, split by person.

A file is an npz with `joints` (N, 17, 3) in mm (pelvis at the origin, +Y up, right-handed, a person who faces +Z has
their left at +X), `joint_names` (MPII's 16 and the spine, in any order), `subject`, `seq` and `frame` (N,) with the
name tables `subjects` and `sequences`. BVH and Human3.6M's npz are read as well (`mocap_files.py`). Sources: CMU
Graphics Lab motion capture (mocap.cs.cmu.edu), Bandai-Namco Research Motiondataset (CC BY-NC 4.0).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal, Self

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.pose.files.body import BODY_17
from engine.pose.joints import MPII_16
from training.data.mocap_files import Recording, is_foreign, read_recordings

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Names = npt.NDArray[np.str_]

JOINTS_17 = BODY_17
"""Names of `Poses.joints` in order."""

DEV_SUBJECTS = (
    "cmu005", "cmu027", "cmu032", "cmu045", "cmu046", "cmu047", "cmu055", "cmu114", "cmu133", "bandai2", "h36mS9",
    "h36mS11",
)  # fmt: skip
"""People who are never trained on: a quarter of CMU's frames (dance, walks of many kinds) and the second Bandai actor,
and those whom Human3.6M tests on. None of CMU 2, 6–16 and 35, whom the files of actions without a subject's number may
show too."""

BANDAI_SPINE, BANDAI_SHOULDERS, BANDAI_HIPS = 1.27, 1.75, 1.45
"""Bandai's one skeleton is a figure's: torso 0.50 of the leg, shoulders 0.20 m and hips 0.13 m apart. These factors
make it CMU's median (0.62, 0.36 m, 0.19 m). Directions of limbs are unchanged."""

_ARMS_HEAD = [JOINTS_17.index(j) for j in ("thorax", "upper_neck", "head_top")]
_SIDES = {side: [JOINTS_17.index(f"{side}_{j}") for j in ("shoulder", "elbow", "wrist")] for side in "lr"}
_LEGS = {side: [JOINTS_17.index(f"{side}_{j}") for j in ("hip", "knee", "ankle")] for side in "lr"}


@dataclass(frozen=True, slots=True)
class Poses:
    """Poses of motion capture.

    Args:
        joints: (N, 17, 3) float32 mm in the order of `JOINTS_17`, pelvis at the origin, +Y up.
        subject: (N,) who it is.
        sequence: (N,) of which recording.
        set: (N,) of which file.
        frame: (N,) intp, place in the recording.
    """

    joints: F32
    subject: Names
    sequence: Names
    set: Names
    frame: npt.NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.joints)

    def take(self, which: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Self:
        """The poses of a mask or of indices."""
        return type(self)(*(getattr(self, f.name)[which] for f in fields(self)))

    def split(self, name: Literal["train", "dev"]) -> Self:
        """The poses of the people who are trained on ("train"), or of the others ("dev")."""
        return self.take(np.flatnonzero(np.isin(self.subject, DEV_SUBJECTS, invert=name == "train")))


def held_out(subject: str) -> bool:
    """Whether this person is never trained on."""
    return subject in DEV_SUBJECTS


def open_poses(paths: Path | Iterable[Path]) -> Poses:
    """Read motion capture; `bandai…` files are brought to human proportions (see `BANDAI_SPINE`).

    Args:
        paths: npz, BVH or Human3.6M's files, or folders whose files are all read (or those in a folder `mocap` inside).

    Returns:
        At least one pose. Poses with a coordinate that is not finite are left out.

    Raises:
        InputError: Nothing there, or a file that is not as described.
    """
    given = [Path(paths)] if isinstance(paths, str | Path) else [Path(p) for p in paths]
    files = [file for path in given for file in _files(path)]
    if not files:
        there = ", ".join(map(str, given))
        raise InputError(f"There is no motion capture in {there}.", "Give npz or BVH files of poses.")
    poses = _concatenated([_read(file) for file in files])
    poses = poses.take(np.flatnonzero(np.isfinite(poses.joints).all((1, 2))))
    if not len(poses):
        raise InputError(f"There is no pose in {', '.join(map(str, files))}.")
    return poses


def to_mpii16(joints17: npt.ArrayLike) -> F32:
    """(..., 17, 3) -> (..., 16, 3) float32 in MPII's order, same axes.

    The thorax becomes the middle of the shoulders, as in photos whose annotation has shoulders alone; skeletons of
    motion capture have it up to 8 cm lower or higher.
    """
    points = np.asarray(joints17, np.float32)[..., :16, :].copy()
    left, right = (MPII_16.index(f"{side}_shoulder") for side in "lr")
    points[..., MPII_16.index("thorax"), :] = (points[..., left, :] + points[..., right, :]) / 2
    return points


def to_camera_axes(points: npt.ArrayLike) -> F32:
    """(..., 3) with +Y up -> x right, y down, z away, as a level camera sees it that the person's front (+Z) faces."""
    return np.asarray(points, np.float32) * np.array([1, -1, -1], np.float32)


def thorax_rooted(poses: npt.ArrayLike) -> F32:
    """(..., 16, 3) -> the same relative to the thorax."""
    points = np.asarray(poses, np.float32)
    thorax = MPII_16.index("thorax")
    return points - points[..., thorax : thorax + 1, :]


def human_proportions(joints17: F32) -> F32:
    """Bandai's (N, 17, 3) poses with a person's torso, shoulders and hips (see `BANDAI_SPINE`)."""
    points = joints17.copy()
    left, right = (joints17[:, _SIDES[side][0]] for side in "lr")
    middle = (left + right) / 2
    longer = (BANDAI_SPINE - 1) * middle
    points[:, _ARMS_HEAD] += longer[:, None]
    points[:, JOINTS_17.index("spine")] *= BANDAI_SPINE
    for side, joints in _SIDES.items():
        sideways = (BANDAI_SHOULDERS - 1) * (joints17[:, _SIDES[side][0]] - middle)
        points[:, joints] += (longer + sideways)[:, None]
    for joints in _LEGS.values():
        points[:, joints] += (BANDAI_HIPS - 1) * joints17[:, joints[:1]]
    return points


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return _captures(path) or _captures(path / "mocap")


def _captures(folder: Path) -> list[Path]:
    return sorted([*folder.glob("*.npz"), *folder.glob("*.bvh")])


def _read(file: Path) -> Poses:
    if is_foreign(file):
        return _joined(read_recordings(file))
    try:
        with np.load(file, allow_pickle=False) as data:
            names = [str(name) for name in data["joint_names"]]
            joints = np.asarray(data["joints"], np.float32)
            subject, sequence = data["subjects"][data["subject"]], data["sequences"][data["seq"]]
            frame = np.asarray(data["frame"], np.intp)
    except (OSError, KeyError, IndexError, ValueError, EOFError) as error:
        raise InputError(
            f"{file} is not motion capture as an npz: {error}.", "See the format in the manual."
        ) from error
    missing = [name for name in JOINTS_17 if name not in names]
    if missing or joints.ndim != 3 or joints.shape[1:] != (len(names), 3):
        what = f"it lacks {', '.join(missing)}" if missing else f"its joints are {joints.shape}"
        raise InputError(f"{file} does not hold poses of the 17 joints: {what}.")
    if not len(joints) == len(subject) == len(sequence) == len(frame):
        raise InputError(f"{file} is not consistent: {len(joints)} poses of {len(subject)} subjects.")
    joints = joints[:, [names.index(name) for name in JOINTS_17]]
    if file.stem.startswith("bandai"):
        joints = human_proportions(joints)
    size = len(joints)
    return Poses(joints, subject.astype(str), sequence.astype(str), np.full(size, file.stem), frame)


def _concatenated(parts: Sequence[Poses]) -> Poses:
    return Poses(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Poses)))


def _joined(recordings: Sequence[Recording]) -> Poses:
    parts = [
        Poses(
            human_proportions(each.joints) if each.subject.startswith("bandai") else each.joints,
            np.full(len(each.joints), each.subject),
            np.full(len(each.joints), each.sequence),
            np.full(len(each.joints), each.set),
            each.frame,
        )
        for each in recordings
    ]
    return _concatenated(parts)
