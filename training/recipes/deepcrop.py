"""Recipe of the default network: interactive segmentation of whole photos, with several candidates for one click."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from engine.crop.planes import network_input
from engine.crop.simulate import corrective_click
from engine.nets.clicknet import ClickNet, ClickOutput
from training.data.cache import PhotoCache
from training.data.click_samples import ClickSamples, SamplerSettings
from training.data.records import ObjectRecord
from training.losses.masks import dice_loss, mask_iou, normalized_focal_loss
from training.recipes.base import Batch, Recipe

SET_WEIGHTS = {
    # The two diverse sets are small and the goal; single clean animals are plenty and clean.
    "coco_small": 0.28,
    "coco_mini": 0.12,
    "voc_animals/clean": 0.32,
    "voc_animals/cc": 0.06,
    "ccp/clean": 0.02,
    "ccp/part": 0.03,
    "human_seg_290": 0.03,
    "pets128": 0.02,
    "food_id": 0.02,
    "food_in": 0.01,
    "waste_bottles": 0.01,
    "firetruck": 0.005,
    "cartruck": 0.005,
    "mug": 0.005,
    "dogcat80": 0.005,
    "facade/poly": 0.01,
    "facade/coarse": 0.005,
    "facade/holes": 0.005,
    "bsds": 0.03,
}


class DeepCropRecipe(Recipe):
    """Configuration of the default network's training."""

    name: Literal["deepcrop"] = "deepcrop"
    sampler: SamplerSettings = SamplerSettings(set_weights=SET_WEIGHTS)
    size: int = 128
    """Side of the crops in pixels."""
    iterative: float = 0.3
    """Share of samples that the network first answers, is corrected on by a click, and learns from the second answer.
    Spread over every batch, so that batch statistics in training are those in use."""
    gamma: float = 0.0
    """Focusing exponent of the mask loss; 0 is plain cross-entropy, which learns faster while extents are ambiguous."""
    side_weight: float = 0.3
    iou_weight: float = 0.8
    other_heads: float = 0.7
    """Weight of the best candidate's loss beside that of the expected mask."""

    def build(self) -> nn.Module:
        """A ClickNet with random weights."""
        return ClickNet(**self.arguments)

    def samples(self, data: Sequence[ObjectRecord], cache: PhotoCache, seed: int) -> ClickSamples:
        """Whole photos, click-centred crops and zooms, mixed."""
        return ClickSamples(data, cache, self.sampler, seed, size=self.size)

    def loss(self, net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Focal and Dice on every depth, the best candidate's loss once more, and the error of the predicted IoU."""
        image = batch["image"].float() / 255
        valid = batch["valid"].float()
        previous = batch["previous"].float() / 255
        target, clicks, box = batch["target"], batch["clicks"], batch["box"]
        chosen = torch.rand(len(target)) < self.iterative
        if chosen.any():
            clicks, previous = self._correct(net, image, valid, target, clicks, box, previous, chosen)
        output: ClickOutput = net(network_input(image, valid, _trim(clicks), box, previous))
        return self._total(output, target, clicks, batch["hidden"])

    def _correct(
        self,
        net: nn.Module,
        image: Tensor,
        valid: Tensor,
        target: Tensor,
        clicks: Tensor,
        box: Tensor,
        previous: Tensor,
        chosen: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Answer the chosen samples without gradient and add a corrective click to each (RITM's iterative training)."""
        rng = np.random.default_rng(int(torch.randint(2**31, ()).item()))
        index = chosen.nonzero()[:, 0].to(image.device)
        # Past DistributedDataParallel: its forward is a meeting of all ranks, and some may have nothing to correct.
        inner = net.module if isinstance(net, DistributedDataParallel) else net
        training = net.training
        net.eval()
        with torch.no_grad():
            x = network_input(image[index], valid[index], _trim(clicks[index]), box[index], previous[index])
            output: ClickOutput = inner(x)
        net.train(training)
        best = output.iou.argmax(1)
        answer = torch.sigmoid(output.masks.float()[torch.arange(len(best)), best])[:, None]
        previous = previous.clone()
        previous[index] = answer
        masks = (answer[:, 0] > 0.5).cpu().numpy()
        truth = target[index, 0].cpu().numpy()
        added = torch.zeros(len(target), 1, 3)
        for mask, wanted, sample in zip(masks, truth, index.tolist(), strict=True):
            click = corrective_click(mask, wanted, rng)
            if click is not None:
                added[sample, 0] = torch.tensor([click.x, click.y, 1.0 if click.positive else -1.0])
        return torch.cat([clicks, added.to(clicks.device)], 1), previous

    def _total(
        self, output: ClickOutput, target: Tensor, clicks: Tensor, hidden: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        truth = (target == 1).float()
        known = (target != 255).float()
        masks = output.masks.float()
        each = normalized_focal_loss(masks, truth, known, gamma=self.gamma) + dice_loss(masks, truth, known)
        expected = each[:, 0].mean()
        # After three clicks there is nothing ambiguous left: every candidate must agree.
        few = (clicks[..., 2] != 0).sum(1) < 3
        candidate = torch.where(few, 0.9 * each.amin(1) + 0.1 * each.mean(1), each.mean(1)).mean()
        side = masks.new_zeros(())
        for logits in output.side:
            grid = (logits.shape[-2], logits.shape[-1])
            small_known = F.adaptive_avg_pool2d(known, grid)
            small = F.adaptive_avg_pool2d(truth * known, grid) / small_known.clamp_min(1e-3)
            certain = (small_known > 0.5).float()
            logits32 = logits.float()
            focal = normalized_focal_loss(logits32, small, certain, gamma=self.gamma)
            side = side + (focal + dice_loss(logits32, small, certain)).mean()
        with torch.no_grad():
            iou = mask_iou(masks, truth, known, hidden)
        score = F.binary_cross_entropy_with_logits(output.iou, iou)
        total = expected + self.other_heads * candidate + self.side_weight * side + self.iou_weight * score
        chosen = iou.gather(1, output.iou.argmax(1, keepdim=True)).mean()
        figures = {
            "loss": total.detach(),
            "iou_expected": iou[:, 0].mean(),
            "iou_chosen": chosen,
            "iou_best": iou.amax(1).mean(),
            "score_error": (torch.sigmoid(output.iou.detach()) - iou).abs().mean(),
        }
        return total, figures


def _trim(clicks: Tensor) -> Tensor:
    """Drop click columns that no sample uses: every column costs a pass over the picture."""
    used = (clicks[..., 2] != 0).any(0)
    used[0] = True
    return clicks[:, used]
