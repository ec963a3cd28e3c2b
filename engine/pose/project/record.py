"""A person as one line of a project file: joints by name, every number as it is in memory.

The models are the schema. What is at its default is left out of the line. The arrays of joints are
`[x, y, visibility, where it comes from]` in the picture and `[x, y, z, where it comes from]` in space.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import numpy as np
from pydantic import ConfigDict, Field, ValidationError, model_validator

from engine.errors import InputError
from engine.pose.camera import WeakPerspective
from engine.pose.files.json_text import Record
from engine.pose.joints import MPII_16
from engine.pose.kinematics import LIMBS
from engine.pose.project.person import COUNT, FROM_2D, FROM_3D, From2D, From3D, Person, PoseState

if TYPE_CHECKING:
    Joint = str
    Limb = str
else:  # as literals they are checked without a call a joint
    Joint = Literal[MPII_16.joints]
    Limb = Literal[tuple(LIMBS)]

INDEX = {name: i for i, name in enumerate(MPII_16.joints)}
FIGURES = ("size", "box", "center", "scale", "head", "split", "reviewed", "flagged", "changed", "notes", "seconds")
"""Fields of Person that are in the line under the same name, unless they are at their default."""
_DEFAULTS = {name: Person.__dataclass_fields__[name].default for name in FIGURES}


class _Strict(Record):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


class CameraLine(_Strict):
    """Weak perspective: xy = scale · (x, y) + (tx, ty); `scale` in px/mm, the shift in px."""

    scale: Annotated[float, Field(gt=0)]
    tx: float
    ty: float


class PersonLine(_Strict):
    """A person. `unknown` has who said of a joint without a place in the picture that it has none."""

    person: Annotated[str, Field(min_length=1)]
    image: Annotated[str, Field(min_length=1)]
    split: str = ""
    size: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]] | None = None
    box: tuple[float, float, float, float] | None = None
    center: tuple[float, float] | None = None
    scale: float | None = None
    head: float | None = None
    reviewed: bool = False
    flagged: bool = False
    changed: bool = False
    notes: str = ""
    seconds: float = 0.0
    joints2d: dict[Joint, tuple[float, float, Literal[1, 2], From2D]] = Field(default_factory=dict)
    unknown: dict[Joint, From2D] = Field(default_factory=dict)
    camera: CameraLine | None = None
    joints3d: dict[Joint, tuple[float, float, float, From3D]] | None = None
    fixed: list[Limb] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.camera is None) != (self.joints3d is None):
            raise ValueError("joints3d and camera go together")
        if self.joints3d is not None:
            if len(self.joints3d) != COUNT:
                missing = next(name for name in INDEX if name not in self.joints3d)
                raise ValueError(f"joints3d.{missing} is missing")
            if any(self.joints3d[MPII_16.root][:3]):
                raise ValueError(f"joints3d.{MPII_16.root} is not at the origin")
        if self.unknown and not self.unknown.keys().isdisjoint(self.joints2d):
            both = next(name for name in self.unknown if name in self.joints2d)
            raise ValueError(f"unknown.{both} has a place in joints2d")
        return self

    def value(self) -> Person:
        """The person in memory."""
        joints, visibility, joints_from = np.full((COUNT, 2), np.nan), [0] * COUNT, [FROM_2D[0]] * COUNT
        for name, (x, y, seen, source) in self.joints2d.items():
            i = INDEX[name]
            joints[i], visibility[i], joints_from[i] = (x, y), seen, source
        for name, source in self.unknown.items():
            joints_from[INDEX[name]] = source
        pose, pose_from = None, (FROM_3D[0],) * COUNT
        if self.joints3d is not None:
            rows = [self.joints3d[name] for name in MPII_16.joints]
            pose, pose_from = np.array([row[:3] for row in rows]), tuple(row[3] for row in rows)
        camera = None if self.camera is None else WeakPerspective(self.camera.scale, self.camera.tx, self.camera.ty)
        state = PoseState(
            joints, np.array(visibility), tuple(joints_from), pose, camera, pose_from, frozenset(self.fixed)
        )
        return Person(self.person, self.image, state, **{name: getattr(self, name) for name in FIGURES})


def to_line(person: Person) -> bytes:
    """The person as one line of JSON, without its end.

    Where the joints of somebody without a pose would come from is not kept, nor is one coordinate without the other.

    Raises:
        InputError: A number is not finite.
    """
    state = person.state
    line: dict[str, Any] = {"person": person.person, "image": person.image}
    line |= {key: value for key in FIGURES if (value := getattr(person, key)) != _DEFAULTS[key]}
    rows = zip(MPII_16.joints, state.joints.tolist(), state.visibility.tolist(), state.joints_from, strict=True)
    known, unknown = {}, {}
    for name, xy, seen, source in rows:
        if seen:
            known[name] = (*xy, seen, source)
        elif source != FROM_2D[0]:
            unknown[name] = source
    if known:
        line["joints2d"] = known
    if unknown:
        line["unknown"] = unknown
    if state.pose is not None and state.camera is not None:
        line["camera"] = {"scale": state.camera.scale, "tx": state.camera.tx, "ty": state.camera.ty}
        spaces = zip(MPII_16.joints, state.pose.tolist(), state.pose_from, strict=True)
        line["joints3d"] = {name: (*xyz, source) for name, xyz, source in spaces}
    if state.fixed:
        line["fixed"] = sorted(state.fixed)
    try:
        text = json.dumps(line, ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise InputError(f"{person.person} has a number that is not finite, and cannot be written.") from error
    return text.encode("utf-8", "replace")  # half a character in the notes is in no JSON


def from_line(line: bytes, where: str) -> Person:
    """The person of a line.

    Args:
        line: JSON, without the comma that follows in the file.
        where: What a message calls the line: “line 12 of x.json”.

    Raises:
        InputError: It is not JSON, or a value is wrong; the message names the person, as far as it can be told, and
            the key.
    """
    try:
        return PersonLine.model_validate_json(line).value()
    except ValidationError as error:
        raise InputError(f"{where}{_who(line)} cannot be understood: {said(error)}.", "Correct the file.") from error


def check(person: Person) -> None:
    """Raise InputError when a person could not be written."""
    numbers = [*(person.box or ()), *(person.center or ()), person.scale or 0, person.head or 0, person.seconds]
    if person.state.camera is not None:
        camera = person.state.camera
        numbers += [camera.scale, camera.tx, camera.ty]
        if not camera.scale > 0:
            raise InputError(f"The camera of {person.person} has no scale above 0.")
    if not np.isfinite(numbers).all():
        raise InputError(f"{person.person} has a number that is not finite.")
    if not all(text and is_text(text) for text in (person.person, person.image)):
        raise InputError("A person needs a name and a photo whose name is text.")
    if person.size is not None and min(person.size) < 1:
        raise InputError(f"The photo of {person.person} has no pixels.")


def is_text(text: str) -> bool:
    """Whether it can be written: not when it has half a character, as broken file names have."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def said(error: ValidationError) -> str:
    """The first mistake with the key that it is at."""
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"] if part != "[key]")
    message = first["msg"].removeprefix("Value error, ")
    return f"{key}: {message}" if key else message


def _who(line: bytes) -> str:
    """“ (a.jpg#1)”, or nothing when the line does not say."""
    try:
        name = json.loads(line)["person"]
    except (ValueError, LookupError, TypeError):
        return ""
    return f" ({name})" if isinstance(name, str) else ""
