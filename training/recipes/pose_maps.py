"""Recipe of the default skeleton-map network: the maps of every stick width, and the joints."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor, nn

from engine.nets.posenet import PoseNet, PoseOutput
from engine.pose.maps import WIDTHS
from training.data.cache import PhotoCache
from training.data.pose_data import PoseData
from training.data.pose_samples import PoseSamplerSettings, PoseSamples
from training.losses.pose import gaussian_targets
from training.recipes.base import Batch, Recipe, Schedule
from training.recipes.pose_batch import pck, pictures, true_maps
from training.recipes.pose_lifts import lifts


class PoseMapsRecipe(Recipe):
    """Configuration of PoseNet's training."""

    name: Literal["pose_maps"] = "pose_maps"
    schedule: Schedule = Schedule(batch_size=16, learning_rate=1.5e-3)
    sampler: PoseSamplerSettings = PoseSamplerSettings(synthetic=0.4)
    size: int = 128
    """Side of the pictures in pixels."""
    widths_a_step: int = 2
    """Stick widths that a step draws the truth of; the others wait for their turn."""
    heat_weight: float = 0.5
    side_weight: float = 0.2

    def build(self) -> nn.Module:
        """A PoseNet with random weights."""
        return PoseNet(**self.arguments)

    def samples(self, data: PoseData, cache: PhotoCache, seed: int) -> PoseSamples:
        """Windows around people, with poses lifted from their joints where they are photos."""
        return PoseSamples(data, cache, self.sampler, seed, size=self.size, lifted=lifts(data, cache))

    def loss(self, net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Sigmoid cross entropy of the maps on RGB (paper §3.2), and of Gaussians at the joints."""
        output: PoseOutput = net(pictures(batch))
        size = output.heat.shape[-1]
        chosen = torch.randperm(len(WIDTHS))[: self.widths_a_step].tolist()
        truth = true_maps(batch, chosen, size, self.size)
        # Where a joint of the person is unknown, so is the map; such people teach the joints they have.
        whole = (batch["visibility"] > 0).all(1) & (batch["trust"] > 0).any(1)
        maps = _drawn(output.maps[:, chosen].float(), truth, whole.float())
        present = batch["visibility"] > 0
        targets = gaussian_targets(batch["xy"] * (size / self.size), present, size)
        heat = _joints(output.heat.float(), targets, present)
        side = torch.stack([_joints(s.float(), targets, present) for s in output.sides]).mean()
        total = maps + self.heat_weight * heat + self.side_weight * side
        with torch.no_grad():
            absolute = (torch.sigmoid(output.maps[:, chosen].float()) - truth).abs().mean((1, 2, 3, 4))
            figures = {
                "loss": total.detach(),
                "maps": maps.detach(),
                "heat": heat.detach(),
                "map_mae": (absolute * whole).sum() / whole.sum().clamp_min(1),
                "pck": pck(torch.sigmoid(output.heat.float()), batch),
            }
        return total, figures


def _drawn(logits: Tensor, truth: Tensor, whole: Tensor) -> Tensor:
    """Cross entropy above that of the truth itself; sticks and the bare background weigh alike."""
    entropy = F.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    floor = F.binary_cross_entropy(truth, truth, reduction="none")
    stick = (truth.amax(2, keepdim=True) > 0).float()
    weight = whole[:, None, None, None, None]
    error = (entropy - floor) * weight
    on, off = stick.expand_as(error) * weight, (1 - stick).expand_as(error) * weight
    return (error * on).sum() / on.sum().clamp_min(1) + 2 * (error * off).sum() / off.sum().clamp_min(1)


def _joints(logits: Tensor, targets: Tensor, present: Tensor) -> Tensor:
    """Cross entropy of the heat-maps above that of the targets, summed over the map."""
    entropy = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    floor = F.binary_cross_entropy(targets, targets, reduction="none")
    each = (entropy - floor).sum((2, 3))
    return (each * present).sum() / present.sum().clamp_min(1) / 5
