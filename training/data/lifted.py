"""Photos with 2D joints, lifted or fixed by hand: the pseudo-3D truth of people whom nobody captured in motion."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.errors import OutputError
from engine.pose.lifting.dictionary import Dictionary, load_dictionary
from engine.pose.lifting.lift import REVISION, LiftSettings, lift
from training.data.people import PersonRecord

F32 = npt.NDArray[np.float32]


def lifted_people(
    records: Sequence[PersonRecord],
    cache_folder: Path = Path(".cache/lifted"),
    dictionary: Dictionary | None = None,
) -> tuple[F32, F32]:
    """Lift people, or read them from the file that an earlier call with the same joints and dictionary left.

    Who has a pose that was fixed by hand keeps it.

    Args:
        records: Whom, in the order of the answer.
        cache_folder: Made when it is missing. A file that cannot be read is made again.
        dictionary: The one that comes with DeepSkel by default.

    Returns:
        (N, 16, 3) mm of the mean body, camera axes, thorax at the origin, and (N, 16) confidence in [0, 1], 0 where a
        joint is not known. Where nothing could be lifted the pose is the mean pose and all confidence 0; of a pose that
        was fixed by hand it is 1.

    Raises:
        OutputError: The file cannot be written.
        WeightsError: The dictionary is missing or damaged.
    """
    if not records:
        return np.zeros((0, 16, 3), np.float32), np.zeros((0, 16), np.float32)
    poses, confidence = np.zeros((len(records), 16, 3), np.float32), np.ones((len(records), 16), np.float32)
    others = []
    for i, record in enumerate(records):
        if record.pose is None:
            others.append(i)
        else:
            poses[i] = record.pose
    if others:
        points, visibility = ([getattr(records[i], name) for i in others] for name in ("joints", "visibility"))
        lifted = lifted_joints(np.stack(points), np.stack(visibility), cache_folder, dictionary)
        poses[others], confidence[others] = lifted
    return poses, confidence


def lifted_joints(
    points: npt.ArrayLike,
    visibility: npt.ArrayLike,
    cache_folder: Path = Path(".cache/lifted"),
    dictionary: Dictionary | None = None,
) -> tuple[F32, F32]:
    """As `lifted_people`, for joints without photos.

    Args:
        points: (N, 16, 2) px, NaN where unknown.
        visibility: (N, 16) 0 unknown, 1 hidden, 2 visible.
        cache_folder, dictionary: As there.
    """
    book = dictionary or load_dictionary()
    points, visibility = np.asarray(points, np.float64), np.asarray(visibility, np.int8)
    file = cache_folder / f"{_key(points, visibility, book)}.npz"
    if (found := _read(file, len(points))) is not None:
        return found
    lifted = lift(points, visibility, book, alternatives=1)
    poses, confidence = lifted.poses.astype(np.float32), lifted.confidence.astype(np.float32)
    temporary = file.with_suffix(f".{os.getpid()}.tmp")
    try:
        cache_folder.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as stream:
            np.savez(stream, poses=poses, confidence=confidence)
        temporary.replace(file)
    except OSError as error:
        raise OutputError(f"{file} cannot be written: {error.strerror or error}.") from error
    return poses, confidence


def _key(points: npt.NDArray[np.float64], visibility: npt.NDArray[np.int8], book: Dictionary) -> str:
    """What the answer depends on, as a name."""
    sha = hashlib.sha256(f"{REVISION} {book.digest} {LiftSettings()!r}".encode())
    sha.update(points.tobytes())
    sha.update(visibility.tobytes())
    return sha.hexdigest()[:32]


def _read(file: Path, count: int) -> tuple[F32, F32] | None:
    try:
        with np.load(file, allow_pickle=False) as data:
            poses, confidence = data["poses"], data["confidence"]
    except (OSError, KeyError, ValueError, EOFError):
        return None
    return (poses, confidence) if poses.shape == (count, 16, 3) and confidence.shape == (count, 16) else None
