"""Where a heat-map says that a joint is (Newell et al. 2016: the peak, moved a quarter pixel towards its neighbour)."""

from __future__ import annotations

import torch
from torch import Tensor

QUARTER = 0.25


def decode(heat: Tensor) -> tuple[Tensor, Tensor]:
    """Peaks of heat-maps.

    Args:
        heat: (B, J, H, W) float, values in [0, 1] where they are right.

    Returns:
        (B, J, 2) xy in pixels of the map (the centre of pixel i is i + 0.5), and (B, J) the values there, in [0, 1].
    """
    b, j, h, w = heat.shape
    flat = heat.detach().float().reshape(b * j, h * w)
    value, index = flat.max(1)
    x, y = index % w, index // w
    rows = torch.arange(b * j, device=heat.device)

    def lean(step: int, position: Tensor, limit: int) -> Tensor:
        inside = (position > 0) & (position < limit - 1)
        last = h * w - 1
        after, before = flat[rows, (index + step).clamp(0, last)], flat[rows, (index - step).clamp(0, last)]
        return torch.where(inside, torch.sign(after - before) * QUARTER, 0.0)

    xy = torch.stack([x + 0.5 + lean(1, x, w), y + 0.5 + lean(w, y, h)], 1)
    return xy.reshape(b, j, 2), value.clamp(0, 1).reshape(b, j)
