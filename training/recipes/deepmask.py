"""Recipe of DeepMask.

Against the published recipe: AdamW with a cosine schedule in place of SGD with steps, because the published schedule is
1.2 million batches long and this one an hour; masks and negatives share every batch (half and half) in place of
alternating batches, which leaves the weights of the two losses as they were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from engine.nets.deepmask import DeepMask, MaskAndScore
from training.data.cache import PhotoCache
from training.data.patches import PatchSamples
from training.data.records import VOID, ObjectRecord
from training.losses.soft_margin import SCORE_WEIGHT, mask_loss, score_loss
from training.recipes.base import Batch, Recipe
from training.recipes.deepcrop import SET_WEIGHTS

# Regions are not objects: the score head must not learn that they are.
OBJECT_WEIGHTS: Mapping[str, float] = SET_WEIGHTS | {"bsds": 0.0}


class DeepMaskRecipe(Recipe):
    """Configuration of DeepMask's training."""

    name: Literal["deepmask"] = "deepmask"
    set_weights: dict[str, float] = Field(default_factory=lambda: dict(OBJECT_WEIGHTS))
    other_weight: float = 0.02
    negatives: float = 0.5
    """Share of samples that show no object, for the score."""

    def build(self) -> nn.Module:
        """A DeepMask with random weights."""
        return DeepMask(**self.arguments)

    def samples(self, data: Sequence[ObjectRecord], cache: PhotoCache, seed: int) -> PatchSamples:
        """Patches around objects, and patches away from them."""
        return PatchSamples(
            data,
            cache,
            seed,
            clicked=False,
            negatives=self.negatives,
            set_weights=self.set_weights,
            other_weight=self.other_weight,
        )

    def loss(self, net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Soft margin of mask and score."""
        return patch_loss(net(batch["image"].float() / 255), batch)


def patch_loss(answer: MaskAndScore, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
    """The loss of mask and score together, and the figures of a batch of `PatchSamples`."""
    has_mask, score = batch["has_mask"], batch["score"]
    of_mask = mask_loss(answer.mask, batch["target"], has_mask)
    of_score = score_loss(answer.score, score)
    total = of_mask + SCORE_WEIGHT * of_score
    with torch.no_grad():
        right = ((answer.score > 0) == (score > 0)) & (score != 0)
        figures = {
            "loss": total.detach(),
            "mask_loss": of_mask.detach(),
            "score_loss": of_score.detach(),
            "iou": mean_iou(answer.mask, batch["target"], has_mask),
            "score_accuracy": right.sum() / (score != 0).sum().clamp(min=1),
        }
    return total, figures


def mean_iou(logits: Tensor, target: Tensor, counts: Tensor) -> Tensor:
    """Mean IoU at logit 0 of the samples that count; two empty masks agree.

    Args:
        logits: (B, 1, s, s).
        target: (B, s, s) uint8: 0, 1 or 255 void.
        counts: (B,) bool.
    """
    known = target != VOID
    answer, truth = (logits[:, 0] > 0) & known, target == 1
    union = (answer | truth).sum((1, 2))
    iou = torch.where(union > 0, (answer & truth).sum((1, 2)) / union.clamp(min=1), 1.0)
    return (iou * counts).sum() / counts.sum().clamp(min=1)
