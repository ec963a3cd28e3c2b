"""Scales and their types: which stage of a network is responsible for a skeleton point of a given diameter.

Scale is kept as the raw diameter of the inscribed circle in pixels of the network's input; types and regression targets
are derived from it and never stored. Source: Shen et al., FSDS (CVPR 2016) and LMSDS (TIP 2017), sections 3.1 and 3.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

RECEPTIVE_FIELDS = (14, 40, 92, 196)
"""r_i of VGG-16 stages 2 to 5 (conv2_2, conv3_3, conv4_3, conv5_3), pixels of the input."""


@dataclass(frozen=True, slots=True)
class ScaleTable:
    """Bounds of the scale types: type k is [bounds[k - 1], bounds[k]) pixels of diameter; outside is background."""

    bounds: tuple[float, ...]

    @property
    def count(self) -> int:
        """Number of types."""
        return len(self.bounds) - 1

    @property
    def centres(self) -> tuple[float, ...]:
        """Middle diameter of each type: the scale of a network that does not regress it."""
        return tuple((a + b) // 2 for a, b in zip(self.bounds, self.bounds[1:], strict=False))

    def types(self, diameter: Tensor) -> Tensor:
        """Type of each diameter (any shape, float): uint8, 0 where there is no skeleton or no type."""
        edges = torch.tensor(self.bounds, dtype=diameter.dtype, device=diameter.device)
        kind = torch.bucketize(diameter, edges, right=True)
        return torch.where(kind > self.count, 0, kind).to(torch.uint8)


TABLES: dict[str, ScaleTable] = {
    "fsds": ScaleTable((1, 10, 26, 60, 150)),
    "lmsds": ScaleTable((1, 12, 36, 80, 200)),
    "sk_large": ScaleTable((1, 10, 32, 80, 180)),
}
"""The three tables in circulation: released FSDS model (SK506), LMSDS, FSDS for SK-LARGE."""


def seen_by_stage(types: Tensor, stage: int) -> Tensor:
    """Labels at one stage: a type above its reach is background there (not ignored).

    Args:
        types: uint8, 0 background, 1 … K; 255 stays 255 (void).
        stage: 1 … K; stage k has types 1 … k (k = 1 is VGG's conv2).
    """
    return torch.where((types > stage) & (types != 255), 0, types)
