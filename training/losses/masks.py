"""Losses on masks with void: normalised focal loss (RITM, Sofiiuk et al. 2021) and soft Dice, per sample."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor


def normalized_focal_loss(logits: Tensor, truth: Tensor, known: Tensor, *, gamma: float = 2.0) -> Tensor:
    """Focal loss whose modulating weights are rescaled to sum to the number of known pixels.

    Hard pixels gain weight, and the total gradient does not fade as the mask gets better.

    Args:
        logits: (B, K, H, W).
        truth: (B, 1, H, W) in [0, 1].
        known: (B, 1, H, W), 0 on void pixels.
        gamma: Focusing exponent.

    Returns:
        (B, K) mean over known pixels.
    """
    truth, known = truth.expand_as(logits), known.expand_as(logits)
    bce = F.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    with torch.no_grad():
        # |p - y|, not exp(-bce): a soft truth leaves bce above zero even where the answer is right.
        weight = (torch.sigmoid(logits) - truth).abs().pow(gamma) * known
        pixels = known.sum((2, 3))
        scale = pixels / weight.sum((2, 3)).clamp_min(1e-6)
        # Nearly perfect samples must not have their last noise blown up to full weight.
        weight = weight * scale.clamp_max(30.0)[..., None, None]
    return (bce * weight).sum((2, 3)) / pixels.clamp_min(1.0)


def dice_loss(logits: Tensor, truth: Tensor, known: Tensor, *, smooth: float = 4.0) -> Tensor:
    """Soft Dice loss, 1 - 2|P∩T| / (|P| + |T|), over known pixels.

    Args and shapes as in `normalized_focal_loss`; `smooth` in pixels keeps empty masks finite.

    Returns:
        (B, K).
    """
    p = torch.sigmoid(logits) * known
    t = (truth * known).expand_as(p)
    overlap = (p * t).sum((2, 3))
    return 1 - (2 * overlap + smooth) / (p.sum((2, 3)) + t.sum((2, 3)) + smooth)


def mask_iou(logits: Tensor, truth: Tensor, known: Tensor, hidden: Tensor | None = None) -> Tensor:
    """IoU of the masks at logit 0 over known pixels.

    Args:
        logits: (B, K, H, W).
        truth, known: (B, 1, H, W).
        hidden: (B, 1) object pixels outside the crop; they count as missed.

    Returns:
        (B, K) in [0, 1]; 1 where both masks are empty.
    """
    p = (logits > 0) & (known > 0)
    t = (truth > 0.5) & (known > 0)
    overlap = (p & t).sum((2, 3)).float()
    union = (p | t).sum((2, 3)).float()
    if hidden is not None:
        union = union + hidden
    return torch.where(union > 0, overlap / union.clamp_min(1), torch.ones_like(union))
