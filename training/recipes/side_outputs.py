"""What the recipes of the published skeleton networks share: data, schedule, and the figures of a batch.

Against the published recipes: AdamW with a cosine schedule and one learning rate in place of SGD whose rates differ by
layer (100 for conv5, 1 for the other convolutions, .05 for fusion, .01 for side outputs). Those factors make up for
sums over some 10^5 pixels that the side layers see with large gradients, and for ImageNet weights that are to be kept;
from scratch nothing is to be kept, and AdamW divides the size of a gradient out. All networks share every setting, so
that their figures compare the networks.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.crop.planes import normalised
from engine.nets.fsds import FSDS
from engine.nets.hed import HED
from engine.nets.skeleton_output import SkeletonOutput
from engine.skeleton.scales import ScaleTable, seen_by_stage
from training.data.cache import PhotoCache
from training.data.records import VOID, ObjectRecord
from training.data.skeleton_samples import SkeletonSamplerSettings, SkeletonSamples
from training.losses.skeleton import balanced_softmax, scale_error, soft_scores
from training.recipes.base import Batch, Recipe, Schedule
from training.recipes.skeleton import SET_WEIGHTS


class SideOutputRecipe(Recipe):
    """Configuration of a network with side outputs; weight 1 for each of them and for the fusion, as published."""

    schedule: Schedule = Schedule(batch_size=16)
    sampler: SkeletonSamplerSettings = SkeletonSamplerSettings(set_weights=SET_WEIGHTS)
    size: int = 128
    """Side of the crops in pixels."""
    vgg: Path | None = None
    """A published VGG-16 (torchvision's names) to start the trunk from, as the papers do; `arguments` must give its
    width, 1.0, and whether it has batch norm. None starts from scratch."""

    def build(self) -> nn.Module:
        """The network, its trunk with published weights if they are given.

        Raises:
            WeightsError: `vgg` cannot be read or does not fit.
        """
        net = self.network()
        if self.vgg is not None:
            net.trunk.load_vgg(self.vgg)
        return net

    @abstractmethod
    def network(self) -> HED | FSDS:
        """A network with random weights."""

    def samples(self, data: Sequence[ObjectRecord], cache: PhotoCache, seed: int) -> SkeletonSamples:
        """Crops with the skeletons of their objects."""
        return SkeletonSamples(data, cache, self.sampler, seed, size=self.size)


def read(net: nn.Module, batch: Batch) -> SkeletonOutput:
    """What the network says of the pictures of a batch."""
    output: SkeletonOutput = net(normalised(batch["image"].float() / 255))
    return output


def skeleton_labels(batch: Batch) -> Tensor:
    """(B, S, S) uint8: 1 on the skeleton, 0 beside it, 255 void."""
    return _labels((batch["diameter"] > 0).byte(), batch["known"])


def type_labels(batch: Batch, table: ScaleTable) -> Tensor:
    """(B, S, S) uint8: scale type 1 … K, 0 background (diameters outside the table too, as published), 255 void."""
    return _labels(table.types(batch["diameter"]), batch["known"])


def _labels(kinds: Tensor, known: Tensor) -> Tensor:
    return kinds.masked_fill(known == 0, VOID)[:, 0]


def scale_type_losses(output: SkeletonOutput, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Loss of the fusion, and the sum of those of the side outputs, each against what its stage can see."""
    stages = [balanced_softmax(logits, seen_by_stage(labels, k)) for k, logits in enumerate(output.side, 1)]
    return balanced_softmax(output.types, labels).mean(), torch.stack(stages).sum(0).mean()


def figures(
    output: SkeletonOutput, batch: Batch, losses: dict[str, Tensor], table: ScaleTable | None = None
) -> dict[str, Tensor]:
    """Losses by name, precision, recall and F pixel by pixel, and the error of the scale in octaves if there is one."""
    known, diameter = batch["known"], batch["diameter"]
    named = {name: loss.detach() for name, loss in losses.items()}
    named |= soft_scores(output.probability().detach(), diameter[:, 0] > 0, known[:, 0] > 0)
    if table is not None:
        named["scale_octaves"] = scale_error(output, diameter, known, table)
    return named
