"""Recipe of the published regressor: the maps of one stick width to a 3D pose.

The maps are drawn from motion capture (the paper's “GT Ske” rows), or a skeleton-map network's answers to pictures.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import torch
from pydantic import PrivateAttr
from torch import Tensor, nn

from engine.errors import InputError
from engine.nets.map_regressor import MapRegressor
from engine.nets.pose_resnet import PoseRegression
from engine.nets.skeleton_map import SkeletonMapOutput
from training.data.cache import PhotoCache
from training.data.map_samples import MapSamplerSettings, MapSamples
from training.data.pose_bank import PoseBank
from training.data.pose_data import PoseData
from training.data.pose_samples import PoseSamplerSettings, PoseSamples
from training.data.pose_widening import Widening
from training.recipes.base import Batch, SampleSource, Schedule
from training.recipes.pose_batch import pictures
from training.recipes.pose_lifts import lifts
from training.recipes.published_pose import POSES, StickRecipe, regression
from training.recipes.skeleton_map import SkeletonMapRecipe
from training.recipes.trained import read_trained

MAP_SIZE = 56
"""Side of drawn maps, as published."""


class MapRegressorRecipe(StickRecipe):
    """Configuration of the network's training."""

    name: Literal["map_regressor"] = "map_regressor"
    schedule: Schedule = POSES
    drawn: MapSamplerSettings = MapSamplerSettings()
    """How maps are drawn from motion capture."""
    seen: Path | None = None
    """Checkpoint of a skeleton_map network whose answers are learned from; None learns from drawn maps."""
    sampler: PoseSamplerSettings = PoseSamplerSettings()
    """Of the pictures that it answers to; they have the size that it was trained with."""

    _net: nn.Module | None = PrivateAttr(None)

    def build(self) -> nn.Module:
        """A MapRegressor with random weights."""
        return MapRegressor(**self.arguments)

    def samples(self, data: PoseData, cache: PhotoCache, seed: int) -> SampleSource:
        """Views of motion capture, or windows around people.

        Raises:
            InputError: There is no motion capture, or `seen` is no checkpoint of a skeleton_map network of this width.
        """
        if self.seen is not None:
            size = _read(self.seen, self.stick_width)[0].size
            return PoseSamples(data, cache, self.sampler, seed, size=size, lifted=lifts(data, cache))
        if data.poses is None:
            raise InputError("There is no motion capture to draw maps from.", "Name it in --data.")
        return MapSamples(PoseBank(data.poses, widening=Widening()), self.drawn, seed, size=MAP_SIZE)

    def loss(self, net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Euclidean loss in metres."""
        maps = self._answers(batch) if "image" in batch else self.maps(batch, MAP_SIZE, MAP_SIZE)
        output: PoseRegression = net(maps)
        return regression(output.pose, batch)

    @torch.no_grad()
    def _answers(self, batch: Batch) -> Tensor:
        if self._net is None:
            assert self.seen is not None  # noqa: S101 - pictures are drawn only then
            self._net = _read(self.seen, self.stick_width)[1].to(batch["image"].device)
        output: SkeletonMapOutput = self._net(pictures(batch))
        return torch.sigmoid(output.maps.float())


def _read(path: Path, width: float) -> tuple[SkeletonMapRecipe, nn.Module]:
    """Configuration and network of a checkpoint that draws sticks of this width."""
    recipe, net = read_trained(path, SkeletonMapRecipe)
    if recipe.stick_width != width:
        raise InputError(
            f"{path} draws sticks of {recipe.stick_width:g} pixels, this network reads {width:g}.",
            "Give both the same stick_width.",
        )
    return recipe, net
