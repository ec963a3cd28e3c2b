"""Recipe of Direct RGB as published: a picture straight to a 3D pose."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn

from engine.nets.direct_pose import DirectPose
from engine.nets.pose_resnet import PoseRegression
from training.data.cache import PhotoCache
from training.data.pose_data import PoseData
from training.data.pose_samples import PoseSamplerSettings, PoseSamples
from training.recipes.base import Batch, Recipe, Schedule
from training.recipes.pose_batch import pictures
from training.recipes.pose_lifts import lifts
from training.recipes.published_pose import POSES, regression


class DirectPoseRecipe(Recipe):
    """Configuration of the baseline's training."""

    name: Literal["direct_pose"] = "direct_pose"
    schedule: Schedule = POSES
    sampler: PoseSamplerSettings = PoseSamplerSettings()
    size: int = 128
    """Side of the pictures in pixels; 224 as published."""

    def build(self) -> nn.Module:
        """A DirectPose with random weights."""
        return DirectPose(**self.arguments)

    def samples(self, data: PoseData, cache: PhotoCache, seed: int) -> PoseSamples:
        """Windows around people, with poses lifted from their joints where they are photos."""
        return PoseSamples(data, cache, self.sampler, seed, size=self.size, lifted=lifts(data, cache))

    def loss(self, net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Euclidean loss in metres."""
        output: PoseRegression = net(pictures(batch))
        return regression(output.pose, batch)
