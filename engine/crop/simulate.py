"""The simulated clicker: where a person who knows the object would click next.

Evaluation uses `next_click`, the protocol of RITM (Sofiiuk et al. 2021, "Reviving Iterative Training with Mask Guidance
for Interactive Segmentation", its published evaluation); training uses the random clicks.

Targets are (H, W) uint8: 0 background, 1 object, 255 void. Void pixels are never an error and never clicked. Clicks lie
at pixel centres, xy in pixels of the arrays.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from engine.crop.prompts import Click
from engine.errors import InputError

Mask = npt.NDArray[np.bool_]
U8 = npt.NDArray[np.uint8]

_JITTER_TRIES = 50


def next_click(prediction: Mask, target: U8, taken: Sequence[Click] = ()) -> Click | None:
    """The middle of the worst error: the pixel farthest from the border of its error region.

    Both error maps count what lies outside the photo as correct. The map with the larger distance wins; on a tie the
    click is negative. Among equal pixels the first in row-major order is taken.

    Args:
        prediction: (H, W) bool, the present mask.
        target: (H, W) uint8, 0 background, 1 object, 255 void.
        taken: Earlier clicks; their pixels are not clicked again.

    Returns:
        The click, or None when nothing (that is not clicked yet) is wrong.

    Raises:
        InputError: The two arrays differ in shape.
    """
    missed, extra = _errors(prediction, target)
    missed_depth, missed_pixel = _deepest(missed, taken)
    extra_depth, extra_pixel = _deepest(extra, taken)
    positive = missed_depth > extra_depth
    pixel = missed_pixel if positive else extra_pixel
    return None if pixel is None else _click(*pixel, positive)


def first_click(target: U8) -> Click | None:
    """The point of the object that is farthest from its border; None when there is no object pixel."""
    return next_click(np.zeros(target.shape, np.bool_), target)


def corrective_click(prediction: Mask, target: U8, rng: np.random.Generator) -> Click | None:
    """A random click in the inner half of the worst error, for iterative training (RITM, its points sampler).

    The inner half are the pixels deeper than half of the largest depth. Arguments as in `next_click`.

    Returns:
        The click, or None when nothing is wrong.
    """
    errors = _errors(prediction, target)
    depths = [_depth(error) for error in errors]
    peaks = [float(depth.max(initial=0)) for depth, _ in depths]
    positive = peaks[0] > peaks[1]
    (depth, (left, top)), peak = (depths[0], peaks[0]) if positive else (depths[1], peaks[1])
    if peak == 0:
        return None
    click = random_click(depth > peak / 2, rng, positive)
    return Click(click.x + left, click.y + top, positive)


def random_click(mask: npt.NDArray[np.generic], rng: np.random.Generator, positive: bool = True) -> Click:
    """A click drawn uniformly from the pixels of `mask`.

    Args:
        mask: (H, W) bool, or uint8 target in which 1 is the object.
        rng: Source of randomness; one integer is drawn.
        positive: Kind of the click.

    Raises:
        InputError: No pixel to choose from.
    """
    pixels = np.flatnonzero(mask == 1)
    if pixels.size == 0:
        raise InputError("There is no pixel to click: the mask is empty.")
    row, column = divmod(int(pixels[rng.integers(pixels.size)]), mask.shape[1])
    return _click(column, row, positive)


def jittered(click: Click, target: U8, rng: np.random.Generator, sigma: float, prediction: Mask | None = None) -> Click:
    """The click as a hand would place it: moved by a Gaussian, but never off what it points at.

    Offsets are redrawn until the click lies where it makes sense: on the object for a positive click, on the
    background for a negative one and, when `prediction` is given, on an error of that kind. After 50 misses (a
    region much thinner than sigma) the click stays where it was.

    Args:
        click: The intended click.
        target: (H, W) uint8, 0 background, 1 object, 255 void.
        rng: Source of randomness.
        sigma: Standard deviation in x and in y, pixels.
        prediction: (H, W) bool, the mask that the click corrects, if it corrects one.
    """
    height, width = target.shape
    wanted = 1 if click.positive else 0
    for dx, dy in rng.normal(0.0, sigma, (_JITTER_TRIES, 2)):
        column, row = int(np.floor(click.x + dx)), int(np.floor(click.y + dy))
        if not (0 <= column < width and 0 <= row < height) or target[row, column] != wanted:
            continue
        if prediction is None or bool(prediction[row, column]) != click.positive:
            return _click(column, row, click.positive)
    return click


def _errors(prediction: Mask, target: U8) -> tuple[Mask, Mask]:
    """(missed object, extra background) as (H, W) bool."""
    if prediction.shape != target.shape:
        raise InputError(f"A mask of {prediction.shape} cannot be compared with a target of {target.shape}.")
    return (target == 1) & ~prediction, (target == 0) & prediction


def _depth(region: Mask) -> tuple[npt.NDArray[np.float32], tuple[int, int]]:
    """Exact Euclidean distance to the region's outside over the region's bounding box, and its (left, top).

    The box padded by one pixel gives the same distances as the whole map, at the price of the region alone.
    """
    left, top, width, height = cv2.boundingRect(region.view(np.uint8))
    if width == 0 or height == 0:
        return np.zeros((0, 0), np.float32), (0, 0)
    padded = np.pad(region[top : top + height, left : left + width].view(np.uint8), 1)
    distance = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(distance[1:-1, 1:-1], np.float32), (left, top)


def _deepest(region: Mask, taken: Sequence[Click]) -> tuple[float, tuple[int, int] | None]:
    """Largest depth and the first (column, row) that has it; (0, None) when there is none."""
    depth, (left, top) = _depth(region)
    height, width = depth.shape
    for click in taken:
        column, row = click.pixel[0] - left, click.pixel[1] - top
        if 0 <= column < width and 0 <= row < height:
            depth[row, column] = 0
    if not depth.any():
        return 0.0, None
    row, column = divmod(int(depth.argmax()), width)
    return float(depth[row, column]), (column + left, row + top)


def _click(column: int, row: int, positive: bool) -> Click:
    return Click(column + 0.5, row + 0.5, positive)
