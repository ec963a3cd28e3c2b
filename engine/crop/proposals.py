"""Many windows of a photo at once: the patch nets applied as convolutions over several scales.

Source: DeepMask's full-image inference as it was released: scales 2^-2.5 to 2^0.5 in half octaves, steps of 16 pixels
at each scale, the best windows of all scales by score, masks cut at a probability of 0.2. The scales were chosen for
the photos of COCO, whose longer side is 640 pixels; photos of other sizes are treated as if they had that size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.crop.patch import GREY, to_tensor
from engine.crop.prompts import Box
from engine.errors import Cancelled
from engine.imaging.window import Pyramid, Window
from engine.nets.deepcrop_v2 import DeepCropV2, with_click
from engine.nets.deepmask import INPUT, OBJECT, PATCH, RING, DeepMask
from engine.nets.resnet import STRIDE

U8 = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]

THRESHOLD = 0.2
"""Probability from which a pixel belongs to a proposal's mask, as published."""
PHOTO_SIDE = 640
"""Longer side in pixels of the photos that the published scales are for."""
SCALES = tuple(2.0 ** (k / 2) for k in range(-5, 2))
"""Published scales of DeepMask's full-image inference."""
CLICK_SIZES = tuple(2.0 ** (k / 2) for k in range(-8, 2))
"""Object sizes searched around a click, as fractions of the photo's longer side."""
CLICK_OFFSET = 48
"""Largest distance in window pixels between a click and the centre of a window that is tried for it, per axis."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mask over a rectangle of the photo.

    Args:
        score: Probability in [0, 1] that this is an object, or the clicked object.
        box: (x0, y0, x1, y1) of the rectangle in source pixels; may reach outside the photo.
        mask: (n, n) float32 probability over the rectangle.
    """

    score: float
    box: tuple[float, float, float, float]
    mask: F32

    def at(self, x: float, y: float) -> float:
        """Probability at a source point: that of the cell it lies in, 0 outside the rectangle."""
        x0, y0, x1, y1 = self.box
        rows, columns = self.mask.shape
        column = int(np.floor((x - x0) / (x1 - x0) * columns))
        row = int(np.floor((y - y0) / (y1 - y0) * rows))
        return float(self.mask[row, column]) if 0 <= row < rows and 0 <= column < columns else 0.0

    def render(self, width: int, height: int, threshold: float = THRESHOLD) -> tuple[U8, int, int]:
        """The mask at the pixels of a `width` x `height` photo.

        Args:
            width, height: Size of the photo.
            threshold: Probability that becomes 0.5; the others move along piecewise linearly.

        Returns:
            (h, w) uint8 probability of the part inside the photo (maybe empty), and that part's left and top.
        """
        x0, y0, x1, y1 = self.box
        left, right = (int(np.clip(v, 0, width)) for v in (np.floor(x0), np.ceil(x1)))
        top, bottom = (int(np.clip(v, 0, height)) for v in (np.floor(y0), np.ceil(y1)))
        if left >= right or top >= bottom:
            return np.zeros((0, 0), np.uint8), 0, 0
        probability = np.interp(self.mask, (0, threshold, 1), (0, 127.5, 255)).astype(np.float32)
        rows, columns = self.mask.shape
        along_x = _linear_weights(left, right, x0, x1, columns)
        along_y = _linear_weights(top, bottom, y0, y1, rows)
        # One row of the photo costs little; in bands, a photo of any size stays bounded in memory.
        out = np.empty((bottom - top, right - left), np.uint8)
        across = probability @ along_x.T
        for first in range(0, len(out), 256):
            out[first : first + 256] = np.rint(along_y[first : first + 256] @ across)
        return out, left, top


@dataclass(frozen=True, slots=True)
class View:
    """One scale of a scan: every window of 192 pixels at steps of 16 in `window`.

    Args:
        left, top: Source pixel at which the first window begins.
        unit: Source pixels per pixel of the net's input.
        vectors: (rank, h, w) of the net's first linear layer.
        scores: (h, w) score logits.
    """

    left: float
    top: float
    unit: float
    vectors: Tensor
    scores: Tensor

    def box(self, row: int, column: int) -> tuple[float, float, float, float]:
        """What the mask of a window covers, in source pixels."""
        x0 = self.left + (column * STRIDE + RING) * self.unit
        y0 = self.top + (row * STRIDE + RING) * self.unit
        return x0, y0, x0 + PATCH * self.unit, y0 + PATCH * self.unit


@torch.inference_mode()
def scan_photo(
    net: DeepMask, photo: Pyramid, scales: Sequence[float] = SCALES, cancelled: Callable[[], bool] | None = None
) -> list[View]:
    """DeepMask over a whole photo.

    Args:
        net: In eval mode.
        photo: (H, W, 3) uint8 RGB with its reductions.
        scales: Relative to a photo whose longer side is 640 pixels.
        cancelled: Asked before each scale.

    Raises:
        Cancelled: It answered True.
    """
    width, height = photo.size
    views = []
    for scale in scales:
        _check(cancelled)
        unit = max(height, width) / PHOTO_SIDE / scale
        # The first window's centre is the photo's corner, and the last one's lies beyond the opposite corner.
        columns, rows = (int(np.ceil(side / unit / STRIDE)) * STRIDE + INPUT for side in (width, height))
        corner = -INPUT / 2 * unit
        x = _look(photo, corner, corner, unit, columns, rows)
        views.append(_view(net, x, corner, corner, unit))
    return views


