"""Recipe of the Stacked Hourglass: 2D joints of a person (Newell et al. 2016)."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from engine.nets.hourglass import Hourglass, HourglassOutput
from training.data.cache import PhotoCache
from training.data.pose_data import PoseData
from training.data.pose_samples import PoseSamplerSettings, PoseSamples
from training.losses.pose import gaussian_targets, heat_loss
from training.recipes.base import Batch, Recipe, Schedule
from training.recipes.pose_batch import pck, pictures


class HourglassRecipe(Recipe):
    """Configuration of the detector's training."""

    name: Literal["hourglass"] = "hourglass"
    schedule: Schedule = Schedule(batch_size=16, learning_rate=2e-3, weight_decay=0.005)
    sampler: PoseSamplerSettings = PoseSamplerSettings(synthetic=0.15)
    size: int = 128
    """Side of the pictures in pixels."""

    def build(self) -> nn.Module:
        """An Hourglass with random weights."""
        return Hourglass(**self.arguments)

    def samples(self, data: PoseData, cache: PhotoCache, seed: int) -> PoseSamples:
        """Windows around people."""
        return PoseSamples(data, cache, self.sampler, seed, size=self.size)

    def loss(self, net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Squared error of the heat-maps of every stack."""
        output: HourglassOutput = net(pictures(batch))
        size = output.heat[-1].shape[-1]
        present = batch["visibility"] > 0
        targets = gaussian_targets(batch["xy"] * (size / self.size), present, size)
        # Summed over the map: means are so small that the epsilon of the optimiser would count.
        total = heat_loss(output.heat, targets, present).mean() * size**2
        with torch.no_grad():
            figures = {"loss": total.detach(), "pck": pck(output.heat[-1], batch)}
        return total, figures
