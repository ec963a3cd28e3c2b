"""HED, holistically-nested edge detection, trained on skeletons: the baseline without scales.

Source: Xie & Tu 2015. Five side outputs of one map each, fused by a 1x1 convolution. Logits have a constant zero for
background in front, so that their softmax is the sigmoid of the map.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.nets.skeleton_output import SkeletonOutput
from engine.nets.vgg import STRIDES, VGGTrunk, fusion_conv, to_input
from engine.skeleton.scales import ScaleTable


class HED(nn.Module):
    """Skeleton or not, at five stages and fused.

    The defaults are a compact form; `engine.nets.vgg.PUBLISHED` gives the original.

    Args:
        width: Factor on the trunk's channels.
        batch_norm: Batch normalisation in the trunk.
    """

    table: ScaleTable | None = None
    """HED knows no scale types."""

    def __init__(self, width: float = 0.25, batch_norm: bool = True) -> None:
        super().__init__()
        self.trunk = VGGTrunk(width, batch_norm)
        self.side = nn.ModuleList(nn.Conv2d(channels, 1, 1) for channels in self.trunk.tap_channels)
        self.fuse = fusion_conv(len(STRIDES))

    def forward(self, x: Tensor) -> SkeletonOutput:
        """Read a picture.

        Args:
            x: (B, 3, H, W) normalised RGB of any size.

        Returns:
            `types` (B, 2, H, W) and five such side outputs, conv1_2 to conv5_3; no scale.
        """
        height, width = x.shape[-2:]
        sides = [
            to_input(conv(tap), stride, height, width)
            for conv, tap, stride in zip(self.side, self.trunk.taps(x), STRIDES, strict=True)
        ]
        fused = self.fuse(torch.cat(sides, 1))
        return SkeletonOutput(_with_background(fused), side=tuple(map(_with_background, sides)))


def _with_background(logit: Tensor) -> Tensor:
    return torch.cat([torch.zeros_like(logit), logit], 1)
