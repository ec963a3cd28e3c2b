"""Recipe of DeepCropV2: DeepMask's, with a click in every sample.

The score's positives and negatives have their clicks drawn alike, so that only the picture tells them apart. Optimiser
and batches differ from the published ones as the recipe of DeepMask says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field
from torch import Tensor, nn

from engine.nets.deepcrop_v2 import DeepCropV2
from training.data.cache import PhotoCache
from training.data.patches import PatchSamples
from training.data.records import ObjectRecord
from training.recipes.base import Batch, Recipe
from training.recipes.deepmask import OBJECT_WEIGHTS, patch_loss


class DeepCropV2Recipe(Recipe):
    """Configuration of DeepCropV2's training."""

    name: Literal["deepcrop_v2"] = "deepcrop_v2"
    set_weights: dict[str, float] = Field(default_factory=lambda: dict(OBJECT_WEIGHTS))
    other_weight: float = 0.02
    negatives: float = 0.5
    """Share of samples that are wrong for the click (scale, place, background), for the score."""
    whole_photo: float = 0.0
    """Share of samples that show the whole photo: the paper's future work. They teach the mask, not the score."""

    def build(self) -> nn.Module:
        """A DeepCropV2 with random weights."""
        return DeepCropV2(**self.arguments)

    def samples(self, data: Sequence[ObjectRecord], cache: PhotoCache, seed: int) -> PatchSamples:
        """Patches with a click on the object, and patches that are wrong for it."""
        return PatchSamples(
            data,
            cache,
            seed,
            clicked=True,
            negatives=self.negatives,
            whole_photo=self.whole_photo,
            set_weights=self.set_weights,
            other_weight=self.other_weight,
        )

    def loss(self, net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Soft margin of mask and score."""
        return patch_loss(net(batch["image"].float() / 255, batch["click"]), batch)
