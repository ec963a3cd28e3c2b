"""The little cross of axes in the corner: which way the person is seen, and a click to see them another way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from app.canvas3d.looking import View, rotation_of
from app.canvas3d.viewpoint import XY, Viewpoint

F64 = npt.NDArray[np.float64]

ARM = 30.0
"""Pixels from the middle to an end."""
BALL = 9.0
"""Radius of an end in pixels."""
INSET = 52.0
"""Pixels from the lower left corner of the widget to the middle."""
SMALLEST = 260.0
"""A widget with a shorter side (pixels) has no room for it."""
ENDS: tuple[View, ...] = ("front", "side", "top")


def middle(view: Viewpoint) -> F64:
    """(2,) pixels."""
    return np.array([INSET, view.size[1] - INSET])


def gizmo_ends(view: Viewpoint, pose: F64 | None) -> dict[View, tuple[F64, float]]:
    """Where the ends are: (2,) pixels and the depth in [-1, 1], the farthest first. Empty where there is no room."""
    if min(view.size) < SMALLEST:
        return {}
    ends: dict[View, tuple[F64, float]] = {}
    for name in ENDS:
        seen = view.rotation @ -rotation_of(name, pose)[2]  # from the middle towards an eye that looks that way
        ends[name] = (middle(view) + ARM * seen[:2], float(seen[2]))
    return dict(sorted(ends.items(), key=lambda end: -end[1][1]))


def gizmo_at(view: Viewpoint, pose: F64 | None, xy: XY) -> View | None:
    """The end at a place, the nearest to the eye where several are."""
    found: View | None = None
    for name, (place, _) in gizmo_ends(view, pose).items():
        if np.hypot(*(place - xy)) <= BALL + 1:
            found = name
    return found
