"""What the recipes of the published pose networks share (skeleton-map paper §5.1-5.2): schedule, stick width, figures.

As published: SGD with momentum .9, weight decay 2e-4, batches of 12 (maps) and 32 (poses), base rates 1e-5 and .01,
the first of a sum over the values of a map where ours is a mean (training.losses.pose). Against the paper: a cosine
with a warm-up in place of tenfold drops at plateaus; pictures are turned, moved and recoloured as those of the default
networks, whose data, much smaller than the paper's, these share; no published weights to start from.
"""

from __future__ import annotations

import torch
from pydantic import field_validator
from torch import Tensor

from engine.pose.maps import SINGLE, WIDTHS
from training.losses.pose import pose_loss
from training.recipes.base import Batch, Recipe, Schedule
from training.recipes.pose_batch import true_maps

PUBLISHED_MAP_VALUES = 3 * 56 * 56
"""Values of a published map, over which Caffe's sigmoid cross-entropy is summed."""

MAPS = Schedule(batch_size=12, optimizer="sgd", learning_rate=round(1e-5 * PUBLISHED_MAP_VALUES, 3), weight_decay=2e-4)
POSES = Schedule(batch_size=32, optimizer="sgd", learning_rate=0.01, weight_decay=2e-4)


class StickRecipe(Recipe):
    """Configuration of a network that belongs to one stick width, as every published one does."""

    stick_width: float = SINGLE[0]
    """One of engine.pose.maps.WIDTHS."""

    @field_validator("stick_width")
    @classmethod
    def _drawn(cls, width: float) -> float:
        if width not in WIDTHS:
            raise ValueError(f"stick_width must be one of {', '.join(f'{w:g}' for w in WIDTHS)}")
        return width

    def maps(self, batch: Batch, size: int, side: int) -> Tensor:
        """True maps (B, 6, size, size) of this width; `side` is that of the square that the joints are in."""
        return true_maps(batch, [WIDTHS.index(self.stick_width)], size, side)[:, 0]


def regression(pose: Tensor, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
    """Published loss of a batch of poses, and its MPJPE in mm, joints weighted by how far they can be trusted.

    Args:
        pose: (B, 16, 3) mm relative to the thorax.
        batch: With `pose` and `trust`.
    """
    trust = batch["trust"]
    loss = pose_loss(pose, batch["pose"], trust).mean()
    with torch.no_grad():
        distance = torch.linalg.vector_norm(pose - batch["pose"], dim=-1)
        mpjpe = (distance * trust).sum() / trust.sum().clamp_min(1e-6)
    return loss, {"loss": loss.detach(), "mpjpe": mpjpe}
