"""DeepCropV1: the whole photo at once, with three measures of distance to the click beside the features.

Source: Kurenkov, "DeepCrop: Directed Object Segmentation with Deep Learning", section 4. The paper's code brought the
planes from 192 x 192 to 10 x 10 with a learned convolution whose kernel is 183 pixels wide: almost every output sees
almost the whole plane, so where a value lies is lost, for 300 000 parameters. Here each of the 10 x 10 cells takes
the mean over its own 16 x 16 pixels, which needs no parameters and keeps planes and features registered.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - the field's name for it
from torch import Tensor, nn

from engine.nets.deepmask import CELLS, LABEL, MASK, PATCH, RING
from engine.nets.resnet import STRIDE, Depth, ResNetTrunk

LUMA = (0.299, 0.587, 0.114)
PLANES = 3


def click_planes(image: Tensor, click: Tensor) -> Tensor:
    """How far every pixel is from the click: in place, in colour, in luminance; each scaled to [-1, 1].

    Args:
        image: (B, 3, s, s) RGB in [0, 1].
        click: (B, 2) xy in pixels of `image`; clamped into it.

    Returns:
        (B, 3, s, s): Euclidean pixel distance over the diagonal, Euclidean RGB distance over its largest value,
        absolute luminance difference.
    """
    size = image.shape[-1]
    grid = torch.arange(size, device=image.device, dtype=torch.float32) + 0.5
    dx = grid[None, None, :] - click[:, 0, None, None]
    dy = grid[None, :, None] - click[:, 1, None, None]
    place = torch.hypot(dx, dy) / (size * 2**0.5)
    column, row = click.floor().long().clamp(0, size - 1).unbind(1)
    clicked = image[torch.arange(len(image), device=image.device), :, row, column]
    difference = image - clicked[:, :, None, None]
    colour = difference.square().sum(1).sqrt() / 3**0.5
    luma = (difference * difference.new_tensor(LUMA).view(1, 3, 1, 1)).sum(1).abs()
    return torch.stack([place.clamp(max=1), colour, luma], 1) * 2 - 1


class DeepCropV1(nn.Module):
    """Whole photo and click -> mask of the clicked object; no score.

    Args:
        depth: ResNet depth of the trunk.
        width: Factor on the trunk's channels.
        bottleneck: Channels of the features beside the three planes (128 as published: 131 enter the linear layer).
        rank: Length of the vector between the two linear layers.
    """

    def __init__(self, depth: Depth = 18, width: float = 0.5, bottleneck: int = 32, rank: int = 128) -> None:
        super().__init__()
        self.trunk = ResNetTrunk(depth, width)
        self.bottleneck = nn.Conv2d(self.trunk.tap_channels[-1], bottleneck, 1)
        self.embed = nn.Linear((bottleneck + PLANES) * CELLS * CELLS, rank)
        self.mask = nn.Linear(rank, MASK * MASK)

    def forward(self, image: Tensor, click: Tensor) -> Tensor:
        """Segment whole photos.

        Args:
            image: (B, 3, 192, 192) RGB in [0, 1]: the photo squashed to the central 160 x 160, its border mirrored
                around it.
            click: (B, 2) xy in pixels of the 192 input.

        Returns:
            Mask logits (B, 1, 112, 112) over the central 160 pixels, that is over the whole photo.
        """
        ring = RING // STRIDE
        features = self.trunk(image)[:, :, ring : ring + CELLS, ring : ring + CELLS]
        inner = image[:, :, RING : RING + PATCH, RING : RING + PATCH].float()
        planes = F.avg_pool2d(click_planes(inner, click.float() - RING), STRIDE)
        features = self.bottleneck(features).relu()
        joined = torch.cat([features, planes.to(features.dtype)], 1).flatten(1)
        mask = self.mask(self.embed(joined)).view(-1, 1, MASK, MASK)
        return F.interpolate(mask, size=(LABEL, LABEL), mode="bilinear", align_corners=False)
