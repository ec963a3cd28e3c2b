"""Recipe of HED on skeletons: five balanced side outputs and their fusion, without scales."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from engine.nets.hed import HED
from training.losses.skeleton import balanced_softmax
from training.recipes.base import Batch
from training.recipes.side_outputs import SideOutputRecipe, figures, read, skeleton_labels


class HEDRecipe(SideOutputRecipe):
    """Configuration of HED's training."""

    name: Literal["hed"] = "hed"

    def network(self) -> HED:
        """A HED with random weights."""
        return HED(**self.arguments)

    def loss(self, net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Balanced cross-entropy of the fusion and of every side output; all of them learn the whole skeleton."""
        output, labels = read(net, batch), skeleton_labels(batch)
        fused = balanced_softmax(output.types, labels).mean()
        side = torch.stack([balanced_softmax(logits, labels) for logits in output.side]).sum(0).mean()
        total = fused + side
        return total, figures(output, batch, {"loss": total, "fused_loss": fused, "side_loss": side})
