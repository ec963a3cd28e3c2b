"""What the recipes of the pose networks make of a batch of training.data.pose_samples."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.crop.planes import normalised
from engine.pose.heatmaps import decode
from engine.pose.joints import MPII_16
from engine.pose.maps import WIDTHS, render_maps
from training.recipes.base import Batch

TORSO = (MPII_16.index("l_shoulder"), MPII_16.index("r_hip"))
ROOT = MPII_16.index(MPII_16.root)


def pictures(batch: Batch) -> Tensor:
    """(B, 3, S, S) normalised RGB."""
    return normalised(batch["image"].float() / 255)


def true_maps(batch: Batch, widths: list[int], size: int, side: int) -> Tensor:
    """Skeleton maps of a batch, drawn from its joints.

    Args:
        batch: Of PoseSamples.
        widths: Indices into WIDTHS.
        size: Side of the maps.
        side: Side in pixels of the square that `xy` is in.

    Returns:
        (B, len(widths), 6, size, size) in [0, 1].
    """
    xy = batch["xy"] * (size / side)
    present = batch["visibility"] > 0
    return torch.stack(
        [render_maps(xy, batch["depth"], WIDTHS[i], size, present=present, perspective=True) for i in widths], 1
    )


def pose_loss(pose: Tensor, log_sigma: Tensor, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
    """Distance of joints and of bones in decimetres, and the likelihood of the distances under a Laplace spread.

    Bones count beside joints as in compositional regression (Sun et al. 2017). The spread learns from the distances
    without moving the pose.

    Args:
        pose: (B, 16, 3) mm relative to the thorax.
        log_sigma: (B, 16) log mm.
        batch: Of PoseSamples; repeated if the poses are several for each sample.
    """
    repeat = len(pose) // len(batch["pose"])
    truth, trust = batch["pose"].repeat(repeat, 1, 1), batch["trust"].repeat(repeat, 1)
    # The root is where it is by definition: it has no error, and a spread without error would shrink for ever.
    moving = torch.arange(pose.shape[1], device=pose.device) != ROOT
    judged = trust * moving
    total = judged.sum().clamp_min(1)
    distance = (pose - truth).norm(dim=-1)
    ends = torch.as_tensor(MPII_16.ends, device=pose.device)
    bone = (pose - truth)[:, ends[:, 1]] - (pose - truth)[:, ends[:, 0]]
    sure = torch.minimum(trust[:, ends[:, 0]], trust[:, ends[:, 1]])
    joints = (distance * judged).sum() / total
    bones = (bone.norm(dim=-1) * sure).sum() / sure.sum().clamp_min(1)
    spread = ((log_sigma + distance.detach() / log_sigma.exp()) * judged).sum() / total
    certain = (trust == 1).float()
    error = (distance * certain).sum() / certain.sum().clamp_min(1)
    return (joints + bones) / 100 + 0.1 * spread, {"mpjpe": error.detach(), "bones": bones.detach()}


@torch.no_grad()
def pck(heat: Tensor, batch: Batch) -> Tensor:
    """PCK@0.2 of a batch: share of known joints within a fifth of the torso."""
    scale = batch["image"].shape[-1] / heat.shape[-1]
    xy, _ = decode(heat)
    known = batch["visibility"] > 0
    measured = known[:, TORSO].all(1)
    torso = (batch["xy"][:, TORSO[0]] - batch["xy"][:, TORSO[1]]).norm(dim=-1)
    right = (xy * scale - batch["xy"]).norm(dim=-1) < 0.2 * torso[:, None]
    counted = known & measured[:, None]
    share: Tensor = (right & counted).sum() / counted.sum().clamp_min(1)
    return share
