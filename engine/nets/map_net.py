"""MapNet, the default regressor: foreground and background skeleton map to a 3D pose and how far off it may be.

The published regressor (engine.nets.map_regressor) is a ResNet-50 on maps enlarged to 224 pixels, one for every stick
width and crop; this one reads the maps as they are, and one serves every width and crop.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor, nn

from engine.nets.unet import ResidualBlock, conv_bn
from engine.pose.joints import MPII_16

JOINTS = len(MPII_16.joints)
ROOT = MPII_16.index(MPII_16.root)
MAP_SIZE = 48
"""Side of the maps that the regressor reads; others are resized to it."""
REACH = 500.0
"""Millimetres that an output of 1 stands for."""


LOG_SIGMA = (1.0, 7.5)
"""Bounds of the logarithm of the expected error in mm."""


class RegressorOutput(NamedTuple):
    """A pose and its uncertainty.

    Attributes:
        pose: (B, 16, 3) mm in camera axes, relative to the thorax, which is exactly 0.
        log_sigma: (B, 16) log of the expected distance in mm between each joint and the truth.
    """

    pose: Tensor
    log_sigma: Tensor


class PoseHead(nn.Module):
    """Feature map to pose: a narrow 1x1 convolution keeps where things are, two linear layers do the rest.

    Args:
        channels: Of the features.
        cells: Positions of the features.
        narrow: Channels kept at each position.
        hidden: Width of the hidden layer.
    """

    def __init__(self, channels: int, cells: int, narrow: int = 24, hidden: int = 192) -> None:
        super().__init__()
        self.narrow = conv_bn(channels, narrow, 1)
        self.hidden = nn.Linear(narrow * cells, hidden)
        self.pose = nn.Linear(hidden, JOINTS * 3)
        self.sigma = nn.Linear(hidden, JOINTS)
        nn.init.zeros_(self.sigma.weight)
        nn.init.constant_(self.sigma.bias, 4.0)

    def forward(self, x: Tensor) -> RegressorOutput:
        """(B, channels, h, w) with h·w = cells -> pose."""
        hidden = F.relu(self.hidden(self.narrow(x).flatten(1)))
        pose = self.pose(hidden).float().unflatten(1, (JOINTS, 3)) * REACH
        return RegressorOutput(pose - pose[:, ROOT : ROOT + 1], self.sigma(hidden).float().clamp(*LOG_SIGMA))


class MapNet(nn.Module):
    """The default regressor.

    Args:
        widths: Channels at full size and at strides 2, 4, 8.
        depths: Residual blocks at strides 2, 4, 8.
    """

    def __init__(self, widths: Sequence[int] = (32, 40, 80, 128), depths: Sequence[int] = (2, 2, 1)) -> None:
        super().__init__()
        self.stem = conv_bn(6, widths[0])
        stages: list[nn.Module] = []
        for previous, width, depth in zip(widths, widths[1:], depths, strict=False):
            stages.append(ResidualBlock(previous, width, 2))
            stages += [ResidualBlock(width, width) for _ in range(depth - 1)]
        self.stages = nn.Sequential(*stages)
        self.head = PoseHead(widths[-1], (MAP_SIZE // 8) ** 2)

    def forward(self, maps: Tensor) -> RegressorOutput:
        """Skeleton maps to poses.

        Args:
            maps: (B, 6, s, s) in [0, 1], foreground RGB and background RGB.

        Returns:
            Poses in mm.
        """
        out: RegressorOutput = self.head(self.stages(self.stem(as_read(maps))))
        return out


def as_read(maps: Tensor) -> Tensor:
    """(B, 6, s, s) maps at the size that the regressor reads."""
    if maps.shape[-2:] == (MAP_SIZE, MAP_SIZE):
        return maps
    return F.interpolate(maps, size=(MAP_SIZE, MAP_SIZE), mode="bilinear", align_corners=False, antialias=True)
