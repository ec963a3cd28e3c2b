"""One colour for one scale or type, whether in the window, in an SVG or in a PNG."""

from __future__ import annotations

from functools import cache
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from engine.skeleton.graph import F32, SkeletonGraph

U8 = npt.NDArray[np.uint8]

By = Literal["scale", "kind"]
"""What the colour of a point tells: the diameter of its circle, or its scale type."""

_KINDS = np.array(
    [
        (160, 160, 160),  # 0: unknown
        (86, 180, 233),
        (0, 158, 115),
        (240, 228, 66),
        (213, 94, 0),
        (204, 121, 167),
        (0, 114, 178),
        (230, 159, 0),
    ],
    np.uint8,
)
"""The palette of Okabe and Ito, which people who confuse red and green can tell apart."""


@cache
def colour_map() -> U8:
    """(256, 3) RGB, small scales first: Turbo, bright along its whole length and so visible on any photo."""
    steps = np.arange(256, dtype=np.uint8)[:, None]
    bgr = cv2.applyColorMap(steps, cv2.COLORMAP_TURBO)[:, 0]
    table = np.ascontiguousarray(bgr[:, ::-1], np.uint8)
    table.setflags(write=False)
    return table


def scale_range(size: tuple[int, int]) -> tuple[float, float]:
    """The diameters at both ends of the colour map for a picture of `size` (width, height), pixels.

    It depends on the picture alone, so that colours stay when the threshold moves: from a two-hundredth of the longer
    side to the shorter side, beyond which no inscribed circle fits.
    """
    high = float(min(size))
    return min(max(size) / 200, high / 2), high


def scale_colours(radius: F32, size: tuple[int, int]) -> U8:
    """(N, 3) RGB of circles of (N,) radius in a picture of `size`: the logarithm of the diameter, cut at the range."""
    low, high = np.log(scale_range(size))
    diameter = np.maximum(2 * radius.astype(np.float64), np.exp(low))
    place = np.clip((np.log(diameter) - low) / (high - low), 0, 1)
    chosen: U8 = colour_map()[np.rint(place * 255).astype(np.intp)]
    return chosen


def kind_colours(kind: U8) -> U8:
    """(N, 3) RGB of (N,) scale types: grey for 0 (unknown), then a colour a type, again from the first after seven."""
    count = len(_KINDS) - 1
    chosen: U8 = _KINDS[np.where(kind == 0, 0, (kind.astype(np.intp) - 1) % count + 1)]
    return chosen


def point_colours(graph: SkeletonGraph, by: By = "scale") -> U8:
    """(P, 3) RGB of each of `graph.points`."""
    return scale_colours(graph.radius, graph.size) if by == "scale" else kind_colours(graph.kind)
