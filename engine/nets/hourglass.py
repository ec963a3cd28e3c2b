"""Stacked Hourglass, the published 2D joint detector (Newell et al. 2016), at any number of stacks and channels.

Topology of the authors' release: a stem to a quarter of the size, then hourglasses in a row. Each goes down four levels
and comes back, adding at every level a branch that stayed there; each answers with heat-maps, and the next reads what
the last one read plus its features and its answer. Sizes that do not halve evenly are rounded up on the way down and
cut on the way back, so that any multiple of 4 will do; for the published 256 pixels nothing is different.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor, nn

LEVELS = 4
PUBLISHED = {"stacks": 8, "channels": 256}
"""Arguments of the published form: 25.4 million parameters."""


class HourglassOutput(NamedTuple):
    """What a Stacked Hourglass says of a picture.

    Attributes:
        heat: One (B, joints, H/4, W/4) for every stack, the last one the answer. Values, not logits: 1 where the joint
            is, 0 elsewhere, as regressed.
    """

    heat: tuple[Tensor, ...]


class PreActResidual(nn.Module):
    """Bottleneck residual with batch norm and ReLU before each convolution; inside it is half as wide as its output."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        half = out // 2
        self.branch = nn.Sequential(
            *(nn.BatchNorm2d(channels), nn.ReLU(inplace=True), nn.Conv2d(channels, half, 1)),
            *(nn.BatchNorm2d(half), nn.ReLU(inplace=True), nn.Conv2d(half, half, 3, padding=1)),
            *(nn.BatchNorm2d(half), nn.ReLU(inplace=True), nn.Conv2d(half, out, 1)),
        )
        self.skip = nn.Identity() if channels == out else nn.Conv2d(channels, out, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, H, W) -> (B, out, H, W)."""
        branch, skip = self.branch(x), self.skip(x)
        return torch.add(branch, skip)


class HourglassModule(nn.Module):
    """One hourglass: down `levels` times and back, with one residual at every place."""

    def __init__(self, levels: int, channels: int) -> None:
        super().__init__()
        self.stay = PreActResidual(channels, channels)
        self.down = PreActResidual(channels, channels)
        self.inner = PreActResidual(channels, channels) if levels == 1 else HourglassModule(levels - 1, channels)
        self.back = PreActResidual(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, H, W) -> the same shape; any H and W."""
        low = self.back(self.inner(self.down(F.max_pool2d(x, 2, ceil_mode=True))))
        stayed: Tensor = self.stay(x)
        return stayed + F.interpolate(low, size=x.shape[-2:], mode="nearest")


class Hourglass(nn.Module):
    """The detector. The defaults are a compact form; `PUBLISHED` gives the original.

    Args:
        stacks: Number of hourglasses, 1 to 8.
        channels: Of every hourglass; a multiple of 8. The stem has a quarter and a half of them.
        joints: Number of heat-maps.

    Raises:
        ValueError: The numbers cannot be.
    """

    def __init__(self, stacks: int = 2, channels: int = 96, joints: int = 16) -> None:
        super().__init__()
        if not 1 <= stacks <= 8:
            raise ValueError(f"stacks must lie in 1 to 8, not {stacks}")
        if channels < 8 or channels % 8:
            raise ValueError(f"channels must be a multiple of 8, not {channels}")
        quarter, half = channels // 4, channels // 2
        self.stem = nn.Sequential(
            *(nn.Conv2d(3, quarter, 7, stride=2, padding=3), nn.BatchNorm2d(quarter), nn.ReLU(inplace=True)),
            *(PreActResidual(quarter, half), nn.MaxPool2d(2)),
            *(PreActResidual(half, half), PreActResidual(half, channels)),
        )
        self.hourglasses = nn.ModuleList(HourglassModule(LEVELS, channels) for _ in range(stacks))
        self.features = nn.ModuleList(_features(channels) for _ in range(stacks))
        self.heat = nn.ModuleList(nn.Conv2d(channels, joints, 1) for _ in range(stacks))
        self.features_back = nn.ModuleList(nn.Conv2d(channels, channels, 1) for _ in range(stacks - 1))
        self.heat_back = nn.ModuleList(nn.Conv2d(joints, channels, 1) for _ in range(stacks - 1))

    def forward(self, x: Tensor) -> HourglassOutput:
        """A person's window to heat-maps.

        Args:
            x: (B, 3, H, W) float, normalised RGB; H and W multiples of 4.

        Returns:
            Heat-maps of every stack at a quarter of the size.
        """
        x = self.stem(x)
        answers: list[Tensor] = []
        for i, (hourglass, features, heat) in enumerate(zip(self.hourglasses, self.features, self.heat, strict=True)):
            seen = features(hourglass(x))
            answers.append(heat(seen))
            if i < len(self.features_back):
                x = x + self.features_back[i](seen) + self.heat_back[i](answers[-1])
        return HourglassOutput(tuple(answers))


def _features(channels: int) -> nn.Sequential:
    return nn.Sequential(
        *(PreActResidual(channels, channels), nn.Conv2d(channels, channels, 1)),
        *(nn.BatchNorm2d(channels), nn.ReLU(inplace=True)),
    )
