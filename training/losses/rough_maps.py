"""Skeleton maps made as imperfect as a network's: faint in places, blurred, noisy."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor
from torchvision.transforms.v2.functional import gaussian_blur


def rough_maps(maps: Tensor, share: float) -> Tensor:
    """Spoil a share of a batch; randomness comes from torch's global generator.

    Args:
        maps: (B, 6, S, S) in [0, 1].
        share: How many of the batch, 0 to 1.

    Returns:
        (B, 6, S, S) in [0, 1]; the others are unchanged.
    """
    count = round(share * len(maps))
    if not count:
        return maps
    part = maps[:count]
    # The same patch is often faint in both maps: it is where the network was unsure.
    low = 0.15 + 1.25 * torch.rand(count, 1, 5, 5, device=maps.device)
    gain = F.interpolate(low, size=maps.shape[-2:], mode="bicubic", align_corners=False).clamp(0, 1)
    sigma = float(0.2 + 1.2 * torch.rand(()))
    part = gaussian_blur(part * gain, kernel_size=[7, 7], sigma=[sigma, sigma])
    noise = 0.06 * torch.rand(count, 1, 1, 1, device=maps.device) * torch.randn_like(part)
    return torch.cat([(part + noise).clamp(0, 1), maps[count:]])