@torch.inference_mode()
def scan_click(
    net: DeepCropV2,
    photo: Pyramid,
    click: tuple[float, float],
    sizes: Sequence[float] = CLICK_SIZES,
    cancelled: Callable[[], bool] | None = None,
) -> list[View]:
    """DeepCropV2 around a click: only scale and offset of the object are unknown.

    Args:
        net: In eval mode.
        photo: (H, W, 3) uint8 RGB with its reductions.
        click: Source xy.
        sizes: Object sizes to look for, as fractions of the photo's longer side.
        cancelled: Asked before each scale.

    Raises:
        Cancelled: It answered True.
    """
    pixels = INPUT + 2 * CLICK_OFFSET
    views = []
    for size in sizes:
        _check(cancelled)
        unit = size * max(photo.size) / OBJECT
        left, top = click[0] - pixels / 2 * unit, click[1] - pixels / 2 * unit
        x = with_click(_look(photo, left, top, unit, pixels, pixels), torch.full((1, 2), pixels / 2))
        views.append(_view(net.net, x, left, top, unit))
    return views


@torch.inference_mode()
def view_box(net: DeepMask | DeepCropV2, photo: Pyramid, box: Box, click: tuple[float, float] | None = None) -> View:
    """The one window in which what fills a box is centred and of canonical size.

    Args:
        net: In eval mode.
        photo: (H, W, 3) uint8 RGB with its reductions.
        box: Where the object is.
        click: Source xy, for a DeepCropV2.
    """
    unit = max(box.width, box.height) / OBJECT
    left, top = (middle - INPUT / 2 * unit for middle in box.centre)
    x = _look(photo, left, top, unit, INPUT, INPUT)
    if isinstance(net, DeepMask):
        return _view(net, x, left, top, unit)
    at = click or box.centre
    return _view(net.net, with_click(x, torch.tensor([[(at[0] - left) / unit, (at[1] - top) / unit]])), left, top, unit)


@torch.inference_mode()
def best_proposals(
    net: DeepMask,
    views: Sequence[View],
    count: int,
    under: tuple[float, float] | None = None,
    threshold: float = THRESHOLD,
) -> list[Proposal]:
    """The best windows of all scales, best first.

    Args:
        net: The net that made the views.
        views: From `scan_photo` or `scan_click`.
        count: How many windows to look at.
        under: Only windows whose central patch holds this source point, and of these only the ones whose mask does.
        threshold: Probability from which a pixel belongs to a mask.

    Returns:
        At most `count` proposals; none when no mask holds the point.
    """
    ranked: list[tuple[float, View, int, int]] = []
    for view in views:
        scores = view.scores.cpu().numpy()
        for row, column in np.ndindex(scores.shape):
            x0, y0, x1, y1 = view.box(row, column)
            if under is None or (x0 <= under[0] < x1 and y0 <= under[1] < y1):
                ranked.append((float(scores[row, column]), view, row, column))
    ranked.sort(key=lambda entry: -entry[0])
    best = ranked[:count]
    if not best:
        return []
    masks = torch.sigmoid(net.masks_of(torch.stack([view.vectors[:, i, j] for _, view, i, j in best])).float())
    proposals = [
        Proposal(1 / (1 + float(np.exp(-score))), view.box(row, column), mask)
        for (score, view, row, column), mask in zip(best, masks[:, 0].cpu().numpy(), strict=True)
    ]
    return proposals if under is None else [p for p in proposals if p.at(*under) >= threshold]


def overlap(first: Proposal, second: Proposal) -> float:
    """IoU of two proposals' masks at `THRESHOLD`, measured on a grid of 64 x 64 over both; two empty masks agree."""
    (ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1) = first.box, second.box
    both = min(ax0, bx0), min(ay0, by0), max(ax1, bx1), max(ay1, by1)
    a, b = (_on_grid(p, both) >= THRESHOLD for p in (first, second))
    union = np.count_nonzero(a | b)
    return float(np.count_nonzero(a & b) / union) if union else 1.0


def _on_grid(proposal: Proposal, box: tuple[float, float, float, float], cells: int = 64) -> F32:
    rows, columns = proposal.mask.shape
    x = (box[0] + (np.arange(cells) + 0.5) / cells * (box[2] - box[0]) - proposal.box[0]) * columns
    y = (box[1] + (np.arange(cells) + 0.5) / cells * (box[3] - box[1]) - proposal.box[1]) * rows
    x, y = x / (proposal.box[2] - proposal.box[0]) - 0.5, y / (proposal.box[3] - proposal.box[1]) - 0.5
    grid = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
    return np.asarray(cv2.remap(proposal.mask, grid[0], grid[1], cv2.INTER_LINEAR), np.float32)


def _look(photo: Pyramid, left: float, top: float, unit: float, columns: int, rows: int) -> Tensor:
    """(1, 3, rows, columns) of the photo from (left, top) on, one pixel showing `unit` source pixels."""
    return to_tensor(photo.extract(Window(left, top, columns * unit, rows * unit), columns, rows, fill=GREY)[0])


def _view(net: DeepMask, x: Tensor, left: float, top: float, unit: float) -> View:
    vectors = net.embed_everywhere(x.to(next(net.parameters()).device))
    return View(left, top, unit, vectors[0], net.score_everywhere(vectors)[0].float())


def _linear_weights(first: int, last: int, low: float, high: float, cells: int) -> F32:
    """(last - first, cells) weights that interpolate pixel centres first + 0.5, ... from cells filling [low, high)."""
    position = (np.arange(first, last) + 0.5 - low) / (high - low) * cells - 0.5
    position = np.clip(position, 0, cells - 1)
    return np.asarray(np.maximum(0, 1 - np.abs(position[:, None] - np.arange(cells))), np.float32)


def _check(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled
