"""Recipe of the published skeleton-map network: the maps of one stick width, supervised at every sum.

The paper trains one for every stick width and crop; here the windows vary by more than the crops do, and one network
serves them all.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from engine.nets.skeleton_map import SkeletonMapNet, SkeletonMapOutput
from training.data.cache import PhotoCache
from training.data.pose_data import PoseData
from training.data.pose_samples import PoseSamplerSettings, PoseSamples
from training.losses.pose import map_loss
from training.recipes.base import Batch, Schedule
from training.recipes.pose_batch import pictures
from training.recipes.pose_lifts import lifts
from training.recipes.published_pose import MAPS, StickRecipe


class SkeletonMapRecipe(StickRecipe):
    """Configuration of the network's training."""

    name: Literal["skeleton_map"] = "skeleton_map"
    schedule: Schedule = MAPS
    sampler: PoseSamplerSettings = PoseSamplerSettings()
    size: int = 128
    """Side of the pictures in pixels; 224 as published."""

    def build(self) -> nn.Module:
        """A SkeletonMapNet with random weights."""
        return SkeletonMapNet(**self.arguments)

    def samples(self, data: PoseData, cache: PhotoCache, seed: int) -> PoseSamples:
        """Windows around people, with poses lifted from their joints where they are photos."""
        return PoseSamples(data, cache, self.sampler, seed, size=self.size, lifted=lifts(data, cache))

    def loss(self, net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Sigmoid cross-entropy of the result and of every intermediate answer, weight 1 each.

        A person of whom a joint or all depth is unknown has no true map, and asks nothing.
        """
        output: SkeletonMapOutput = net(pictures(batch))
        truth = self.maps(batch, output.maps.shape[-1], batch["image"].shape[-1])
        whole = (batch["visibility"] > 0).all(1) & (batch["trust"] > 0).any(1)
        known = whole.sum().clamp_min(1)
        maps = (map_loss(output.maps, truth) * whole).sum() / known
        sides = torch.stack([map_loss(side, truth) * whole for side in output.sides]).sum() / known
        total = maps + sides
        with torch.no_grad():
            absolute = (torch.sigmoid(output.maps.float()) - truth).abs().mean((1, 2, 3))
            figures = {
                "loss": total.detach(),
                "maps": maps.detach(),
                "sides": sides.detach(),
                "map_mae": (absolute * whole).sum() / known,
            }
        return total, figures
