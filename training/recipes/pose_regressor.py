"""Recipe of the default regressor: skeleton maps to a 3D pose.

It begins with maps drawn from motion capture. A second run (`fit --init`) names a skeleton-map network in `maps` and
learns from that network's own answers to pictures too: its mistakes have a look of their own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import torch
from pydantic import PrivateAttr
from torch import Tensor, nn

from engine.errors import InputError
from engine.nets.map_net import MAP_SIZE, MapNet, RegressorOutput, as_read
from engine.nets.posenet import PoseOutput
from engine.pose.maps import WIDTHS
from training.data.cache import PhotoCache
from training.data.map_samples import MapSamplerSettings, MapSamples
from training.data.pose_bank import PoseBank
from training.data.pose_data import PoseData
from training.data.pose_samples import PoseSamplerSettings, PoseSamples
from training.data.pose_widening import Widening
from training.losses.rough_maps import rough_maps
from training.recipes.base import Batch, Recipe, SampleSource, Schedule
from training.recipes.pose_batch import pictures, pose_loss, true_maps
from training.recipes.pose_lifts import PSEUDO_TRUST, lifts
from training.recipes.pose_maps import PoseMapsRecipe
from training.recipes.trained import read_trained

SURE = 0.7
"""Mean confidence of the joints from which on a lifted pose is drawn as a map."""


class PoseRegressorRecipe(Recipe):
    """Configuration of MapNet's training."""

    name: Literal["pose_regressor"] = "pose_regressor"
    schedule: Schedule = Schedule(batch_size=64, learning_rate=2e-3)
    drawn: MapSamplerSettings = MapSamplerSettings()
    """Of the first run, from motion capture alone."""
    rough: float = 0.4
    """Share of drawn maps that are spoilt."""
    maps: Path | None = None
    """Checkpoint of a pose_maps network; its answers are learned from, two widths of each picture."""
    seen: PoseSamplerSettings = PoseSamplerSettings(synthetic=0.6)
    """Of the second run, from pictures of the size that the network in `maps` learned from."""
    widths: tuple[int, ...] = tuple(range(len(WIDTHS)))
    """Indices of the stick widths that are learned from; one of them makes a member of the ensemble baseline."""

    _net: nn.Module | None = PrivateAttr(None)

    def build(self) -> nn.Module:
        """A MapNet with random weights."""
        return MapNet(**self.arguments)

    def samples(self, data: PoseData, cache: PhotoCache, seed: int) -> SampleSource:
        """Views of motion capture, or windows around people."""
        if self.maps is not None:
            size = read_trained(self.maps, PoseMapsRecipe)[0].size
            return PoseSamples(data, cache, self.seen, seed, size=size, lifted=lifts(data, cache))
        if data.poses is None:
            raise InputError("There is no motion capture to draw maps from.", "Name it in --data.")
        lifted = lifts(data, cache)
        sure = None if lifted is None else lifted[0][lifted[1].mean(1) > SURE * PSEUDO_TRUST]
        bank = PoseBank(data.poses, widening=Widening(), extra=sure)
        return MapSamples(bank, self.drawn, seed, size=MAP_SIZE)

    def loss(self, net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Distances of joints and bones, from drawn maps and, if there are pictures, from what a network sees."""
        chosen = [self.widths[i] for i in torch.randint(len(self.widths), (2,)).tolist()]
        if "image" not in batch:
            maps = rough_maps(true_maps(batch, chosen[:1], MAP_SIZE, MAP_SIZE)[:, 0], self.rough)
        else:
            drawn = true_maps(batch, chosen[:1], MAP_SIZE, batch["image"].shape[-1])[:, 0]
            maps = torch.cat([drawn, *self._answers(batch, chosen)])
        output: RegressorOutput = net(maps)
        total, figures = pose_loss(output.pose, output.log_sigma, batch)
        return total, {"loss": total.detach(), **figures}

    @torch.no_grad()
    def _answers(self, batch: Batch, widths: list[int]) -> list[Tensor]:
        """The skeleton-map network's maps of these widths, each (B, 6, MAP_SIZE, MAP_SIZE)."""
        if self._net is None:
            assert self.maps is not None  # noqa: S101 - pictures are drawn only then
            self._net = read_trained(self.maps, PoseMapsRecipe)[1].to(batch["image"].device)
        output: PoseOutput = self._net(pictures(batch))
        probability = torch.sigmoid(output.maps.float())
        return [as_read(probability[:, i]) for i in widths]
