"""Recipe of DeepCropV1: whole photos, a random pixel of the object as the click, and the mask's loss alone.

The click is told by the planes only; the paper's code also painted the clicked pixel, which is left out here. Optimiser
as the recipe of DeepMask says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from engine.nets.deepcrop_v1 import DeepCropV1
from training.data.cache import PhotoCache
from training.data.patches import SquashedSamples
from training.data.records import ObjectRecord
from training.losses.soft_margin import mask_loss
from training.recipes.base import Batch, Recipe
from training.recipes.deepmask import OBJECT_WEIGHTS, mean_iou


class DeepCropV1Recipe(Recipe):
    """Configuration of DeepCropV1's training."""

    name: Literal["deepcrop_v1"] = "deepcrop_v1"
    set_weights: dict[str, float] = Field(default_factory=lambda: dict(OBJECT_WEIGHTS))
    other_weight: float = 0.02

    def build(self) -> nn.Module:
        """A DeepCropV1 with random weights."""
        return DeepCropV1(**self.arguments)

    def samples(self, data: Sequence[ObjectRecord], cache: PhotoCache, seed: int) -> SquashedSamples:
        """Squashed whole photos with a click on the object."""
        return SquashedSamples(data, cache, seed, set_weights=self.set_weights, other_weight=self.other_weight)

    def loss(self, net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Soft margin of the mask."""
        logits = net(batch["image"].float() / 255, batch["click"])
        every = torch.ones(len(logits), dtype=torch.bool, device=logits.device)
        total = mask_loss(logits, batch["target"], every)
        return total, {"loss": total.detach(), "iou": mean_iou(logits.detach(), batch["target"], every)}
