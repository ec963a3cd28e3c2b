"""The published skeleton-map network: a picture to the foreground and background map of one stick width (paper §3.2).

ResNet-50 without its last layer, then three times: twice the size by a learned deconvolution that begins as bilinear,
a residual block, and the sum with the trunk's features of that size. Both features that enter a sum also answer
through a residual block of their own (intermediate supervision), and so does the last sum: the result.

The paper gives no channel numbers and says neither how the two maps share a network nor how a residual block becomes
three colours. Our reading: the residual block after an up-sampling has as many channels as the features it is added
to; one network gives both maps, six planes; an answer is a residual block as wide as conv2 and a 1x1 convolution.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from engine.nets.pose_resnet import PoseTrunk, initialise
from engine.nets.resnet import Depth, stage

PLANES = 6


class SkeletonMapOutput(NamedTuple):
    """What the network says of a picture, all logits: the sigmoid is a colour in [0, 1].

    Attributes:
        maps: (B, 6, H/4, W/4), foreground RGB and background RGB.
        sides: Six answers (B, 6, h, w), two each at strides 16, 8 and 4: of the up-sampled features and of the trunk's.
            In training alone; in eval mode nobody asks, and there are none.
    """

    maps: Tensor
    sides: tuple[Tensor, ...]


class SkeletonMapNet(nn.Module):
    """The network. The defaults are a compact form; `engine.nets.pose_resnet.PUBLISHED` gives the original.

    Args:
        width: Factor on every number of channels.
        depth: 18 or 50.

    Raises:
        ValueError: The size cannot be.
    """

    def __init__(self, width: float = 0.5, depth: Depth = 18) -> None:
        super().__init__()
        self.trunk = PoseTrunk(width, depth)
        c4, c8, c16, c32 = self.trunk.tap_channels
        self.enlarge = nn.ModuleList(double(c) for c in (c32, c16, c8))
        self.refine = nn.ModuleList(self._residual(a, b) for a, b in ((c32, c16), (c16, c8), (c8, c4)))
        self.answer_up = nn.ModuleList(self._answer(c) for c in (c16, c8, c4))
        self.answer_skip = nn.ModuleList(self._answer(c) for c in (c16, c8, c4))
        self.answer = self._answer(c4)
        initialise(self)

    def forward(self, x: Tensor) -> SkeletonMapOutput:
        """A person's window to skeleton maps.

        Args:
            x: (B, 3, H, W) float, normalised RGB; H and W multiples of 4, 224 as published.

        Returns:
            Logits at a quarter of the size.
        """
        s4, s8, s16, features = self.trunk.taps(x)
        sides: list[Tensor] = []
        parts = zip((s16, s8, s4), self.enlarge, self.refine, self.answer_up, self.answer_skip, strict=True)
        for skip, enlarge, refine, answer_up, answer_skip in parts:
            height, width = skip.shape[-2:]
            up = refine(enlarge(features)[..., :height, :width])
            if self.training:
                sides += [answer_up(up), answer_skip(skip)]
            features = up + skip
        return SkeletonMapOutput(self.answer(features), tuple(sides))

    def _residual(self, channels: int, out: int) -> nn.Module:
        return stage(self.trunk.block, channels, out // self.trunk.block.expansion, 1, stride=1)

    def _answer(self, channels: int) -> nn.Module:
        out = self.trunk.tap_channels[0]
        return nn.Sequential(self._residual(channels, out), nn.Conv2d(out, PLANES, 1))


def double(channels: int) -> nn.ConvTranspose2d:
    """Twice the size, every channel for itself, beginning as bilinear interpolation; the weights are learned."""
    layer = nn.ConvTranspose2d(channels, channels, 4, stride=2, padding=1, groups=channels, bias=False)
    triangle = torch.tensor([0.25, 0.75, 0.75, 0.25])
    with torch.no_grad():
        layer.weight.copy_(torch.outer(triangle, triangle).expand_as(layer.weight))
    return layer
