"""Recipe of FSDS: the scale types of every stage and of the fusion."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn

from engine.nets.fsds import FSDS
from engine.skeleton.scales import TABLES
from training.recipes.base import Batch
from training.recipes.side_outputs import SideOutputRecipe, figures, read, scale_type_losses, type_labels


class FSDSRecipe(SideOutputRecipe):
    """Configuration of FSDS's training."""

    name: Literal["fsds"] = "fsds"

    def network(self) -> FSDS:
        """An FSDS with random weights."""
        return FSDS(**self.arguments)

    def loss(self, net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Balanced softmax of the fusion and of every side output, against the types that its stage can see."""
        table = TABLES[self.arguments.get("table", "fsds")]
        output = read(net, batch)
        fused, side = scale_type_losses(output, type_labels(batch, table))
        total = fused + side
        return total, figures(output, batch, {"loss": total, "fused_loss": fused, "side_loss": side}, table)
