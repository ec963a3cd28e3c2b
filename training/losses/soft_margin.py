"""The DeepMask family's loss: soft margin for mask pixels and for the score."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - the field's name for it
from torch import Tensor

from training.data.records import VOID

SCORE_WEIGHT = 1 / 32
"""Weight of the score beside the mask (Pinheiro et al. 2015, section 3.2)."""


def soft_margin(logits: Tensor, sign: Tensor, weight: Tensor) -> Tensor:
    """Weighted mean of log(1 + exp(-y x)); 0 when every weight is 0.

    Args:
        logits: x, any shape.
        sign: y, +1 or -1, of the same shape.
        weight: How much each element counts, of the same shape.

    Returns:
        Scalar, float32.
    """
    losses = F.softplus(-sign.float() * logits.float()) * weight
    return losses.sum() / weight.sum().clamp(min=torch.finfo(torch.float32).tiny)


def mask_loss(logits: Tensor, target: Tensor, counts: Tensor) -> Tensor:
    """Soft margin over the pixels that are not void, of the samples that count.

    Args:
        logits: (B, 1, s, s).
        target: (B, s, s) uint8: 0 background, 1 object, 255 void.
        counts: (B,) bool: samples with an object to segment.
    """
    sign = (target == 1).float() * 2 - 1
    weight = (target != VOID) & counts[:, None, None]
    return soft_margin(logits[:, 0], sign, weight.float())


def score_loss(logits: Tensor, label: Tensor) -> Tensor:
    """Soft margin of the score.

    Args:
        logits: (B,).
        label: (B,): +1 an object is centred and of canonical size, -1 there is none, 0 ignore.
    """
    return soft_margin(logits, label, (label != 0).float())
