"""Recipe of SharpMask: refinement alone, on a trained DeepMask or DeepCropV2. Mask samples only, as published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from engine.nets.deepmask import PATCH
from engine.nets.sharpmask import SharpMask
from engine.weights import load_net
from training.data.cache import PhotoCache
from training.data.patches import PatchSamples
from training.data.records import ObjectRecord
from training.losses.soft_margin import mask_loss
from training.recipes.base import Batch, Recipe, Schedule
from training.recipes.deepmask import OBJECT_WEIGHTS, mean_iou


class SharpMaskRecipe(Recipe):
    """Configuration of SharpMask's training."""

    name: Literal["sharpmask"] = "sharpmask"
    schedule: Schedule = Schedule(learning_rate=1e-3)
    base: Literal["deepmask", "deepcrop_v2"] = "deepmask"
    """The net to refine."""
    base_weights: Path | None = None
    """Folder with its weights; None searches where weights are always searched."""
    set_weights: dict[str, float] = Field(default_factory=lambda: dict(OBJECT_WEIGHTS))
    other_weight: float = 0.02
    whole_photo: float = 0.0
    """Share of samples that show the whole photo."""

    def build(self) -> nn.Module:
        """A SharpMask with fresh refinement modules on the trained net.

        Raises:
            WeightsError: The net to refine is missing or of another size.
        """
        net = SharpMask(clicked=self.base == "deepcrop_v2", arguments=self.arguments)
        net.start_from(load_net(self.base, folder=self.base_weights))
        return net

    def samples(self, data: Sequence[ObjectRecord], cache: PhotoCache, seed: int) -> PatchSamples:
        """Patches around objects with targets at full resolution."""
        return PatchSamples(
            data,
            cache,
            seed,
            clicked=self.base == "deepcrop_v2",
            negatives=0.0,
            whole_photo=self.whole_photo,
            label=PATCH,
            set_weights=self.set_weights,
            other_weight=self.other_weight,
        )

    def loss(self, net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Soft margin of the mask."""
        logits = net(batch["image"].float() / 255, batch["click"]).mask
        total = mask_loss(logits, batch["target"], batch["has_mask"])
        with torch.no_grad():
            iou = mean_iou(logits, batch["target"], batch["has_mask"])
        return total, {"loss": total.detach(), "iou": iou}
