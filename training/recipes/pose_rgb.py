"""Recipe of the compact Direct RGB baseline: a picture straight to a 3D pose."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn

from engine.nets.map_net import RegressorOutput
from engine.nets.pose_rgb import PoseRGB
from training.data.cache import PhotoCache
from training.data.pose_data import PoseData
from training.data.pose_samples import PoseSamplerSettings, PoseSamples
from training.recipes.base import Batch, Recipe, Schedule
from training.recipes.pose_batch import pictures, pose_loss
from training.recipes.pose_lifts import lifts


class PoseRGBRecipe(Recipe):
    """Configuration of the baseline's training: the same people as the skeleton maps learn from."""

    name: Literal["pose_rgb"] = "pose_rgb"
    schedule: Schedule = Schedule(batch_size=16, learning_rate=1e-3)
    sampler: PoseSamplerSettings = PoseSamplerSettings(synthetic=0.5)
    size: int = 128
    """Side of the pictures in pixels."""

    def build(self) -> nn.Module:
        """A PoseRGB with random weights."""
        return PoseRGB(**self.arguments)

    def samples(self, data: PoseData, cache: PhotoCache, seed: int) -> PoseSamples:
        """Windows around people, with poses lifted from their joints where they are photos."""
        return PoseSamples(data, cache, self.sampler, seed, size=self.size, lifted=lifts(data, cache))

    def loss(self, net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Distances of joints and bones."""
        output: RegressorOutput = net(pictures(batch))
        total, figures = pose_loss(output.pose, output.log_sigma, batch)
        return total, {"loss": total.detach(), **figures}
