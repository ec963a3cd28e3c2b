"""What filters and statistics look at, as one array over all people each, so that 25,000 of them take milliseconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from engine.pose.kinematics import bone_lengths
from engine.pose.project.person import COUNT, From2D, From3D, Person

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

PART = 1000
"""People who are looked at in one go."""
BY_HAND: From2D | From3D = "edited"


@dataclass(slots=True, eq=False)
class Summary:
    """People in the order of the project. Arrays are changed in place by `update`; `copy` before another thread reads.

    Args:
        reviewed, changed, flagged: (N,) what is said of a person.
        missing: (N,) there is no photo.
        error: (N,) mean reprojection error in px, NaN without one.
        relative: (N,) the same as a share of the person's size in the picture.
        bones: (N, 15) natural logarithm of the bones' lengths in mm; NaN without a pose, or for a bone of no length.
        seconds: (N,) time spent.
        pose_edits: (N, 16) joints that were placed by hand in space.
        picture_edits: (N, 16) joints that were placed by hand in the picture.
        number: (N,) 1, 2, … among the people of the same photo.
        together: (N,) how many people the photo has.
        text: N texts to search in: image, person and notes, case-folded.
    """

    reviewed: Bools
    changed: Bools
    flagged: Bools
    missing: Bools
    error: F64
    relative: F64
    bones: F64
    seconds: F64
    pose_edits: Bools
    picture_edits: Bools
    number: Ints
    together: Ints
    text: list[str]

    @classmethod
    def of(cls, people: Sequence[Person], missing: Collection[str] = ()) -> Self:
        """Look at all people.

        Args:
            people: All of them.
            missing: Names of the images for which there is no photo.
        """
        error, relative, bones = _measures(people)
        number, together = _numbers([p.image for p in people])
        n = len(people)
        return cls(
            reviewed=np.fromiter((p.reviewed for p in people), bool, n),
            changed=np.fromiter((p.changed for p in people), bool, n),
            flagged=np.fromiter((p.flagged for p in people), bool, n),
            missing=_missing(people, missing),
            error=error,
            relative=relative,
            bones=bones,
            seconds=np.fromiter((p.seconds for p in people), float, n),
            pose_edits=_edits([p.state.pose_from if p.state.pose is not None else () for p in people]),
            picture_edits=_edits([p.state.joints_from for p in people]),
            number=number,
            together=together,
            text=[_text(p) for p in people],
        )

    def __len__(self) -> int:
        return len(self.text)

    @property
    def to_do(self) -> Bools:
        """(N,) neither reviewed nor changed."""
        return ~(self.reviewed | self.changed)

    def update(self, index: int, person: Person) -> None:
        """A person has other values; which photo they are in, and whether it is there, has not changed."""
        self.reviewed[index], self.changed[index], self.flagged[index] = person.reviewed, person.changed, person.flagged
        error, relative, bones = _measures([person])
        self.error[index], self.relative[index], self.bones[index] = error[0], relative[0], bones[0]
        self.seconds[index] = person.seconds
        self.pose_edits[index] = _edits([person.state.pose_from if person.state.pose is not None else ()])[0]
        self.picture_edits[index] = _edits([person.state.joints_from])[0]
        self.text[index] = _text(person)

    def find_photos(self, people: Sequence[Person], missing: Collection[str]) -> None:
        """Photos were looked for again; arguments as in `of`."""
        self.missing[:] = _missing(people, missing)

    def copy(self) -> Self:
        """The same values, for another thread."""
        return replace(self, **{f.name: getattr(self, f.name).copy() for f in fields(self)})


def _measures(people: Sequence[Person]) -> tuple[F64, F64, F64]:
    """Error in px, relative error, logarithms of bone lengths; part by part, to let other threads of Python run."""
    parts = [_measure(people[i : i + PART]) for i in range(0, max(len(people), 1), PART)]
    error, relative, bones = (np.concatenate(each) for each in zip(*parts, strict=True))
    return error, relative, bones


def _measure(people: Sequence[Person]) -> tuple[F64, F64, F64]:
    error, bones = np.full(len(people), np.nan), np.full((len(people), 15), np.nan)
    relative = error.copy()
    posed = [i for i, p in enumerate(people) if p.state.pose is not None]
    if not posed:
        return error, relative, bones
    poses = np.stack([people[i].state.pose for i in posed])  # type: ignore[misc]  # those have one
    joints = np.stack([people[i].state.joints for i in posed])
    cameras = np.array([(c.scale, c.tx, c.ty) for i in posed if (c := people[i].state.camera) is not None])
    projected = poses[..., :2] * cameras[:, None, :1] + cameras[:, None, 1:]
    known = np.asarray(np.isfinite(joints).all(2), np.bool_)
    count = known.sum(1)
    distance = np.where(known, np.linalg.norm(projected - joints, axis=2), 0.0)
    mean = np.where(count > 0, distance.sum(1) / np.maximum(count, 1), np.nan)
    low = np.where(known[..., None], joints, np.inf).min(1)
    high = np.where(known[..., None], joints, -np.inf).max(1)
    extent = np.where(count > 1, (high - low).max(1), 0.0)
    error[posed] = mean
    relative[posed] = np.where(extent > 0, mean / np.where(extent > 0, extent, 1.0), np.nan)
    lengths = bone_lengths(poses)
    bones[posed] = np.where(lengths > 0, np.log(np.where(lengths > 0, lengths, 1.0)), np.nan)
    return error, relative, bones


def _edits(origins: Sequence[tuple[str, ...]]) -> Bools:
    """(N, 16) whether a joint comes from the hand; false for somebody without origins."""
    edits = np.zeros((len(origins), COUNT), bool)
    for i, origin in enumerate(origins):
        if BY_HAND in origin:
            edits[i] = [each == BY_HAND for each in origin]
    return edits


def _missing(people: Sequence[Person], missing: Collection[str]) -> Bools:
    names = frozenset(missing)
    return np.fromiter((p.image in names for p in people), bool, len(people))


def _numbers(images: list[str]) -> tuple[Ints, Ints]:
    total, seen = Counter(images), Counter[str]()
    number = np.zeros(len(images), np.intp)
    for i, image in enumerate(images):
        seen[image] += 1
        number[i] = seen[image]
    return number, np.fromiter((total[image] for image in images), np.intp, len(images))


def _text(person: Person) -> str:
    return f"{person.image}\n{person.person}\n{person.notes}".casefold()
