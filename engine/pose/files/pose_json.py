"""DeepSkel's pose file: people in a photo with their joints by name, in the picture and in space.

Positions in space are millimetres relative to the root in camera axes: x right, y down, z away from the camera.
The models are the schema; the version is in the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, Field, model_validator

from engine.errors import InputError
from engine.pose.camera import WeakPerspective
from engine.pose.files.json_text import XY, XYZ, File, Millimetres, Pixels, Record, Share
from engine.pose.joints import MPII_16

F64 = npt.NDArray[np.float64]

PIXELS = "pixels of the upright photo: x right, y down; the centre of the first pixel is (0.5, 0.5)"
SPACE = "millimetres relative to the root, in camera axes: x right, y down, z away from the camera"


def _known(name: str) -> str:
    if name not in MPII_16.joints:
        raise ValueError(f"there is no joint called “{name}”; joints: {', '.join(MPII_16.joints)}")
    return name


JointName = Annotated[str, AfterValidator(_known)]
Positive = Annotated[float, Field(gt=0)]


class CameraRecord(Record):
    """Weak perspective: xy = scale · (x, y) + (tx, ty); `scale` in px/mm, the shift in px."""

    kind: Literal["weak perspective"] = "weak perspective"
    scale: Positive
    tx: float
    ty: float

    @classmethod
    def of(cls, camera: WeakPerspective) -> Self:
        return cls(scale=camera.scale, tx=camera.tx, ty=camera.ty)

    def camera(self) -> WeakPerspective:
        return WeakPerspective(self.scale, self.tx, self.ty)


class Joint2D(Record):
    """A joint in the picture."""

    xy: XY
    confidence: Share | None = None


class HypothesisRecord(Record):
    """One reading of a person.

    `width` is the stick width and `crop` the crop scale of the skeleton map it was read from. `reprojection_error` is
    the mean distance in px between the projected joints and `joints2d`; of `score`, higher is better. `joints3d` may be
    left out to keep the file small. `sigma` is the expected error of each joint.
    """

    width: Positive | None = None
    crop: Positive | None = None
    reprojection_error: Annotated[Pixels, Field(ge=0)]
    score: float | None = None
    camera: CameraRecord
    joints3d: dict[JointName, XYZ] | None = None
    sigma: dict[JointName, Millimetres] | None = None

    @classmethod
    def of(
        cls,
        pose: npt.ArrayLike,
        camera: WeakPerspective,
        reprojection_error: float,
        *,
        width: float | None = None,
        crop: float | None = None,
        score: float | None = None,
        sigma: npt.ArrayLike | None = None,
    ) -> Self:
        """The record of a pose that is (16, 3) mm in camera axes; NaN joints are left out.

        A pose whose thorax is not at the origin is moved there, and its camera with it.

        Raises:
            InputError: The pose has no thorax or another shape.
        """
        points = np.asarray(pose, np.float64)
        if points.shape != (16, 3):
            raise InputError(f"A pose has 16 joints in space; got {points.shape}.")
        root = points[MPII_16.index(MPII_16.root)]
        if not np.isfinite(root).all():
            raise InputError("A pose needs its thorax: everything is relative to it.")
        tx, ty = camera.project(root)
        return cls(
            width=width,
            crop=crop,
            reprojection_error=reprojection_error,
            score=score,
            camera=CameraRecord(scale=camera.scale, tx=float(tx), ty=float(ty)),
            joints3d=_named(points - root),
            sigma=None if sigma is None else _named(np.asarray(sigma, np.float64)),
        )

    def without_pose(self) -> Self:
        """The same with its figures alone."""
        return self.model_copy(update={"joints3d": None, "sigma": None})

    def pose(self) -> F64 | None:
        """(16, 3) mm, NaN where a joint is not in the file; None when it was left out."""
        return None if self.joints3d is None else _array(self.joints3d, 3)


class PersonRecord(Record):
    """A person: the joints seen in the picture, every hypothesis, and which of them was chosen.

    The chosen hypothesis always has its `joints3d`. `box` is (x0, y0, x1, y1) of the part of the photo that was read.
    """

    person: str | None = None
    box: tuple[Pixels, Pixels, Pixels, Pixels] | None = None
    joints2d: dict[JointName, Joint2D]
    chosen: Annotated[int, Field(ge=0)]
    hypotheses: Annotated[list[HypothesisRecord], Field(min_length=1)]

    @model_validator(mode="after")
    def _chosen_is_there(self) -> Self:
        if self.chosen >= len(self.hypotheses):
            raise ValueError(f"chosen is {self.chosen}, but there are {len(self.hypotheses)} hypotheses")
        if self.hypotheses[self.chosen].joints3d is None:
            raise ValueError(f"the chosen hypothesis {self.chosen} has no joints3d")
        return self

    @classmethod
    def of(
        cls,
        xy: npt.ArrayLike,
        hypotheses: Sequence[HypothesisRecord],
        chosen: int = 0,
        *,
        confidence: npt.ArrayLike | None = None,
        all_poses: bool = True,
        person: str | None = None,
        box: tuple[float, float, float, float] | None = None,
    ) -> Self:
        """The record of a person.

        Args:
            xy: (16, 2) px; NaN joints are left out.
            hypotheses: At least one.
            chosen: Index of one of them.
            confidence: (16,) from 0 to 1.
            all_poses: Keep the poses of hypotheses that were not chosen.
            person: A name, when there are several people.
            box: The part of the photo that was read.
        """
        sure = None if confidence is None else _named(np.asarray(confidence, np.float64))
        return cls(
            person=person,
            box=box,
            joints2d={
                name: Joint2D(xy=at, confidence=None if sure is None else sure.get(name))
                for name, at in _named(np.asarray(xy, np.float64)).items()
            },
            chosen=chosen,
            hypotheses=[h if all_poses or i == chosen else h.without_pose() for i, h in enumerate(hypotheses)],
        )

    def xy(self) -> F64:
        """(16, 2) px, NaN where a joint is not in the file."""
        return _array({name: joint.xy for name, joint in self.joints2d.items()}, 2)

    def confidence(self) -> F64:
        """(16,) NaN where a joint has none."""
        sure = {name: (joint.confidence,) for name, joint in self.joints2d.items() if joint.confidence is not None}
        return _array(sure, 1)[:, 0]

    def pose(self) -> F64:
        """(16, 3) mm of the chosen hypothesis."""
        pose = self.hypotheses[self.chosen].pose()
        assert pose is not None, "held by the validator"  # noqa: S101 - for the type alone
        return pose


class PoseFile(File):
    """What is in the file. `photo` is the photo's file name; its size in pixels when it is known."""

    format: Literal["deepskel pose"] = "deepskel pose"
    version: Literal[1] = 1
    photo: str | None = None
    width: Annotated[int, Field(ge=1)] | None = None
    height: Annotated[int, Field(ge=1)] | None = None
    root: Literal["thorax"] = "thorax"
    coordinates2d: str = PIXELS
    coordinates3d: str = SPACE
    people: list[PersonRecord]


def _named(values: F64) -> dict[str, Any]:
    """Finite rows by name; scalars for (16,)."""
    if len(values) != len(MPII_16.joints):
        raise InputError(f"A pose has {len(MPII_16.joints)} joints; got {len(values)}.")
    return {n: v.tolist() for n, v in zip(MPII_16.joints, values, strict=True) if np.isfinite(v).all()}


def _array(values: Mapping[str, tuple[float, ...]], columns: int) -> F64:
    array = np.full((len(MPII_16.joints), columns), np.nan)
    for name, value in values.items():
        array[MPII_16.index(name)] = value
    return array
