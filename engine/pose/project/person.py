"""One annotated person: a value that is never changed, so that undo is to go back to the value before."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Self, get_args

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.imaging.window import Window
from engine.pose.camera import WeakPerspective
from engine.pose.files.annotation import mpii_window
from engine.pose.joints import MPII_16
from engine.pose.kinematics import LIMBS
from engine.pose.person import box_window, person_window

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Box = tuple[float, float, float, float]

From2D = Literal["annotated", "detected", "edited"]
"""Where a joint in the picture comes from: the annotation file, the network, the hand."""
From3D = Literal["lifted", "predicted", "copied", "edited"]
"""Where a joint in space comes from: lifting, the network, another person's pose, the hand."""
FROM_2D: tuple[From2D, ...] = get_args(From2D)
FROM_3D: tuple[From3D, ...] = get_args(From3D)

COUNT = len(MPII_16.joints)
ROOT = MPII_16.index(MPII_16.root)


@dataclass(frozen=True, slots=True, eq=False)
class PoseState:
    """What is edited of a person. Arrays are read-only; every edit makes a new state.

    Args:
        joints: (16, 2) float64 xy, source pixels, NaN where unknown, in the order of MPII_16.
        visibility: (16,) 0 unknown, 1 known but hidden, 2 visible; 0 exactly where `joints` is NaN.
        joints_from: 16, where each joint in the picture comes from.
        pose: (16, 3) float64 mm, camera axes x right, y down, z away, the thorax exactly at the origin; None while
            there is no pose.
        camera: Weak perspective that shows the pose in the picture; None exactly when `pose` is.
        pose_from: 16, where each joint in space comes from.
        fixed: Limbs (names of engine.pose.kinematics.LIMBS) that lifting anew leaves as they are.

    Raises:
        InputError: Arrays of other shapes, or values that contradict each other.
    """

    joints: F64
    visibility: Ints
    joints_from: tuple[From2D, ...] = (FROM_2D[0],) * COUNT
    pose: F64 | None = None
    camera: WeakPerspective | None = None
    pose_from: tuple[From3D, ...] = (FROM_3D[0],) * COUNT
    fixed: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        joints, visibility = _frozen(self.joints, np.float64), _frozen(self.visibility, np.intp)
        if joints.shape != (COUNT, 2) or visibility.shape != (COUNT,):
            raise InputError(f"A person has {COUNT} joints; got arrays {joints.shape} and {visibility.shape}.")
        if not ((visibility >= 0) & (visibility <= 2)).all():
            raise InputError("A joint's visibility is 0, 1 or 2.")
        if not np.array_equal(np.isfinite(joints).all(1), visibility > 0):
            raise InputError("A joint has a place in the picture exactly when its visibility is not 0.")
        if (self.pose is None) != (self.camera is None):
            raise InputError("A pose and its camera go together.")
        if len(self.joints_from) != COUNT or len(self.pose_from) != COUNT or not self.fixed <= LIMBS.keys():
            raise InputError(f"A person has {COUNT} joints, and its limbs are {', '.join(LIMBS)}.")
        object.__setattr__(self, "joints", joints)
        object.__setattr__(self, "visibility", visibility)
        if self.pose is not None:
            pose = _frozen(self.pose, np.float64)
            if pose.shape != (COUNT, 3) or not np.isfinite(pose).all() or pose[ROOT].any():
                raise InputError("A pose is (16, 3), finite, with the thorax at the origin.")
            object.__setattr__(self, "pose", pose)

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """(16,) which joints have a place in the picture."""
        return np.asarray(self.visibility > 0, np.bool_)

    def projected(self) -> F64:
        """(16, 2) the pose seen by its camera, source pixels; NaN while there is no pose."""
        if self.pose is None or self.camera is None:
            return np.full((COUNT, 2), np.nan)
        return np.asarray(self.camera.project(self.pose), np.float64)

    def errors(self) -> F64:
        """(16,) px between the projected and the annotated joint; NaN where one of them is missing."""
        return np.asarray(np.linalg.norm(self.projected() - self.joints, axis=1), np.float64)

    def error(self) -> float:
        """Mean of `errors` in px; NaN when there is none."""
        errors = self.errors()
        return float(np.nanmean(errors)) if np.isfinite(errors).any() else float("nan")

    def same_as(self, other: PoseState) -> bool:
        """Whether everything is bit for bit the same."""
        return all(_same(getattr(self, f.name), getattr(other, f.name)) for f in fields(self))


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """A person of a project.

    Args:
        person: Identifies the person within the project.
        image: The photo's name as the annotation has it.
        state: The pose.
        size: (width, height) of the photo where it is known.
        box: (x0, y0, x1, y1) of the person, from the annotation.
        center, scale, head: MPII's rough position, size over 200 px, and head size of PCKh, from the annotation.
        split: "train", "val", "test" or "".
        reviewed: Somebody has said that it is right.
        flagged: Somebody has said that it needs another look.
        changed: Somebody has edited it.
        notes: Free text.
        seconds: Time that somebody has spent on it.
    """

    person: str
    image: str
    state: PoseState
    size: tuple[int, int] | None = None
    box: Box | None = None
    center: tuple[float, float] | None = None
    scale: float | None = None
    head: float | None = None
    split: str = ""
    reviewed: bool = False
    flagged: bool = False
    changed: bool = False
    notes: str = ""
    seconds: float = 0.0

    def edited(self, state: PoseState) -> Self:
        """The same person with another pose, made by hand: changed, and no longer reviewed."""
        return replace(self, state=state, changed=True, reviewed=False)

    def window(self) -> Window:
        """The square around the person that networks read, source pixels.

        Raises:
            InputError: Nothing says where the person is.
        """
        if self.state.known.sum() >= 2:
            return person_window(self.state.joints, self.state.visibility)
        if self.box is not None:
            return box_window(*self.box)
        if self.center is not None and self.scale is not None:
            return mpii_window(self.center, self.scale)
        raise InputError(f"Nothing says where {self.person} is.", "Mark joints, or draw a box.")

    def relative_error(self) -> float:
        """Mean reprojection error as a share of the person's size in the picture; NaN when there is none."""
        known = self.state.joints[self.state.known]
        extent = float(np.ptp(known, axis=0).max()) if len(known) > 1 else 0.0
        return self.state.error() / extent if extent > 0 else float("nan")

    def same_as(self, other: Person) -> bool:
        """Whether everything is bit for bit the same."""
        mine, others = ({f.name: getattr(p, f.name) for f in fields(p) if f.name != "state"} for p in (self, other))
        return mine == others and self.state.same_as(other.state)


def _frozen(values: npt.ArrayLike, kind: type) -> Any:
    """A read-only array; a copy unless it is read-only already."""
    array: npt.NDArray[Any] = np.asarray(values, kind)
    if array.flags.writeable:
        array = array.copy()
        array.flags.writeable = False
    return array


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):  # one of them has a pose, the other none
        return False
    return bool(a == b)
