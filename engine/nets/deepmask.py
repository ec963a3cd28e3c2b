"""DeepMask: a patch with one object in the middle -> its mask and how sure the net is that there is one.

Source: Pinheiro et al. 2015, "Learning to segment object candidates", in the ResNet form that was released later.
"""

from __future__ import annotations

from typing import NamedTuple, TypedDict

import torch.nn.functional as F  # noqa: N812 - the field's name for it
from torch import Tensor, nn

from engine.nets.resnet import STRIDE, Depth, ResNetTrunk

PATCH = 160
"""Side in pixels of what a mask covers."""
RING = 16
"""Pixels of real context around the patch on each side."""
INPUT = PATCH + 2 * RING
"""Side in pixels of what the net looks at."""
CELLS = PATCH // STRIDE
"""Side of the feature map that the heads see."""
MASK = 56
"""Side of the mask that the low-rank head computes."""
LABEL = 112
"""Side of the mask that training compares."""
OBJECT = 92
"""Canonical length in pixels of an object's longer side in a patch."""


class MaskAndScore(NamedTuple):
    """What a patch net answers: mask logits (B, 1, s, s) over the central 160 pixels, objectness logit (B,)."""

    mask: Tensor
    score: Tensor


class Size(TypedDict):
    """Arguments of `DeepMask` that set its size."""

    depth: Depth
    width: float
    bottleneck: int
    rank: int
    hidden: int


PUBLISHED: Size = {"depth": 50, "width": 1.0, "bottleneck": 128, "rank": 512, "hidden": 1024}
"""17 333 121 parameters, the affine of batch norm not counted."""


class DeepMask(nn.Module):
    """The patch net, with the same weights usable as a convolution over a whole photo.

    The defaults are a small form of 1.55 million parameters; `PUBLISHED` is the original.

    Args:
        depth: ResNet depth of the trunk.
        width: Factor on the trunk's channels.
        bottleneck: Channels after the 1x1 convolution.
        rank: Length of the vector between the two linear layers of the mask head.
        hidden: Width of the score head.
        in_channels: 3, or more with further planes behind RGB.
    """

    def __init__(
        self,
        depth: Depth = 18,
        width: float = 0.5,
        bottleneck: int = 32,
        rank: int = 128,
        hidden: int = 256,
        in_channels: int = 3,
    ) -> None:
        super().__init__()
        self.trunk = ResNetTrunk(depth, width, in_channels)
        self.bottleneck = nn.Conv2d(self.trunk.tap_channels[-1], bottleneck, 1)
        self.relu = nn.ReLU(inplace=True)
        # No non-linearity between `embed` and `mask`: together they are one linear layer of low rank.
        self.embed = nn.Linear(bottleneck * CELLS * CELLS, rank)
        self.mask = nn.Linear(rank, MASK * MASK)
        self.score = nn.Sequential(
            nn.Dropout(0.5),
            nn.Linear(rank, hidden),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(hidden, 1),
        )

    def embed_features(self, features: Tensor) -> Tensor:
        """(B, C, 12, 12) features of the trunk -> (B, rank): ring cut off, bottleneck, first linear layer."""
        ring = RING // STRIDE
        inner = features[:, :, ring : ring + CELLS, ring : ring + CELLS]
        embedded: Tensor = self.embed(self.relu(self.bottleneck(inner)).flatten(1))
        return embedded

    def forward(self, x: Tensor) -> MaskAndScore:
        """Segment patches.

        Args:
            x: (B, in_channels, 192, 192), RGB in [0, 1] first; the object is expected in the middle of the central
                160 pixels, its longer side about 92 pixels.

        Returns:
            Mask logits (B, 1, 112, 112) over the central 160 pixels, and score logits (B,).
        """
        vector = self.embed_features(self.trunk(x))
        mask = self.mask(vector).view(-1, 1, MASK, MASK)
        mask = F.interpolate(mask, size=(LABEL, LABEL), mode="bilinear", align_corners=False)
        return MaskAndScore(mask, self.score(vector).flatten())

    def embed_everywhere(self, x: Tensor) -> Tensor:
        """The first linear layer as a convolution: every window of 192 pixels at steps of 16.

        Args:
            x: (B, in_channels, H, W) with H and W multiples of 16, at least 192; RGB in [0, 1] first.

        Returns:
            (B, rank, (H - 192) / 16 + 1, (W - 192) / 16 + 1): element (i, j) is for the window whose input begins at
            row 16 i and column 16 j. For one window it equals the patch form.
        """
        ring = RING // STRIDE
        inner = self.relu(self.bottleneck(self.trunk(x)[:, :, ring:-ring, ring:-ring]))
        kernel = self.embed.weight.view(self.embed.out_features, -1, CELLS, CELLS)
        return F.conv2d(inner, kernel, self.embed.bias)

    def score_everywhere(self, vectors: Tensor) -> Tensor:
        """(B, rank, h, w) from `embed_everywhere` -> score logits (B, h, w)."""
        scores: Tensor = self.score(vectors.movedim(1, -1)).squeeze(-1)
        return scores

    def masks_of(self, vectors: Tensor) -> Tensor:
        """(N, rank) chosen windows of `embed_everywhere` -> mask logits (N, 1, 56, 56) over their central 160 pixels.

        Masks are computed for the windows that ranked well only: all of them would be the bulk of the work.
        """
        masks: Tensor = self.mask(vectors).view(-1, 1, MASK, MASK)
        return masks
