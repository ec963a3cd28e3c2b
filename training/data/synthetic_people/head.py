"""Rings of head and hair."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from training.data.synthetic_people.body import Body, Rings
from training.data.synthetic_people.frames import about, across, carried, cross, unit

F64 = npt.NDArray[np.float64]
Rng = np.random.Generator

# Head: place from the chin (0) to the crown (1), half width, half depth and shift forward in mm.
_HEAD = np.array(
    [(-0.06, 4, 4, 42), (0.0, 38, 48, 30), (0.14, 56, 74, 16), (0.3, 68, 86, 8), (0.46, 75, 94, 4), (0.62, 78, 98, 2),
     (0.78, 72, 90, 0), (0.92, 48, 62, -2), (1.0, 4, 4, -2)]
)  # fmt: skip


def head(rings: Rings, body: Body, rng: Rng) -> tuple[F64, F64, F64]:
    """The head looks ahead, or aside as far as necks turn.

    Returns:
        Its own axes: towards the crown, the face and the left.
    """
    neck, top = body.joints["upper_neck"], body.joints["head_top"]
    crown = unit(top - neck)
    face = carried(body.chest_front, body.up, crown)
    face = about(across(face, crown), crown, float(np.clip(rng.normal(0, 0.45), -1.1, 1.1)))
    left = cross(crown, face)
    length = float(np.linalg.norm(top - neck))
    grown = body.build.head * (0.6 + 0.4 * length / 190)
    height = (_HEAD[:, :1] * 1.08 - 0.08) * length
    centre = neck + height * crown + _HEAD[:, 3:] * grown * face + 8 * face
    rings.put("head", centre, _HEAD[:, 2:3] * grown * face, _HEAD[:, 1:2] * grown * left)
    return crown, face, left


def hair(rings: Rings, body: Body, axes: tuple[F64, F64, F64]) -> None:
    """A cap over the skull, and what falls down behind."""
    crown, face, left = axes
    top = body.joints["head_top"]
    length = body.distance("head_top", "upper_neck") / 190
    low = 100 if body.build.hair == 0 else body.build.hair
    down = np.array([-0.02, 0.06, 0.3, 0.65, 0.95, 1.0])[:, None] * low
    # Hair hangs: it leaves the head's axis for the vertical.
    hang = np.array([0.0, 1.0, 0.0]) * 0.6 - 0.4 * crown
    path = top - np.minimum(down, 90) * crown * length + np.maximum(down - 90, 0) * unit(hang)
    v = body.build.volume
    half = np.array([4, 50, 70, 66, 55, 5])[:, None] + v * np.array([0, 1, 1, 1, 1, 0])[:, None]
    centre = path + crown * 6 - face * np.array([6, 16, 30, 52, 58, 58])[:, None]
    depth = np.array([4, 52, 68, 46, 30, 4])[:, None] + v * np.array([0, 1, 1, 0.7, 0.5, 0])[:, None]
    rings.put("hair", centre, depth * face * body.build.head, half * left * body.build.head)
