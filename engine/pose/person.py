"""The square window of a photo in which a person is read."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.imaging.window import Window

MARGIN = 1.25
"""Side of the window over the longer extent of the joints: flesh and hair reach beyond the joints."""

BOX_MARGIN = 1.1
"""Side of the window over the longer side of a box that encloses the whole body."""

FILL = 124
"""Grey that stands for what is outside the photo: close to the mean that is subtracted."""

SMALLEST = 16.0
"""Side in pixels of the smallest window."""


def person_window(xy: npt.ArrayLike, visibility: npt.ArrayLike | None = None) -> Window:
    """The window around a person's joints.

    Args:
        xy: (J, 2) px, NaN where unknown.
        visibility: (J,) 0 where unknown.

    Raises:
        InputError: No joint is known.
    """
    points = np.asarray(xy, np.float64)
    known = np.isfinite(points).all(1)
    if visibility is not None:
        known &= np.asarray(visibility) > 0
    if not known.any():
        raise InputError("The person has no joint to be found by.", "Mark at least one joint, or draw a box.")
    low, high = points[known].min(0), points[known].max(0)
    return _around(low, high, MARGIN)


def box_window(x0: float, y0: float, x1: float, y1: float) -> Window:
    """The window around a box that encloses the whole body, in px.

    Raises:
        InputError: The box has no area.
    """
    if not (np.isfinite([x0, y0, x1, y1]).all() and x1 > x0 and y1 > y0):
        raise InputError("The box has no area.", "Draw it around the whole person.")
    return _around(np.array([x0, y0]), np.array([x1, y1]), BOX_MARGIN)


def scaled(window: Window, factor: float) -> Window:
    """The window with the same centre and its sides multiplied."""
    x, y = window.x0 + window.width / 2, window.y0 + window.height / 2
    return Window.around(x, y, window.width * factor)


def _around(low: npt.NDArray[np.float64], high: npt.NDArray[np.float64], margin: float) -> Window:
    centre, side = (low + high) / 2, max(float((high - low).max()) * margin, SMALLEST)
    return Window.around(float(centre[0]), float(centre[1]), side)
