"""The skeleton drawn over its photo, or alone on transparent ground."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from engine.imaging.colour import from_srgb8
from engine.imaging.photo import Photo
from engine.skeleton.colours import point_colours
from engine.skeleton.files.style import Style, line_width
from engine.skeleton.graph import SkeletonGraph

U8 = npt.NDArray[np.uint8]

_SHIFT = 4
"""Fractional bits of the coordinates that OpenCV draws at."""


def drawn(
    graph: SkeletonGraph,
    *,
    circles: npt.NDArray[np.intp] | None = None,
    style: Style = Style(),
    photo: Photo | None = None,
) -> Photo:
    """The picture, with anti-aliased lines of one colour a point.

    Over a photo in colour it has that photo's depth and profile (the colours of the skeleton are converted to it) and
    metadata; a grey photo becomes 8-bit sRGB, since its own profile knows no colours.

    Args:
        graph: What to draw.
        circles: (N,) indices into `graph.points` of the circles to draw; None draws none.
        style: `by` is used.
        photo: What to draw over, of `graph.size`; None draws on transparent ground.
    """
    base = _base(photo, graph.size)
    colours = point_colours(graph, style.by)
    if base.icc is not None and len(colours):
        colours = from_srgb8(colours[:, None], base.icc)[:, 0]
    layer = np.zeros((base.height, base.width, 4), np.uint8)
    stroke = line_width(graph.size)
    if circles is not None:
        _draw_circles(layer, graph, circles, colours, max(1, round(stroke / 2)))
    _draw_branches(layer, graph, colours, round(stroke))
    return _over(base, layer)


def _base(photo: Photo | None, size: tuple[int, int]) -> Photo:
    if photo is None:
        width, height = size
        return Photo(np.zeros((height, width, 3), np.uint8), np.zeros((height, width), np.uint8))
    if photo.pixels.shape[2] == 3:
        return photo
    alpha = photo.alpha
    if alpha is not None and alpha.dtype != np.uint8:
        alpha = (alpha // 257).astype(np.uint8)
    return replace(photo, pixels=photo.rgb8, alpha=alpha, metadata=replace(photo.metadata, icc=None))


def _draw_circles(layer: U8, graph: SkeletonGraph, chosen: npt.NDArray[np.intp], colours: U8, thickness: int) -> None:
    centres = _fixed(graph.points[chosen])
    radii = np.rint(graph.radius[chosen] * (1 << _SHIFT)).astype(np.int32)
    # The largest first: it would hide the others where they are dense.
    for index in np.argsort(-radii, kind="stable"):
        centre, colour = tuple(centres[index].tolist()), (*colours[chosen[index]].tolist(), 255)
        cv2.circle(layer, centre, int(radii[index]), colour, thickness, cv2.LINE_AA, _SHIFT)


def _draw_branches(layer: U8, graph: SkeletonGraph, colours: U8, thickness: int) -> None:
    start = 0
    for branch in graph.branches:
        points, own = _fixed(branch.points), colours[start : start + len(branch.points)]
        start += len(branch.points)
        changes = np.flatnonzero((own[1:] != own[:-1]).any(axis=1)) + 1
        for first, last in zip([0, *changes], [*changes, len(own)], strict=True):
            run = points[first : last + 1]  # one point further, so that the next colour begins where this one ends
            colour = (*own[first].tolist(), 255)
            alone = len(run) == 1  # drawn only as a closed line
            cv2.polylines(layer, [run[:, None]], alone, colour, thickness, cv2.LINE_AA, _SHIFT)


def _fixed(points: npt.NDArray[np.float32]) -> npt.NDArray[np.int32]:
    # OpenCV's pixel centres are whole numbers.
    fixed: npt.NDArray[np.int32] = np.rint((points - 0.5) * (1 << _SHIFT)).astype(np.int32)
    return fixed


def _over(base: Photo, layer: U8) -> Photo:
    """`layer` over `base`: drawn on zeros, OpenCV's blending leaves colour premultiplied by alpha."""
    whole = float(np.iinfo(base.pixels.dtype).max)
    rows, columns = np.nonzero(layer[:, :, 3])
    drawn_on = layer[rows, columns].astype(np.float32) / 255
    cover = drawn_on[:, 3:]
    below: npt.NDArray[Any] = base.pixels[rows, columns] / np.float32(whole)
    shown = 1 - cover
    if base.alpha is not None:
        shown = shown * (base.alpha[rows, columns, None] / np.float32(whole))
    total = cover + shown
    pixels = base.pixels.copy()
    pixels[rows, columns] = _samples((below * shown + drawn_on[:, :3]) / total, pixels.dtype)
    alpha = None
    if base.alpha is not None:
        alpha = base.alpha.copy()
        alpha[rows, columns] = _samples(total[:, 0], alpha.dtype)
    return Photo(pixels, alpha, base.metadata, base.path)


def _samples(values: npt.NDArray[Any], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    whole = np.iinfo(dtype).max
    return np.asarray(np.rint(np.clip(values, 0, 1) * whole), dtype)
