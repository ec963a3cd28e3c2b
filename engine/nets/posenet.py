"""PoseNet, the default skeleton-map network: one trunk for every stick width, and the 2D joints beside them.

The paper trains a ResNet-50 for every pair of stick width and crop (engine.nets.skeleton_map); here the encoder-decoder
of the default click network gives the maps of all widths at once, and crops are windows given to the same weights.
Heat-maps of the joints are learned beside the maps; the decoder is supervised at every depth.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor, nn

from engine.nets.unet import EncoderDecoder, conv_bn
from engine.pose.joints import MPII_16
from engine.pose.maps import WIDTHS

JOINTS = len(MPII_16.joints)


class PoseOutput(NamedTuple):
    """What PoseNet says of a picture, all logits.

    Attributes:
        heat: (B, 16, h, w) of the joints.
        maps: (B, widths, 6, h, w): foreground RGB and background RGB for every stick width.
        sides: Heat-maps of the coarser decoder stages at the same size; for training.
    """

    heat: Tensor
    maps: Tensor
    sides: tuple[Tensor, ...]


class PoseNet(EncoderDecoder):
    """The default skeleton-map network.

    Args:
        widths: Channels at strides 2, 4, 8, 16, 32.
        depths: Residual blocks at strides 4, 8, 16, 32.
    """

    def __init__(
        self,
        widths: Sequence[int] = (32, 64, 96, 112, 112),
        depths: Sequence[int] = (2, 2, 3, 1),
    ) -> None:
        super().__init__(3, widths, depths, fine=False)
        _, d4, d8, d16, _ = self.channels
        self.heat = nn.Sequential(conv_bn(d4, d4), nn.Conv2d(d4, JOINTS, 1))
        self.maps = nn.Sequential(conv_bn(d4, 96), nn.Conv2d(96, len(WIDTHS) * 6, 1))
        self.sides = nn.ModuleList([nn.Conv2d(d, JOINTS, 1) for d in (d8, d16)])
        self.initialise()
        for head in (self.heat[-1], self.maps[-1], *self.sides):
            nn.init.normal_(head.weight, std=0.01)
            # Nearly every pixel is background: begin there.
            nn.init.constant_(head.bias, -4.0 if head.out_channels == JOINTS else -2.0)

    def forward(self, x: Tensor) -> PoseOutput:
        """A person's window to joint heat-maps and skeleton maps.

        Args:
            x: (B, 3, H, W) float, normalised RGB of a window around a person. H and W multiples of 4, at least 32.

        Returns:
            Logits at a quarter of the size.
        """
        features = self.coarse_features(x)
        size = features.d4.shape[-2:]
        sides = tuple(
            F.interpolate(head(d), size=size, mode="bilinear", align_corners=False)
            for head, d in zip(self.sides, (features.d8, features.d16), strict=True)
        )
        maps = self.maps(features.d4)
        return PoseOutput(self.heat(features.d4), maps.unflatten(1, (len(WIDTHS), 6)), sides)
