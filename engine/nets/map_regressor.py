"""The published regressor: foreground and background skeleton map to a 3D pose (skeleton-map paper §3.3).

A ResNet-50 on the two maps, enlarged to 224 pixels and stacked to six planes. The paper trains one for every stick
width and crop; which one a network is for is a matter of its training.
"""

from __future__ import annotations

import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor

from engine.nets.pose_resnet import PoseRegression, PoseRegressor
from engine.nets.resnet import Depth

PLANES = 6


class MapRegressor(PoseRegressor):
    """Maps to pose. The defaults are a compact form; `engine.nets.pose_resnet.PUBLISHED` gives the original.

    Args:
        width: Factor on every number of channels.
        depth: 18 or 50.
        size: Side that the maps are enlarged to; 224 as published.

    Raises:
        ValueError: The size cannot be.
    """

    def __init__(self, width: float = 0.5, depth: Depth = 18, size: int = 224) -> None:
        if size < 1:
            raise ValueError(f"size must be positive, not {size}")
        super().__init__(width, depth, PLANES)
        self.size = size

    def forward(self, maps: Tensor) -> PoseRegression:
        """Skeleton maps to poses.

        Args:
            maps: (B, 6, s, s) in [0, 1], foreground RGB and background RGB.

        Returns:
            Poses in mm.
        """
        if maps.shape[-2:] != (self.size, self.size):
            maps = F.interpolate(maps, size=(self.size, self.size), mode="bilinear", align_corners=False)
        return self.regress(maps)
