"""Recipe of the default skeleton network: skeleton, type and scale, with and without a click, and mask and flux."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from engine.crop.planes import network_input
from engine.nets.skeleton_output import SkeletonOutput
from engine.nets.skeletonnet import SkeletonNet
from engine.skeleton.scales import TABLES
from training.data.cache import PhotoCache
from training.data.records import ObjectRecord
from training.data.skeleton_samples import SkeletonSamplerSettings, SkeletonSamples
from training.losses.masks import dice_loss, mask_iou
from training.losses.skeleton import scale_error, soft_scores
from training.recipes.base import Batch, Recipe, Schedule

SET_WEIGHTS = {
    # The two diverse sets are small and the goal; single clean animals are plenty and clean.
    "coco_small": 0.3,
    "coco_mini": 0.12,
    "voc_animals/clean": 0.36,
    "voc_animals/cc": 0.05,
    "ccp/clean": 0.03,
    "human_seg_290": 0.03,
    "pets128": 0.05,
    "food_id": 0.01,
    "waste_bottles": 0.02,
    "firetruck": 0.005,
    "cartruck": 0.005,
    "mug": 0.01,
    "dogcat80": 0.01,
}


class SkeletonRecipe(Recipe):
    """Configuration of the default skeleton network's training."""

    name: Literal["skeleton"] = "skeleton"
    schedule: Schedule = Schedule(batch_size=16, learning_rate=1e-3)
    sampler: SkeletonSamplerSettings = SkeletonSamplerSettings(set_weights=SET_WEIGHTS, prompted=0.65)
    size: int = 128
    """Side of the crops in pixels."""
    width: float = 1.0
    """Distance in pixels from the true skeleton up to which a pixel has its type."""
    flux_reach: float = 7.0
    """Distance in pixels from the skeleton up to which flux is one; beyond it is zero (DeepFlux: 7)."""
    balance: float = 0.5
    """Exponent on the published class balance: 1 is the paper's, which makes thick answers, 0 none."""
    scale_weight: float = 0.5
    mask_weight: float = 0.5
    flux_weight: float = 0.5
    side_weight: float = 0.3
    iterative: float = 0.3
    """Share of samples with a click that the network first answers and then learns from again, its own mask given as
    the earlier one: masks made from the truth are better than what it will be given in use."""

    def build(self) -> nn.Module:
        """A SkeletonNet with random weights."""
        return SkeletonNet(**self.arguments)

    def samples(self, data: Sequence[ObjectRecord], cache: PhotoCache, seed: int) -> SkeletonSamples:
        """Crops of photos with the skeletons of the objects in them."""
        return SkeletonSamples(data, cache, self.sampler, seed, size=self.size)

    def loss(self, net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Skeleton and type, scale, mask, flux, and the skeleton once more at every side output."""
        image, valid, previous = batch["image"].float() / 255, batch["valid"].float(), batch["previous"].float() / 255
        previous = self._with_own_answers(net, image, valid, batch["click"], previous)
        output: SkeletonOutput = net(network_input(image, valid, batch["click"], previous=previous))
        known, near = batch["known"].float(), batch["near"]
        offset = batch["offset"].float()
        distance = offset.norm(dim=1, keepdim=True)
        present = near > 0
        on = (present & (distance <= self.width)).float()
        table = TABLES[self.arguments.get("table", "lmsds")]
        types = torch.where(on > 0, table.types(near).long(), 0)[:, 0]
        skeleton = self._skeleton_loss(output.types, types, known)
        scale = self._scale_loss(output, near, on * known)
        mask = self._mask_loss(output.extra["mask"].float(), batch["mask"], known)
        flux = self._flux_loss(output.extra["flux"].float(), offset, distance, present, known)
        side = torch.stack([self._skeleton_loss(s, (types > 0).long(), known) for s in output.side]).mean()
        total = (
            skeleton
            + self.scale_weight * scale
            + self.mask_weight * mask
            + self.flux_weight * flux
            + self.side_weight * side
        )
        with torch.no_grad():
            scores = soft_scores(output.probability(), (types > 0), known[:, 0] > 0)
            error = scale_error(output, batch["diameter"], batch["known"], table)
            iou = mask_iou(output.extra["mask"].float(), (batch["mask"] == 1).float(), known).mean()
        figures = {
            "loss": total.detach(),
            "skeleton": skeleton.detach(),
            "scale": scale.detach(),
            "flux": flux.detach(),
            "f": scores["f"],
            "precision": scores["precision"],
            "recall": scores["recall"],
            "scale_octaves": error,
            "mask_iou": iou,
        }
        return total, figures

    def _with_own_answers(
        self, net: nn.Module, image: Tensor, valid: Tensor, click: Tensor, previous: Tensor
    ) -> Tensor:
        """Earlier masks, some of them replaced by what the network answers to the same click without gradient."""
        chosen = (torch.rand(len(image)) < self.iterative).to(image.device) & (click[:, 0, 2] > 0)
        index = chosen.nonzero()[:, 0]
        if not len(index):
            return previous
        # Past DistributedDataParallel: its forward is a meeting of all ranks, and some may have nothing to answer.
        inner = net.module if isinstance(net, DistributedDataParallel) else net
        training = net.training
        net.eval()
        with torch.no_grad():
            output: SkeletonOutput = inner(network_input(image[index], valid[index], click[index]))
        net.train(training)
        previous = previous.clone()
        previous[index] = torch.sigmoid(output.extra["mask"].float())
        return previous

    def _skeleton_loss(self, logits: Tensor, types: Tensor, known: Tensor) -> Tensor:
        """Softened class balance over the batch, and Dice, which knows no balance, on the skeleton as a whole."""
        seen = known[:, 0]
        positive = (types > 0) * seen
        share = (positive.sum() / seen.sum().clamp_min(1)).clamp(1e-4, 0.5)
        weight = torch.where(types > 0, ((1 - share) / share) ** self.balance, torch.ones_like(share)) * seen
        logits = logits.float()
        entropy = F.cross_entropy(logits, types, reduction="none")
        # The logit of "any type" beside background is that of the sum of the types' probabilities.
        any_type = logits[:, 1:].logsumexp(1, keepdim=True) - logits[:, :1]
        dice = dice_loss(any_type, (types > 0).float()[:, None], known).mean()
        return (entropy * weight).sum() / weight.sum().clamp_min(1) + dice

    def _scale_loss(self, output: SkeletonOutput, near: Tensor, on: Tensor) -> Tensor:
        """Smooth absolute error of log2 of the diameter near the skeleton."""
        assert output.scale is not None  # noqa: S101 - SkeletonNet regresses
        error = F.smooth_l1_loss(output.scale.log2(), near.clamp_min(1).log2(), beta=0.2, reduction="none")
        return (error * on).sum() / on.sum().clamp_min(1)

    def _mask_loss(self, logits: Tensor, mask: Tensor, known: Tensor) -> Tensor:
        truth = (mask == 1).float()
        entropy = F.binary_cross_entropy_with_logits(logits, truth, reduction="none")
        return (entropy * known).sum() / known.sum().clamp_min(1) + dice_loss(logits, truth, known).mean()

    def _flux_loss(self, flux: Tensor, offset: Tensor, distance: Tensor, present: Tensor, known: Tensor) -> Tensor:
        """Squared error; inside and outside the reach weigh alike (DeepFlux's balance)."""
        inside = (present & (distance <= self.flux_reach)).float()
        truth = offset / distance.clamp_min(1e-3) * inside
        error = (flux - truth).square().sum(1, keepdim=True)
        near, far = inside * known, (1 - inside) * known
        return (error * near).sum() / near.sum().clamp_min(1) + (error * far).sum() / far.sum().clamp_min(1)
