"""ClickNet, the default network: one crop and its prompts to several candidate masks, each with a predicted IoU.

An encoder–decoder with three mask heads. Head 0 learns the expected object; the other heads learn to differ where a
click is ambiguous (only the best of them is corrected, the multiple-choice idea of Guzman-Rivera et al. 2012 that
Segment Anything made common). The decoder is supervised at every depth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor, nn

from engine.nets.unet import EncoderDecoder

PLANES = 9
"""Prompt planes beside RGB, in the order of engine.crop.planes."""


@dataclass(frozen=True, slots=True)
class ClickOutput:
    """What ClickNet returns.

    Args:
        masks: (B, K, H, W) logits at the size of the input; head 0 is the expected object.
        iou: (B, K) logits of the predicted IoU of each mask.
        side: (B, 1, h, w) logits of head 0 at strides 4, 8, 16, coarsest last; empty outside training.
    """

    masks: Tensor
    iou: Tensor
    side: tuple[Tensor, ...] = ()


class ClickNet(EncoderDecoder):
    """The default click-directed segmenter.

    Args:
        widths: Channels at strides 2, 4, 8, 16, 32.
        depths: Residual blocks at strides 4, 8, 16, 32.
        heads: Candidate masks K.
        planes: Prompt planes beside RGB.
    """

    def __init__(
        self,
        widths: Sequence[int] = (32, 64, 96, 192, 192),
        depths: Sequence[int] = (2, 2, 3, 1),
        heads: int = 3,
        planes: int = PLANES,
    ) -> None:
        super().__init__(3 + planes, widths, depths)
        self.heads = heads
        d2, d4, d8, d16, c32 = self.channels
        self.mask_head = nn.Conv2d(d2, heads, 3, padding=1)
        self.side_heads = nn.ModuleList([nn.Conv2d(d, 1, 1) for d in (d4, d8, d16)])
        self.iou_head = nn.Sequential(nn.Linear(c32 + 2 * d8 + 3, 128), nn.ReLU(), nn.Linear(128, 1))
        self.initialise()

    def forward(self, x: Tensor) -> ClickOutput:
        """Segment crops.

        Args:
            x: (B, 3 + planes, H, W) float: normalised RGB and the prompt planes. Any H and W of at least 32.
        """
        d2, d4, d8, d16, pooled = self.features(x)
        low = self.mask_head(d2)
        masks = F.interpolate(low, size=x.shape[-2:], mode="bilinear", align_corners=False)
        iou = self._predict_iou(low, d8, pooled.flatten(1))
        side: tuple[Tensor, ...] = ()
        if self.training:
            side = tuple(head(d) for head, d in zip(self.side_heads, (d4, d8, d16), strict=True))
        return ClickOutput(masks, iou, side)

    def _predict_iou(self, low: Tensor, features: Tensor, pooled: Tensor) -> Tensor:
        """Score each mask from the features inside and around it, its mean certainty and its size."""
        probability = torch.sigmoid(low.detach().float())
        inside = F.adaptive_avg_pool2d(probability, (features.shape[-2], features.shape[-1]))
        mass = inside.sum((2, 3)).clamp_min(1e-3)
        flat = features.float().flatten(2)
        within = torch.einsum("bkn,bcn->bkc", inside.flatten(2), flat) / mass[..., None]
        ring = (inside * (1 - inside)).flatten(2)
        around = torch.einsum("bkn,bcn->bkc", ring, flat) / ring.sum(2, keepdim=True).clamp_min(1e-3)
        hard = (probability > 0.5).float()
        certain = (probability * hard).sum((2, 3)) / hard.sum((2, 3)).clamp_min(1)
        area = hard.mean((2, 3))
        soft = probability.mean((2, 3))
        glob = pooled.float()[:, None].expand(-1, self.heads, -1)
        stats = torch.stack([certain, area.sqrt(), soft.sqrt()], 2)
        score: Tensor = self.iou_head(torch.cat([glob, within, around, stats], 2).to(features.dtype))
        return score.squeeze(2).float()
