"""Losses of the published skeleton networks: class-balanced, pooled over the scale types, and masked regression.

The papers sum over the pixels of one photo. Here the sum is divided by the photo's known pixels, and a batch is
averaged: a learning rate of the papers corresponds to that rate times the number of pixels. The regression is divided
by the same number, not by that of skeleton pixels, which keeps the published balance between scale and skeleton.

Source: Xie & Tu 2015 (balance); Shen et al. 2016 and 2017, sections 3.1 and 3.2, with the constants of the released
layers.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor

from engine.nets.skeleton_output import SkeletonOutput
from engine.skeleton.scales import ScaleTable
from training.data.records import VOID


def balanced_softmax(logits: Tensor, types: Tensor) -> Tensor:
    """Cross-entropy in which all types together weigh as much as background.

    With n+ pixels of any type and n- of background in a photo, a pixel of a type weighs n- / (n+ + n-) and one of
    background n+ / (n+ + n-). There is no balance among the types, as released. For two classes this is HED's loss.

    Args:
        logits: (B, K + 1, H, W), background first.
        types: (B, H, W) uint8 in 0 … K, 255 void.

    Returns:
        (B,) float32, weighted sum over known pixels divided by their number; 0 when a photo has no skeleton, nothing
        else, or nothing known.
    """
    known = types != VOID
    truth = torch.where(known, types, 0).long()
    positive = (truth > 0) & known
    pixels = known.sum((1, 2)).clamp(min=1)
    share = (positive.sum((1, 2)) / pixels)[:, None, None]
    weight = torch.where(positive, 1 - share, share) * known
    entropy = F.cross_entropy(logits.float(), truth, reduction="none")
    return (entropy * weight).sum((1, 2)) / pixels


def scale_regression(y: Tensor, diameter: Tensor, known: Tensor, reach: float) -> Tensor:
    """Half the squared error of the normalised scale on the skeleton that a stage can see, 0 < d < r.

    Args:
        y: (B, 1, H, W) prediction of 2 d / r - 1.
        diameter: (B, 1, H, W) float32 pixels on the skeleton, 0 elsewhere.
        known: (B, 1, H, W), 0 on void pixels.
        reach: r, receptive field of the stage in pixels.

    Returns:
        (B,) float32, sum divided by the number of known pixels; 0 when there is no such pixel.
    """
    seen = (diameter > 0) & (diameter < reach) & (known > 0)
    error = y.float() - (2 * diameter / reach - 1)
    return 0.5 * (error.square() * seen).sum((1, 2, 3)) / (known > 0).sum((1, 2, 3)).clamp(min=1)


@torch.no_grad()
def soft_scores(probability: Tensor, skeleton: Tensor, known: Tensor) -> dict[str, Tensor]:
    """Precision, recall and F of probabilities against the skeleton pixel by pixel, without any tolerance.

    Far below the F-measure of an evaluation, which suppresses and matches; for watching a training.

    Args:
        probability: (B, H, W) in [0, 1].
        skeleton, known: (B, H, W) bool.

    Returns:
        Scalars `precision`, `recall` and `f`, pooled over the batch.
    """
    p = probability * known
    t = skeleton & known
    hit = (p * t).sum()
    precision, recall = hit / p.sum().clamp_min(1e-6), hit / t.sum().clamp_min(1)
    return {
        "precision": precision,
        "recall": recall,
        "f": 2 * precision * recall / (precision + recall).clamp_min(1e-6),
    }


@torch.no_grad()
def scale_error(output: SkeletonOutput, diameter: Tensor, known: Tensor, table: ScaleTable) -> Tensor:
    """Mean absolute error of the diameter on the skeleton in octaves, so that half and double are errors of one.

    Args:
        output: A network without regression is taken at the middle of its likeliest type.
        diameter: (B, 1, H, W) float32 pixels, 0 off the skeleton.
        known: (B, 1, H, W), 0 on void pixels.
        table: Types of the network.

    Returns:
        Scalar; 0 when there is no skeleton.
    """
    scale = output.scale
    if scale is None:
        centres = torch.tensor(table.centres, device=diameter.device, dtype=torch.float32)
        scale = centres[output.types[:, 1:].argmax(1, keepdim=True)]
    on = (diameter > 0) & (known > 0)
    octaves = (scale.float().clamp_min(1) / diameter.clamp_min(1)).log2().abs()
    return (octaves * on).sum() / on.sum().clamp(min=1)
