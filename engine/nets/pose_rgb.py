"""PoseRGB, the compact Direct RGB baseline (skeleton-map paper §5.2): a picture straight to a 3D pose.

The encoder of the default skeleton-map network and the head of the default regressor: what is left out is the map.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor, nn

from engine.nets.map_net import PoseHead, RegressorOutput
from engine.nets.unet import AttentionBlock, ResidualBlock, conv_bn

CELLS = 6


class PoseRGB(nn.Module):
    """Picture to pose.

    Args:
        widths: Channels at strides 2, 4, 8, 16, 32.
        depths: Residual blocks at strides 4, 8, 16, 32.
    """

    def __init__(self, widths: Sequence[int] = (32, 64, 96, 112, 112), depths: Sequence[int] = (2, 2, 3, 1)) -> None:
        super().__init__()
        self.stem = conv_bn(3, widths[0], 3, 2)
        self.stages = nn.ModuleList()
        for previous, width, depth in zip(widths, widths[1:], depths, strict=False):
            blocks = [ResidualBlock(previous, width, 2)] + [ResidualBlock(width, width) for _ in range(depth - 1)]
            self.stages.append(nn.Sequential(*blocks))
        self.attention = AttentionBlock(widths[3])
        self.head = PoseHead(widths[-1], CELLS**2)

    def forward(self, x: Tensor) -> RegressorOutput:
        """A person's window to a pose.

        Args:
            x: (B, 3, H, W) float, normalised RGB; best 192 x 192.

        Returns:
            Poses in mm.
        """
        x = self.stem(x)
        for i, stage in enumerate(self.stages):
            x = stage(x)
            x = self.attention(x) if i == 2 else x
        out: RegressorOutput = self.head(F.adaptive_avg_pool2d(x, CELLS))
        return out
