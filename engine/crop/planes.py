"""Prompts to input planes, in torch and batched: training and use call the same function, so that the planes agree.

Frame: `xy` in pixels of the crop, pixel centre at +0.5. Distances are in crop pixels with fixed widths, never
normalised by the crop or the photo: that mistake made the original DeepCrop useless on whole photos (paper, section 5).
"""

from __future__ import annotations

import torch
from torch import Tensor

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
TIGHT, WIDE = 3.0, 20.0
"""Standard deviations in crop pixels of the two bumps that mark a click."""
COLOUR = 0.12
"""Standard deviation of the colour cue, RGB in [0, 1]."""
PAD = 0
"""Label of a padding row in a click tensor; +1 is positive, -1 negative."""


def network_input(
    image: Tensor, valid: Tensor, clicks: Tensor, box: Tensor | None = None, previous: Tensor | None = None
) -> Tensor:
    """Normalised RGB and the nine prompt planes.

    Planes: positive tight, positive wide, negative tight, negative wide, colour of the positive clicks, colour of the
    negative clicks, previous mask, box, photo (against padding).

    Args:
        image: (B, 3, H, W) float RGB in [0, 1].
        valid: (B, 1, H, W) float, 1 where the crop shows the photo.
        clicks: (B, N, 3) float: x, y, label (+1, -1, or PAD for unused rows).
        box: (B, 4) float x0, y0, x1, y1; a row with x1 <= x0 means no box.
        previous: (B, 1, H, W) float probability of the mask so far; zeros or None when there is none.

    Returns:
        (B, 12, H, W) float32 in channels_last.
    """
    b, _, h, w = image.shape
    device = image.device
    ys = torch.arange(h, device=device, dtype=torch.float32) + 0.5
    xs = torch.arange(w, device=device, dtype=torch.float32) + 0.5
    planes = torch.zeros(b, 9, h, w, device=device)
    # A separable Gaussian per click: an outer product instead of a distance map.
    dx2 = (xs - clicks[..., :1]) ** 2
    dy2 = (ys - clicks[..., 1:2]) ** 2
    colours = _click_colours(image, clicks)
    for sign, first in ((1.0, 0), (-1.0, 2)):
        on = (clicks[..., 2] == sign).float()[..., None]
        for offset, sigma in ((0, TIGHT), (1, WIDE)):
            gx, gy = torch.exp(-dx2 / (2 * sigma**2)), torch.exp(-dy2 / (2 * sigma**2)) * on
            planes[:, first + offset] = (gy[..., :, None] * gx[..., None, :]).amax(1)
        planes[:, 4 + first // 2] = _colour_cue(image, colours, on[..., 0])
    if previous is not None:
        planes[:, 6] = previous[:, 0]
    if box is not None:
        x0, y0, x1, y1 = (box[:, k, None] for k in range(4))
        inside_x = ((xs >= x0) & (xs < x1)).float()
        inside_y = ((ys >= y0) & (ys < y1)).float()
        planes[:, 7] = inside_y[:, :, None] * inside_x[:, None, :]
    planes[:, 8] = valid[:, 0]
    # Padding is grey after normalisation, as mean colour is.
    return torch.cat([normalised(image) * valid, planes], 1).contiguous(memory_format=torch.channels_last)


def normalised(image: Tensor) -> Tensor:
    """RGB in [0, 1] as every network sees it: (B, 3, H, W) float -> the same shape."""
    mean = torch.tensor(MEAN, dtype=image.dtype, device=image.device).view(1, 3, 1, 1)
    std = torch.tensor(STD, dtype=image.dtype, device=image.device).view(1, 3, 1, 1)
    return (image - mean) / std


def _click_colours(image: Tensor, clicks: Tensor) -> Tensor:
    """(B, N, 3) mean colour of the 3x3 pixels around each click."""
    b, _, h, w = image.shape
    column = clicks[..., 0].floor().long()
    row = clicks[..., 1].floor().long()
    batch = torch.arange(b, device=image.device)[:, None]
    total = torch.zeros(*clicks.shape[:2], 3, device=image.device)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            total += image[batch, :, (row + dy).clamp(0, h - 1), (column + dx).clamp(0, w - 1)]
    return total / 9


def _colour_cue(image: Tensor, colours: Tensor, on: Tensor) -> Tensor:
    """(B, H, W) similarity in (0, 1] of each pixel to the nearest click colour, 0 without clicks."""
    cue = torch.zeros(image.shape[0], *image.shape[-2:], device=image.device)
    for n in range(colours.shape[1]):
        distance2 = ((image - colours[:, n, :, None, None]) ** 2).sum(1)
        cue = torch.maximum(cue, torch.exp(-distance2 / (2 * COLOUR**2)) * on[:, n, None, None])
    return cue
