"""Patches of 192 pixels, and what a DeepMask-family net says of one."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812 - the field's name for it
from torch import Tensor, nn

from engine.crop.prompts import Click
from engine.imaging.window import Window, extract
from engine.nets.deepmask import INPUT, PATCH, RING, DeepMask
from engine.nets.sharpmask import SharpMask

U8 = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]

GREY = 128
"""Colour beyond the photo's edge: 0.5, as published."""


def patch_window(x: float, y: float, unit: float) -> Window:
    """The patch around the source point (x, y) in which one pixel shows `unit` source pixels."""
    return Window.around(x, y, unit * INPUT)


def cut(image: U8, window: Window, fill: int = GREY) -> U8:
    """Resample a patch window: (H, W[, C]) uint8 -> (192, 192[, C]) uint8, `fill` beyond the photo."""
    return extract(image, window, INPUT, INPUT, fill=fill)[0]


@torch.inference_mode()
def segment_patch(net: nn.Module, image: U8, click: Click) -> tuple[F32, float]:
    """Run a patch net on one patch.

    Args:
        net: DeepMask, DeepCropV1, DeepCropV2 or SharpMask, in eval mode.
        image: (192, 192, 3) uint8 RGB.
        click: In pixels of `image`; nets without clicks leave it unused.

    Returns:
        (160, 160) float32 mask logits of the central pixels, and the score in [0, 1]: the net's own, or for DeepCropV1,
        which has none, what its mask says of itself (`confidence`).
    """
    device = next(net.parameters()).device
    x = to_tensor(image).to(device)
    if isinstance(net, DeepMask) or (isinstance(net, SharpMask) and not net.clicked):
        answer = net(x)
    else:
        answer = net(x, torch.tensor([[click.x, click.y]], dtype=torch.float32, device=device))
    mask = answer if isinstance(answer, Tensor) else answer.mask
    logits = F.interpolate(mask.float(), size=(PATCH, PATCH), mode="bilinear", align_corners=False)[0, 0]
    score = (
        confidence(torch.sigmoid(logits)) if isinstance(answer, Tensor) else float(torch.sigmoid(answer.score.float()))
    )
    return np.asarray(logits.cpu(), np.float32), score


def confidence(probability: Tensor) -> float:
    """The IoU that a mask expects of itself, its probabilities taken at their word.

    The pixels from 0.5 on are the answer A; the expected intersection is the sum of p over A, the expected union that
    of A's size and of p outside A. An empty answer gives 0.
    """
    chosen = probability >= 0.5
    union = chosen.sum() + probability[~chosen].sum()
    return float(probability[chosen].sum() / union) if chosen.any() else 0.0


def squash(photo: U8) -> U8:
    """(H, W, 3) a whole photo -> (192, 192, 3): squashed to the central 160 pixels, the border mirrored around them."""
    shrinks = min(photo.shape[:2]) >= PATCH
    small = cv2.resize(photo, (PATCH, PATCH), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.asarray(cv2.copyMakeBorder(small, RING, RING, RING, RING, cv2.BORDER_REFLECT), np.uint8)


def to_tensor(image: U8) -> Tensor:
    """(H, W, 3) uint8 -> (1, 3, H, W) float32 in [0, 1], channels last in memory."""
    return torch.from_numpy(np.ascontiguousarray(image)[None]).permute(0, 3, 1, 2).float() / 255
