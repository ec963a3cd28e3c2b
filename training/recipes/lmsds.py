"""Recipe of LMSDS: FSDS's, and the regression of the scale at every stage.

The published training starts from FSDS's weights. Here it starts as FSDS's does, so that the two are trained alike.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from engine.nets.lmsds import LMSDS
from engine.skeleton.scales import RECEPTIVE_FIELDS, TABLES
from training.losses.skeleton import scale_regression
from training.recipes.base import Batch
from training.recipes.side_outputs import SideOutputRecipe, figures, read, scale_type_losses, type_labels


class LMSDSRecipe(SideOutputRecipe):
    """Configuration of LMSDS's training."""

    name: Literal["lmsds"] = "lmsds"

    def network(self) -> LMSDS:
        """An LMSDS with random weights."""
        return LMSDS(**self.arguments)

    def loss(self, net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """FSDS's losses and the masked regression of every stage, weight 1 each; the fusion regresses nothing."""
        table = TABLES[self.arguments.get("table", "lmsds")]
        output = read(net, batch)
        fused, side = scale_type_losses(output, type_labels(batch, table))
        stages = [
            scale_regression(y, batch["diameter"], batch["known"], reach)
            for y, reach in zip(output.side_scale, RECEPTIVE_FIELDS, strict=True)
        ]
        scale = torch.stack(stages).sum(0).mean()
        total = fused + side + scale
        losses = {"loss": total, "fused_loss": fused, "side_loss": side, "scale_loss": scale}
        return total, figures(output, batch, losses, table)
