"""Candidates of people, kept beside the project so that nobody waits for the networks twice.

A cache: whatever is missing, damaged or out of date is computed again. One small file a person, in 256 sub-folders:
file managers and network shares are slow with tens of thousands of files in one.
"""

from __future__ import annotations

import hashlib
import secrets
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import OutputError
from engine.pose.camera import WeakPerspective
from engine.pose.hypotheses import Origin
from engine.pose.lifting.dictionary import load_dictionary
from engine.pose.lifting.lift import REVISION
from engine.pose.project.candidates import Candidate
from engine.pose.project.person import COUNT, FROM_3D, ROOT, Person

VERSION = 2
"""Of the files. A file of another version counts as absent."""

METHOD = "pose"
"""The way to read people whose hypotheses are offered (engine.pose.methods)."""

NETWORKS = ("hourglass", "pose_maps", "pose_regressor")
"""Whose weights METHOD answers by."""


_DAMAGED = (
    OSError, LookupError, ValueError, TypeError, EOFError, RuntimeError, MemoryError, SyntaxError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What zipfile and NumPy raise at files that are damaged."""


class CandidateStore:
    """The candidates of a project's people. Any number of processes may use it at once.

    Args:
        folder: Made at the first `put`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    @classmethod
    def beside(cls, project: Path) -> CandidateStore:
        """The store of a project's file: `set.json` has `set.candidates/`."""
        return cls(Path(project).with_suffix(".candidates"))

    def get(self, person: str, key: str) -> list[Candidate] | None:
        """What was kept of a person; None when there is nothing, or it was computed from something else.

        Args:
            person: `Person.person`.
            key: Of `key_of`.
        """
        try:
            with self._file(person).open("rb") as stream, np.load(stream, allow_pickle=False) as data:
                return _candidates(data, person, key)
        except _DAMAGED:
            return None

    def put(self, person: str, key: str, candidates: Sequence[Candidate]) -> None:
        """Keep the candidates of a person; those kept before are replaced at once or not at all.

        Raises:
            OutputError: They cannot be written.
        """
        file = self._file(person)
        part = file.with_name(f".{file.stem}-{secrets.token_hex(4)}.part")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            try:
                with part.open("xb") as stream:
                    np.savez(stream, allow_pickle=False, **_arrays(person, key, candidates))
                part.replace(file)  # without fsync: what a power cut damages is computed again
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise OutputError(
                f"The candidates of {person} cannot be kept in {self.folder}: {error.strerror or error}.",
                "Free some space, or move the project to a folder that may be written to.",
            ) from error

    def _file(self, person: str) -> Path:
        name = hashlib.sha256(person.encode("utf-8", "surrogatepass")).hexdigest()
        return self.folder / name[:2] / f"{name[2:32]}.npz"


def key_of(person: Person, photo: Path | None, weights: str = "") -> str:
    """What candidates are computed from, as a short text: the joints, where the person is, the photo, the networks.

    Args:
        person: Whose joints are lifted.
        photo: The file; None when the networks are not asked. Its size and its time of change stand for what is in it.
        weights: Of `weights_digest`; "" when the networks are not asked.
    """
    sha = hashlib.sha256(f"{VERSION} {REVISION} {load_dictionary().digest} {METHOD} {weights}".encode())
    state = person.state
    sha.update(np.where(state.known[:, None], state.joints, 0.0).tobytes())  # there are several NaNs
    sha.update(state.visibility.astype(np.int8).tobytes())
    for place in (person.box, person.center, person.scale):
        sha.update(b"-" if place is None else np.asarray(place, np.float64).tobytes())
    if photo is not None:
        with suppress(OSError):
            found = photo.stat()
            sha.update(f"{photo.name} {found.st_size} {found.st_mtime_ns}".encode("utf-8", "surrogatepass"))
    return sha.hexdigest()[:32]


@cache
def weights_digest(folder: Path | None = None) -> str:
    """Short text that changes with the weights of NETWORKS; reads them once a process.

    Args:
        folder: Where they lie; None searches the usual folders.
    """
    from engine.weights import list_weights  # torch

    cards = [state.card for state in list_weights(folder) if state.name in NETWORKS]
    return hashlib.sha256(" ".join(card.sha256 if card else "" for card in cards).encode()).hexdigest()[:32]


def _arrays(person: str, key: str, candidates: Sequence[Candidate]) -> dict[str, npt.NDArray[Any]]:
    cameras = [(c.camera.scale, c.camera.tx, c.camera.ty) for c in candidates]
    origins = [(np.nan if v is None else v for v in c.origin) for c in candidates]
    return {
        "version": np.array(VERSION),
        "person": np.array(person),
        "key": np.array(key),
        "name": np.array([c.name for c in candidates], np.str_),
        "pose": np.reshape([c.pose for c in candidates], (-1, COUNT, 3)).astype(np.float64),
        "camera": np.reshape(cameras, (-1, 3)).astype(np.float64),
        "source": np.array([FROM_3D.index(c.source) for c in candidates], np.int8),
        "error": np.array([c.error for c in candidates], np.float64),
        "origin": np.reshape([list(o) for o in origins], (-1, 2)).astype(np.float64),
        "score": np.array([c.score for c in candidates], np.float64),
    }


def _candidates(data: Any, person: str, key: str) -> list[Candidate] | None:
    """What a file holds; None when it is of something else. ValueError when it is damaged."""
    if (int(data["version"]), str(data["person"]), str(data["key"])) != (VERSION, person, key):
        return None
    pose, camera, origin = data["pose"], data["camera"], data["origin"]
    each = [data[name] for name in ("name", "source", "error", "score")]
    count = len(pose)
    whole = pose.shape == (count, COUNT, 3) and camera.shape == (count, 3) and origin.shape == (count, 2)
    if not whole or any(values.shape != (count,) for values in each):
        raise ValueError("arrays of different lengths")
    if not np.isin(each[1], range(len(FROM_3D))).all():
        raise ValueError("a source that is not known")
    if not np.isfinite(pose).all() or not np.isfinite(camera).all() or pose[:, ROOT].any() or (camera[:, 0] <= 0).any():
        raise ValueError("poses that are none")
    rows = zip(*(values.tolist() for values in (*each, camera, origin)), pose, strict=True)
    return [
        Candidate(
            name,
            each_pose,
            WeakPerspective(*cam),
            FROM_3D[source],
            error,
            Origin(*(None if np.isnan(v) else v for v in where)),
            score,
        )
        for name, source, error, score, cam, where, each_pose in rows
    ]
