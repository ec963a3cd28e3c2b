"""From the network's grid to source pixels, with edges that follow the photo.

The probability is enlarged linearly everywhere; where it is undecided, a band along the object's border, it is replaced
by a guided filter's answer (He, Sun and Tang 2013, and their fast variant of 2015): a local linear function of the
photo, fitted at reduced size and applied to the source pixels. Only tiles that the border crosses are touched, so that
100 megapixels cost little more than one.
"""

from __future__ import annotations

import math
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from engine.crop.belief import Belief
from engine.imaging.window import Pyramid, Window

U8 = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]
Grid = TypeVar("Grid", U8, F32)

TILE = 128
"""Side of a tile in source pixels."""
GUIDE_FACTOR = 4.0
"""Grid of the guided filter relative to the network's: finer than the network, coarser than the photo."""
GUIDE_LIMIT = 1024
RADIUS = 4
SURE = 0.15
"""Probabilities this close to 0 or 1 are taken for it."""
EPSILON = 3e-4
"""Regularisation of the guided filter, squared luma in [0, 1]: contrast below about 0.02 counts as flat."""


def to_source(belief: Belief, rgb8: U8, pyramid: Pyramid) -> tuple[int, int, U8]:
    """Enlarge a belief to source pixels.

    Args:
        belief: Probability over a square window.
        rgb8: (H, W, 3) uint8 photo, source pixels.
        pyramid: Its pyramid.

    Returns:
        left, top and a (h, w) uint8 patch, 255 = certain; outside the patch the probability is zero. (0, 0) when the
        belief is nowhere above 1/255.
    """
    height, width = rgb8.shape[:2]
    belief = Belief(belief.window, _decided(belief.probability))
    bounds = belief.bounds(1 / 255)
    if bounds is None:
        return 0, 0, np.zeros((0, 0), np.uint8)
    unit = belief.window.width / belief.probability.shape[0]
    x0, y0 = max(0, math.floor(bounds.x0 - unit)), max(0, math.floor(bounds.y0 - unit))
    x1, y1 = min(width, math.ceil(bounds.x1 + unit)), min(height, math.ceil(bounds.y1 + unit))
    if x1 <= x0 or y1 <= y0:
        return 0, 0, np.zeros((0, 0), np.uint8)
    grid8 = np.asarray(np.rint(belief.probability * 255), np.uint8)
    patch = _enlarged(grid8, belief.window, x0, y0, x1, y1)
    if unit > 1.5:
        _follow_edges(patch, x0, y0, belief, rgb8, pyramid)
    return x0, y0, patch


def _decided(probability: F32) -> F32:
    """Almost surely inside becomes inside, almost surely outside becomes outside; one half stays.

    A probability of 3 % is no more than the network's shyness, but as the alpha of a cut-out it is a visible veil.
    """
    return np.asarray(np.clip((probability - 0.5) / (1 - 2 * SURE) + 0.5, 0, 1), np.float32)


def _enlarged(grid: Grid, window: Window, x0: int, y0: int, x1: int, y1: int) -> Grid:
    """Linear interpolation of a grid over `window` at the source pixels [x0, x1) x [y0, y1)."""
    unit = window.width / grid.shape[0]
    # Pixel (column) of the result -> pixel of the grid, centres at integers.
    matrix = np.array(
        [
            [1 / unit, 0, (x0 + 0.5 - window.x0) / unit - 0.5],
            [0, 1 / unit, (y0 + 0.5 - window.y0) / unit - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    out = cv2.warpAffine(grid, matrix, (x1 - x0, y1 - y0), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, grid.dtype)


def _follow_edges(patch: U8, left: int, top: int, belief: Belief, rgb8: U8, pyramid: Pyramid) -> None:
    """Replace the undecided tiles of `patch` in place."""
    a, b, grid_window = _guided_coefficients(belief, pyramid)
    height, width = patch.shape
    undecided = _undecided_tiles(patch)
    for row, column in np.argwhere(undecided):
        ty, tx = int(row) * TILE, int(column) * TILE
        h, w = min(TILE, height - ty), min(TILE, width - tx)
        x0, y0 = left + tx, top + ty
        tile_a = _enlarged(a, grid_window, x0, y0, x0 + w, y0 + h)
        tile_b = _enlarged(b, grid_window, x0, y0, x0 + w, y0 + h)
        luma = cv2.cvtColor(rgb8[y0 : y0 + h, x0 : x0 + w], cv2.COLOR_RGB2GRAY)
        guided = luma * tile_a + 255 * tile_b
        patch[ty : ty + h, tx : tx + w] = np.clip(guided, 0, 255).astype(np.uint8)


def _guided_coefficients(belief: Belief, pyramid: Pyramid) -> tuple[F32, F32, Window]:
    """Slope and offset of probability against luma on a grid over the belief's window."""
    size = belief.probability.shape[0]
    unit = belief.window.width / size
    fine = int(min(GUIDE_LIMIT, size * min(GUIDE_FACTOR, unit)))
    rgb, _ = pyramid.extract(belief.window, fine, fine)
    guide = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    p = cv2.resize(belief.probability, (fine, fine), interpolation=cv2.INTER_LINEAR)
    # The window reaches about one pixel of the network: that is how far its border can be wrong.
    radius = max(RADIUS, round(fine / size) + 1)
    kernel = (2 * radius + 1, 2 * radius + 1)
    mean_i, mean_p = cv2.blur(guide, kernel), cv2.blur(p, kernel)
    covariance = cv2.blur(guide * p, kernel) - mean_i * mean_p
    variance = cv2.blur(guide * guide, kernel) - mean_i * mean_i
    a = covariance / (variance + EPSILON)
    b = mean_p - a * mean_i
    return np.asarray(cv2.blur(a, kernel)), np.asarray(cv2.blur(b, kernel)), belief.window


def _undecided_tiles(patch: U8) -> npt.NDArray[np.bool_]:
    """(rows, columns) bool: tiles that hold both more and less than a clear answer."""
    height, width = patch.shape
    rows, columns = -(-height // TILE), -(-width // TILE)
    # A max and a min of each tile; the last ones are padded with their own edge.
    padded = cv2.copyMakeBorder(patch, 0, rows * TILE - height, 0, columns * TILE - width, cv2.BORDER_REPLICATE)
    tiles = padded.reshape(rows, TILE, columns, TILE)
    return np.asarray((tiles.max((1, 3)) > 13) & (tiles.min((1, 3)) < 242), np.bool_)
