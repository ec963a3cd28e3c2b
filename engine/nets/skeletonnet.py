"""SkeletonNet, the default skeleton network: skeleton, scale type and scale of every pixel of a picture.

The encoder–decoder of the default click network with other heads, and its prompt planes: told where an object is, it
answers for that object, told nothing, for every object of the picture. Beside the skeleton it learns two dense maps
that every pixel of an object takes part in: the mask, and the flux (Wang et al., DeepFlux 2019), the unit vectors from
the surroundings of the skeleton towards it. The decoder is supervised at every depth.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor, nn

from engine.nets.clicknet import PLANES
from engine.nets.skeleton_output import SkeletonOutput
from engine.nets.unet import EncoderDecoder, conv_bn
from engine.skeleton.scales import TABLES

LARGEST_LOG2 = 10.0
"""Scales are regressed as log2 of the diameter, up to 1,024 pixels."""
USUAL_LOG2 = 4.5
"""What the regression corrects."""


class SkeletonNet(EncoderDecoder):
    """The default skeleton network.

    Args:
        widths: Channels at strides 2, 4, 8, 16, 32.
        depths: Residual blocks at strides 4, 8, 16, 32.
        table: Key of TABLES, the scale types that are told apart.
    """

    prompted = True
    """Takes the prompt planes of engine.crop.planes after the colours."""

    def __init__(
        self,
        widths: Sequence[int] = (32, 64, 96, 192, 192),
        depths: Sequence[int] = (2, 2, 3, 1),
        table: str = "lmsds",
    ) -> None:
        super().__init__(3 + PLANES, widths, depths)
        self.table = TABLES[table]
        d2, d4, d8, d16, _ = self.channels
        self.head = conv_bn(d2, 2 * d2)
        self.types = nn.Conv2d(2 * d2, self.table.count + 1, 1)
        self.scale = nn.Conv2d(2 * d2, 1, 1)
        self.flux = nn.Conv2d(2 * d2, 2, 1)
        self.mask_head = nn.Conv2d(d2, 1, 3, padding=1)
        self.sides = nn.ModuleList([nn.Conv2d(d, 1, 1) for d in (d4, d8, d16)])
        self.initialise()
        for head in (self.types, self.scale, self.flux, *self.sides):
            nn.init.normal_(head.weight, std=0.01)

    def forward(self, x: Tensor) -> SkeletonOutput:
        """Read pictures.

        Args:
            x: (B, 12, H, W) float, of engine.crop.planes.network_input. Any H and W of at least 32.

        Returns:
            Types, scale, three side outputs of two classes, and `extra["mask"]` (B, 1, H, W) logits,
            `extra["flux"]` (B, 2, H, W), xy.
        """
        size = (x.shape[-2], x.shape[-1])
        features = self.features(x)
        d2 = self.head(features.d2)
        types = _resize(self.types(d2), size)
        scale = torch.exp2((USUAL_LOG2 + _resize(self.scale(d2), size).float()).clamp(0.0, LARGEST_LOG2))
        sides = []
        for head, d in zip(self.sides, (features.d4, features.d8, features.d16), strict=True):
            logit = _resize(head(d), size)
            sides.append(torch.cat([torch.zeros_like(logit), logit], 1))
        extra = {"mask": _resize(self.mask_head(features.d2), size), "flux": _resize(self.flux(d2), size)}
        return SkeletonOutput(types, scale, tuple(sides), extra=extra)


def _resize(x: Tensor, size: tuple[int, int]) -> Tensor:
    return F.interpolate(x, size=size, mode="bilinear", align_corners=False)
