"""Non-maximum suppression by orientation, as in the papers' evaluation tool.

Source: Dollár and Zitnick's structured edges, as the skeleton papers use them (FSDS, CVPR 2016; LMSDS, TIP 2017): the
orientation comes from the second derivatives of the smoothed map, the suppression works on the map itself.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from engine.errors import InputError

F32 = npt.NDArray[np.float32]

SMOOTHING = 4
"""Radius of the triangle filter under the derivatives, pixels: the papers' tool."""
BORDER = 5
"""Pixels along the border whose response is faded out: a network's answer there rests on padding. The papers' tool."""
MARGIN = 1.01
"""A pixel stays unless a neighbour across the ridge is this many times as strong; the papers' tool. It keeps both
pixels of a ridge that runs between two."""


def suppress(probability: F32) -> F32:
    """Keep the crests of a probability map, one or two pixels wide, and set the rest to zero.

    Each pixel is compared with the map one pixel away on both sides, across the ridge, interpolated bilinearly. A
    plateau is kept as it is: thinning finds its middle.

    The direction across is the eigenvector of the Hessian with the largest curvature. The papers' tool approximates its
    tangent by the ratio of the two pure derivatives, which is exact at 45 degrees, up to 12 degrees off elsewhere, and
    fails where a ridge follows the rows exactly.

    Args:
        probability: (H, W) float32 in [0, 1].

    Returns:
        (H, W) float32: the probability on the crests, faded to 0 over the `BORDER` pixels along the border; else 0.

    Raises:
        InputError: Not two-dimensional.
    """
    if probability.ndim != 2:
        raise InputError(f"A probability map has two axes, not {probability.ndim}.")
    height, width = probability.shape
    result = np.zeros((height, width), np.float32)
    probability = np.ascontiguousarray(probability, np.float32)
    rows, columns = np.nonzero(probability > 0)
    if not len(rows):
        return result
    angle = across(probability)[rows, columns]
    dx, dy = np.cos(angle), np.sin(angle)
    # A step of one pixel never leaves the 3 x 3 neighbourhood: four of its pixels are mixed.
    edged = np.pad(probability, 1, mode="edge")
    flat, stride = edged.ravel(), width + 2
    here = (rows + 1) * stride + columns + 1
    x_step = np.where(dx >= 0, 1, -1)
    y_step = np.where(dy >= 0, stride, -stride)
    a, b = np.abs(dx), np.abs(dy)
    centre = flat[here]
    keep = np.ones(len(here), np.bool_)
    for side in (1, -1):
        x, y = side * x_step, side * y_step
        row = (1 - a) * centre + a * flat[here + x]
        next_row = (1 - a) * flat[here + y] + a * flat[here + x + y]
        keep &= (1 - b) * row + b * next_row <= np.float32(MARGIN) * centre
    result[rows[keep], columns[keep]] = centre[keep]
    return result * _fade(height)[:, None] * _fade(width)


def across(probability: F32) -> F32:
    """Direction across the ridge at each pixel, radians from the x axis towards y, up to half turns: (H, W) float32."""
    kernel = np.bartlett(2 * SMOOTHING + 3)[1:-1]
    kernel /= kernel.sum()
    blurred = cv2.sepFilter2D(probability, cv2.CV_32F, kernel, kernel, borderType=cv2.BORDER_REFLECT)
    smooth = np.asarray(blurred, np.float32)
    x = _derivative(smooth, 1)
    xx, xy, yy = _derivative(x, 1), _derivative(x, 0), _derivative(_derivative(smooth, 0), 0)
    # On the crest the strong curvature is negative, on the flanks positive: the sign picks one of the two eigenvectors,
    # which are a right angle apart.
    sign = np.where(xx + yy > 0, np.float32(1), np.float32(-1))
    return np.asarray(0.5 * np.arctan2(sign * 2 * xy, sign * (xx - yy)), np.float32)


def _derivative(field: F32, axis: int) -> F32:
    """Central differences, one-sided at the border; 0 along an axis of one pixel."""
    if field.shape[axis] < 2:
        return np.zeros_like(field)
    return np.asarray(np.gradient(field, axis=axis), np.float32)


def _fade(length: int) -> F32:
    """(length,) float32 weight: 0, 0.2, … 0.8 over the first and the last pixels, else 1."""
    distance = np.minimum(np.arange(length), np.arange(length)[::-1])
    return np.asarray(np.minimum(distance / BORDER, 1), np.float32)
