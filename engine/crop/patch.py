"""Windows of a photo at another scale, and what a DeepMask-family net says of one of them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812 - the field's name for it
from torch import nn

from engine.nets.deepmask import INPUT, PATCH

U8 = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]

GREY = 128
"""Colour beyond the photo's edge: 0.5, as published."""


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of a photo, seen at another scale.

    Args:
        x0, y0: Its top left corner in source pixels; may lie outside the photo.
        unit: Source pixels per pixel of the window.
        width, height: Its size in its own pixels.
    """

    x0: float
    y0: float
    unit: float
    width: int = INPUT
    height: int = INPUT

    @classmethod
    def around(cls, x: float, y: float, unit: float, pixels: int = INPUT) -> Window:
        """The square window of `pixels` whose centre is the source point (x, y)."""
        half = unit * pixels / 2
        return cls(x - half, y - half, unit, pixels, pixels)

    def to_window(self, x: float, y: float) -> tuple[float, float]:
        """Source xy -> xy in the window's pixels."""
        return (x - self.x0) / self.unit, (y - self.y0) / self.unit


def cut(image: U8, window: Window, border: int = GREY) -> U8:
    """Resample a window; what lies outside the photo is `border`.

    Strong reductions are averaged over the area first, so that nothing aliases; only the window's part of the photo is
    touched, whatever the photo's size.

    Args:
        image: (H, W) or (H, W, C) uint8.
        window: What to cut.
        border: Value outside.

    Returns:
        (height, width) or (height, width, C) uint8.
    """
    height, width = image.shape[:2]
    # Two pixels more on each side, so that interpolation has its neighbours.
    margin = 2 * max(1.0, window.unit)
    ax, bx = _span(window.x0 - margin, window.x0 + window.width * window.unit + margin, width)
    ay, by = _span(window.y0 - margin, window.y0 + window.height * window.unit + margin, height)
    if ax >= bx or ay >= by:
        return np.full((window.height, window.width, *image.shape[2:]), border, np.uint8)
    part = image[ay:by, ax:bx]
    if window.unit >= 2:
        shrunk = (max(1, round((bx - ax) / window.unit)), max(1, round((by - ay) / window.unit)))
        part = np.asarray(cv2.resize(part, shrunk, interpolation=cv2.INTER_AREA), np.uint8)
    sx, sy = part.shape[1] / (bx - ax), part.shape[0] / (by - ay)
    # Window pixel -> pixel of `part`, both with centres at integers, as OpenCV counts.
    kx, ky = window.unit * sx, window.unit * sy
    back = np.array(
        [
            [kx, 0, (window.x0 - ax) * sx + kx / 2 - 0.5],
            [0, ky, (window.y0 - ay) * sy + ky / 2 - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size, fill = (window.width, window.height), (border,) * 4
    out = cv2.warpAffine(part, back, size, flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=fill)
    return np.asarray(out, np.uint8)


@torch.inference_mode()
def segment_patches(net: nn.Module, images: U8, clicks: npt.ArrayLike | None = None) -> tuple[F32, F32]:
    """Run a patch net on windows of 192 pixels.

    Args:
        net: DeepMask or SharpMask; with clicks DeepCropV1, DeepCropV2 or a SharpMask on it. In eval mode.
        images: (B, 192, 192, 3) uint8 RGB.
        clicks: (B, 2) xy in pixels of the windows, None for a net without clicks.

    Returns:
        Mask logits (B, 160, 160) over the central 160 pixels, and score logits (B,), zeros when the net has none.
    """
    device = next(net.parameters()).device
    x = to_tensor(images).to(device)
    arguments = () if clicks is None else (torch.as_tensor(np.asarray(clicks, np.float32), device=device),)
    answer = net(x, *arguments)
    mask, score = answer if isinstance(answer, tuple) else (answer, torch.zeros(len(x)))
    mask = F.interpolate(mask.float(), size=(PATCH, PATCH), mode="bilinear", align_corners=False)
    return np.asarray(mask[:, 0].cpu(), np.float32), np.asarray(score.float().cpu(), np.float32)


def to_tensor(images: U8) -> torch.Tensor:
    """(B, H, W, 3) uint8 -> (B, 3, H, W) float32 in [0, 1], channels last in memory."""
    return torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float() / 255


def _span(low: float, high: float, size: int) -> tuple[int, int]:
    """The whole pixels between two coordinates, within [0, size]."""
    return int(np.clip(np.floor(low), 0, size)), int(np.clip(np.ceil(high), 0, size))
