"""From a skeleton with radii back to a mask: the union of the inscribed discs, without beads between sparse points.

Source: segmentation from the skeleton of LMSDS (TIP 2017), which draws a disc at every skeleton pixel. Here the curve
may be sparse or magnified, so the envelope of neighbouring discs is filled as well: centre and radius change linearly
from point to point, which makes the convex hull of the two discs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.skeleton.graph import Branch, SkeletonGraph

F32 = npt.NDArray[np.float32]
U8 = npt.NDArray[np.uint8]

_FRACTION_BITS = 6
"""Of the coordinates given to OpenCV: 1/64 pixel, with room for sides of 30 000 pixels and radii beyond them."""
_LARGEST = 2.0**30 / 2**_FRACTION_BITS / 64
_CONFIDENCE_SIDE = 1024
"""Longer side in pixels at which nearest skeleton points are looked for; the result is enlarged."""


@dataclass(frozen=True, eq=False)
class RecoveredPart:
    """The mask of one connected skeleton.

    Args:
        part: Its number in `SkeletonGraph.part_of`.
        x0, y0: Column and row of the mask's first pixel in the picture.
        mask: (h, w) uint8, 0 or 255, only as large as needed; without pixels when nothing lies inside the picture.
    """

    part: int
    x0: int
    y0: int
    mask: U8


def recover_mask(graph: SkeletonGraph, *, part: int | None = None) -> U8:
    """The union of the discs and their envelopes.

    A point whose radius is 0 (scale unknown) covers nothing.

    Args:
        graph: A skeleton with radii, in pixels of the wanted mask.
        part: Number of the connected part to recover; None for all.

    Returns:
        (H, W) uint8 of `graph.size`, 0 or 255: a pixel belongs to the mask when its centre does.

    Raises:
        InputError: There is no such part.
    """
    width, height = graph.size
    mask = np.zeros((height, width), np.uint8)
    for branch in _branches_of(graph, part):
        draw_branch(mask, branch)
    return mask


def recover_parts(graph: SkeletonGraph) -> list[RecoveredPart]:
    """The mask of every connected part by itself, in the order of their numbers."""
    count = int(graph.part_of.max()) + 1 if graph.branches else 0
    parts = []
    for part in range(count):
        chosen = _branches_of(graph, part)
        x0, y0, x1, y1 = bounds(chosen, graph.size)
        mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
        for branch in chosen if mask.size else ():
            draw_branch(mask, branch, (x0, y0))
        parts.append(RecoveredPart(part, x0, y0, mask))
    return parts


def recover_confidence(graph: SkeletonGraph, mask: U8 | None = None) -> U8:
    """A soft mask: how sure the skeleton is of each pixel.

    Every pixel of the mask has the confidence of the nearest skeleton point, times the length of that point's part
    relative to the longest part (both as the published code scores segments).

    Args:
        graph: A skeleton with radii.
        mask: `recover_mask(graph)` when the caller has it.

    Returns:
        (H, W) uint8 of `graph.size`, 255 is certain, 0 outside the mask.
    """
    width, height = graph.size
    mask = recover_mask(graph) if mask is None else mask
    if graph.empty:
        return mask
    scale = min(1.0, _CONFIDENCE_SIDE / max(width, height))
    w, h = max(1, round(width * scale)), max(1, round(height * scale))
    # Of the discs that share a pixel of the reduced picture the surest speaks for it.
    value = np.zeros((h, w), np.uint8)
    score = np.rint(graph.confidence * _part_weight(graph)[graph.branch_of] * 255).clip(0, 255).astype(np.uint8)
    column = np.clip((graph.points[:, 0] * w / width).astype(np.int64), 0, w - 1)
    row = np.clip((graph.points[:, 1] * h / height).astype(np.int64), 0, h - 1)
    np.maximum.at(value, (row, column), score)
    away = np.ones((h, w), np.uint8)
    away[row, column] = 0
    _, nearest = cv2.distanceTransformWithLabels(away, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    by_label = np.zeros(int(nearest.max()) + 1, np.uint8)
    by_label[nearest[row, column]] = value[row, column]
    soft = np.asarray(by_label[nearest], np.uint8)
    if (w, h) != (width, height):
        soft = np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.asarray(cv2.bitwise_and(soft, mask), np.uint8)


def _branches_of(graph: SkeletonGraph, part: int | None) -> tuple[Branch, ...]:
    if part is None:
        return graph.branches
    chosen = tuple(b for b, number in zip(graph.branches, graph.part_of.tolist(), strict=True) if number == part)
    if not chosen:
        raise InputError(f"The skeleton has no part {part}.", "Parts are numbered from 0.")
    return chosen


def _part_weight(graph: SkeletonGraph) -> F32:
    """(B,) weight of each branch: points of its part, relative to those of the part that has most."""
    points = np.bincount(graph.part_of, weights=[len(b.points) for b in graph.branches])
    return np.asarray((points / points.max())[graph.part_of], np.float32)


def draw_branch(mask: U8, branch: Branch, origin: tuple[int, int] = (0, 0)) -> None:
    """Fill the discs of one branch and their envelopes, in place.

    Args:
        mask: (h, w) uint8; covered pixels become 255.
        branch: Points without a radius cover nothing.
        origin: Column and row of the mask's first pixel in the picture.
    """
    # OpenCV counts from pixel centres, and fills every pixel that an outline touches: half a pixel more all round.
    shift = np.asarray(origin, np.float64) + 0.5
    known = branch.radius > 0
    points = np.clip(branch.points.astype(np.float64) - shift, -_LARGEST, _LARGEST)
    radius = np.clip(branch.radius.astype(np.float64) - 0.5, 0, _LARGEST)
    centres = _fixed(points[known]).tolist()
    for (x, y), r in zip(centres, _fixed(radius[known]).tolist(), strict=True):
        cv2.circle(mask, (x, y), r, 255, cv2.FILLED, cv2.LINE_8, _FRACTION_BITS)
    for quad in _fixed(_envelopes(points, radius, known)):
        cv2.fillConvexPoly(mask, quad, 255, cv2.LINE_8, _FRACTION_BITS)


def bounds(branches: Sequence[Branch], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Smallest box of pixels that holds all discs of some branches, within a picture: x0, y0, x1, y1."""
    points = np.concatenate([b.points for b in branches])
    radius = np.concatenate([b.radius for b in branches])[:, None]
    low = np.clip(np.floor((points - radius).min(0)), 0, size)
    high = np.clip(np.ceil((points + radius).max(0)), low, size)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _envelopes(points: npt.NDArray[np.float64], radius: npt.NDArray[np.float64], known: npt.NDArray[np.bool_]) -> F32:
    """(E, 4, 2) quadrilaterals between the common outer tangents of consecutive discs.

    None where one disc holds the other, and none next to a point without a radius.
    """
    step = np.diff(points, axis=0)
    length = np.linalg.norm(step, axis=1)
    shrink = radius[:-1] - radius[1:]
    real = known[:-1] & known[1:] & (length > np.abs(shrink))
    step, length, shrink = step[real], length[real], shrink[real]
    along = step / length[:, None]
    across = np.stack([-along[:, 1], along[:, 0]], 1)
    # The tangents touch both discs in the same direction, tilted towards the smaller one.
    cosine = (shrink / length)[:, None]
    sine = np.sqrt(1 - cosine**2)
    left, right = along * cosine + across * sine, along * cosine - across * sine
    a, b = points[:-1][real], points[1:][real]
    ra, rb = radius[:-1][real][:, None], radius[1:][real][:, None]
    return np.stack([a + ra * left, b + rb * left, b + rb * right, a + ra * right], 1).astype(np.float32)


def _fixed(values: npt.NDArray[np.floating]) -> npt.NDArray[np.int32]:
    """Fixed-point numbers for OpenCV."""
    return np.asarray(np.rint(values * 2**_FRACTION_BITS), np.int32)
