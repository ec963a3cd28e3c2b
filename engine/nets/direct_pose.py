"""Direct RGB, the published baseline: a ResNet-50 from the picture to the pose, without a map (paper §5.2)."""

from __future__ import annotations

from torch import Tensor

from engine.nets.pose_resnet import PoseRegression, PoseRegressor
from engine.nets.resnet import Depth


class DirectPose(PoseRegressor):
    """Picture to pose. The defaults are a compact form; `engine.nets.pose_resnet.PUBLISHED` gives the original.

    Args:
        width: Factor on every number of channels.
        depth: 18 or 50.

    Raises:
        ValueError: The size cannot be.
    """

    def __init__(self, width: float = 0.5, depth: Depth = 18) -> None:
        super().__init__(width, depth)

    def forward(self, x: Tensor) -> PoseRegression:
        """A person's window to a pose.

        Args:
            x: (B, 3, H, W) float, normalised RGB; 224 x 224 as published.

        Returns:
            Poses in mm.
        """
        return self.regress(x)
