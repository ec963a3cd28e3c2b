"""A person annotated in a photo, whatever file it was read from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.imaging.window import Window
from engine.pose.joints import MPII_16, Layout, convert

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Point = tuple[float, float]
Box = tuple[float, float, float, float]


class Source(NamedTuple):
    """A file: how its format is called, and its name."""

    format: str
    file: str


MATLAB = -0.5
"""From MATLAB's pixels, the centre of the first of which is (1, 1), to ours, where it is (0.5, 0.5)."""

HEAD_BOX_SHARE = 0.6
"""PCKh's head size over the diagonal of MPII's head box (the benchmark's evaluation)."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Described:
    """What a file says of a person besides the joints; positions in pixels, the first pixel's centre at (0.5, 0.5).

    Args:
        image: The photo's name as the file has it.
        at: Where in the file it was read.
        split: "train", "val" or "test"; "" when the file does not say.
        size: (width, height) of the photo.
        box: (x0, y0, x1, y1) of the person.
        head_box: (x0, y0, x1, y1) of the head.
        head: Length that PCKh measures by.
        center: MPII's rough position of the person.
        scale: MPII's size of the person: height over 200 px.
    """

    image: str
    at: str
    split: str = ""
    size: tuple[int, int] | None = None
    box: Box | None = None
    head_box: Box | None = None
    head: float | None = None
    center: Point | None = None
    scale: float | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Annotation(Described):
    """One person.

    Args:
        person: Identifies the person within the file.
        source: Format and name of the file.
        layout: The joints that the file has.
        points: (J, 2) xy of the layout's joints, NaN where unknown.
        seen: (J,) 0 unknown, 1 hidden, 2 visible.
        joints: (16, 2) the same as `MPII_16`.
        visibility: (16,) likewise.
    """

    person: str
    source: Source
    layout: Layout = field(repr=False)
    points: F64 = field(repr=False)
    seen: Ints = field(repr=False)
    joints: F64 = field(repr=False)
    visibility: Ints = field(repr=False)

    def window(self) -> Window | None:
        """The square around the person that MPII's networks read; None when the file has no scale."""
        return None if self.center is None or self.scale is None else mpii_window(self.center, self.scale)


def with_joints(
    people: Sequence[Described], source: Source, layout: Layout, points: npt.ArrayLike, seen: npt.ArrayLike
) -> list[Annotation]:
    """Annotations of the people of a file; the head size follows from the head box where it is not given.

    Args:
        people: N in the order of the file.
        source: The file.
        layout: The joints that it has.
        points: (N, J, 2) px.
        seen: (N, J) 0 unknown, 1 hidden, 2 visible.
    """
    if not people:
        return []
    visible = np.asarray(seen, np.intp)
    own = np.where(visible[..., None] > 0, np.asarray(points, np.float64), np.nan)
    joints, visibility = convert(own, visible, layout, MPII_16)
    count: Counter[str] = Counter()
    done = []
    for i, person in enumerate(people):
        count[person.image] += 1
        known = {each.name: getattr(person, each.name) for each in fields(Described)}
        if person.head is None and person.head_box is not None:
            known["head"] = head_size(person.head_box)
        annotation = Annotation(
            **known,
            person=f"{person.image}#{count[person.image]}",
            source=source,
            layout=layout,
            points=own[i],
            seen=visible[i],
            joints=joints[i],
            visibility=visibility[i],
        )
        done.append(annotation)
    return done


def head_size(box: Box) -> float:
    """Length that PCKh measures by, of a head box: 0.6 of its diagonal."""
    return float(HEAD_BOX_SHARE * np.hypot(box[2] - box[0], box[3] - box[1]))


def mpii_window(center: Point, scale: float) -> Window:
    """The square around a person of MPII, as the Stacked Hourglass reads it: a little lower and larger than annotated.

    The centre goes down by 15 · scale, the scale grows by 1.25, the side is 200 · scale.

    Args:
        center: MPII's `objpos`, px.
        scale: MPII's `scale`: the person's height over 200 px.

    Raises:
        InputError: The scale is not above 0, or something is not finite.
    """
    return Window.around(center[0], center[1] + 15 * scale, 200 * 1.25 * scale)
