"""Losses of the published pose networks: heat-maps, skeleton maps, poses.

The papers' frameworks divide by different numbers; here everything is a mean over what is known of a sample, and a
batch is averaged. For the skeleton maps, whose Caffe layer divides the sum over pixels by the batch alone, a learning
rate of the paper corresponds to that rate times the 3·56·56 values of a map.

Source: Newell et al. 2016 and its release (heat-maps); the skeleton-map paper, sections 3.2 and 3.3 (maps, poses).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor

MM_PER_METRE = 1000.0


def gaussian_targets(xy: Tensor, present: Tensor, size: int, sigma: float = 1.0) -> Tensor:
    """A Gaussian of height 1 around every joint, cut to three sigma (7 x 7 pixels for one) around the joint's pixel.

    The release puts the peak on the middle of that pixel; here it is where the joint is, so that the larger neighbour
    tells the decoder which way the joint lies.

    Args:
        xy: (B, J, 2) joints in pixels of the map; the middle of pixel i is i + 0.5. A joint just outside shows the part
            of its Gaussian that is inside.
        present: (B, J) bool; the map of an absent joint is 0.
        size: Side S of the maps.
        sigma: In pixels of the map.

    Returns:
        (B, J, S, S) float32 in [0, 1].
    """
    present = present.bool() & torch.isfinite(xy).all(-1)
    xy = torch.where(present[..., None], xy.float(), 0.0)
    index = torch.arange(size, device=xy.device, dtype=torch.float32)
    reach = round(3 * sigma)
    near = (index - xy.floor()[..., None]).abs() <= reach
    falls = torch.exp(-(index + 0.5 - xy[..., None]).square() / (2 * sigma**2)) * near * present[..., None, None]
    return falls[..., 1, :, None] * falls[..., 0, None, :]


def heat_loss(outputs: Sequence[Tensor], targets: Tensor, present: Tensor) -> Tensor:
    """Mean squared error of the heat-maps of every stack, weight 1 each.

    The release also asks for empty maps of joints that nobody annotated; here they are left out.

    Args:
        outputs: (B, J, S, S) of each stack.
        targets: (B, J, S, S), of `gaussian_targets`.
        present: (B, J) bool: joints that are known. One known to be outside the window is present; its map is empty.

    Returns:
        (B,) float32: per stack the mean over the maps of known joints, summed over stacks; 0 without a known joint.
    """
    known = present.to(targets.dtype)
    error = torch.stack([(heat.float() - targets).square().mean((2, 3)) for heat in outputs]).sum(0)
    return (error * known).sum(1) / known.sum(1).clamp(min=1)


def map_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Sigmoid cross-entropy of every value of a map: colours are regressed, not classified.

    Args:
        logits: (B, 6, s, s).
        targets: (B, 6, S, S) in [0, 1], S a multiple of s or the same; averaged over the pixels of a smaller answer.

    Returns:
        (B,) float32 mean over channels and pixels. Its minimum is the entropy of the colours, not 0.
    """
    if targets.shape[-2:] != logits.shape[-2:]:
        targets = F.adaptive_avg_pool2d(targets, (logits.shape[-2], logits.shape[-1]))
    return F.binary_cross_entropy_with_logits(logits.float(), targets, reduction="none").mean((1, 2, 3))


def pose_loss(pose: Tensor, truth: Tensor, weight: Tensor) -> Tensor:
    """Half the squared Euclidean distance in metres, summed over joints (Caffe's Euclidean loss).

    Args:
        pose, truth: (B, J, 3) mm, both relative to the root. What `truth` holds where the weight is 0 does not matter.
        weight: (B, J) of each joint: 0 where the truth is unknown, 1 where it can be trusted.

    Returns:
        (B,) float32 in square metres.
    """
    difference = torch.where(weight[..., None] > 0, pose.float() - truth, 0.0) / MM_PER_METRE
    return 0.5 * (difference.square().sum(-1) * weight).sum(1)
