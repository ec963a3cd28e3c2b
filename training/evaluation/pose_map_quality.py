"""How close skeleton maps are to true ones: colours, and the bones that the colours stand for."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor

from engine.pose.joints import MPII_16
from engine.pose.maps import COLOURS

Figures = dict[str, Any]

BONES = tuple(f"{parent}-{child}" for parent, child in MPII_16.bones)
"""Names of the bones in the order of their colours."""

NOTHING = len(BONES)
"""Label of a pixel that no stick covers."""

SOLID = 0.5
"""A stick covers a pixel from this share of its colour on, as the renderer has it."""


def bones_of(maps: Tensor) -> Tensor:
    """Which bone each pixel shows.

    A stick's edge fades to black, so a pixel belongs to the bone from whose colour, made darker, it differs least.
    True maps give back the bones that they were drawn from, but for the faint edge of the head: its colour at half
    strength is the right forearm's.

    Args:
        maps: (..., 3, H, W) RGB in [0, 1], foreground or background.

    Returns:
        (..., H, W) int64 index of the bone, or NOTHING.
    """
    colours = torch.as_tensor(COLOURS / 255.0, dtype=maps.dtype, device=maps.device)
    least = torch.full_like(maps[..., 0, :, :], torch.inf)
    label = torch.full(least.shape, NOTHING, dtype=torch.int64, device=maps.device)
    for bone, colour in enumerate(colours):
        share = ((maps * colour[:, None, None]).sum(-3) / colour.square().sum()).clamp(0, 1)
        distance = (maps - share[..., None, :, :] * colour[:, None, None]).square().sum(-3)
        nearer = distance < least - 1e-6
        label = torch.where(nearer, torch.where(share >= SOLID, bone, NOTHING), label)
        least = torch.minimum(least, distance)
    return label


class MapQuality:
    """Adds up how far a network's maps are from true ones."""

    def __init__(self) -> None:
        self._pixels = self._stick_pixels = 0
        self._absolute = self._on_sticks = self._entropy = self._floor = 0.0
        self._both, self._either = torch.zeros(len(BONES)), torch.zeros(len(BONES))

    def add(self, predicted: Tensor, truth: Tensor) -> None:
        """Compare some maps.

        Args:
            predicted: (N, 6, H, W) probabilities of the network.
            truth: (N, 6, H, W) in [0, 1].
        """
        predicted, truth = predicted.float().cpu(), truth.float().cpu()
        off = (predicted - truth).abs()
        stick = torch.cat([half.amax(1, keepdim=True).expand_as(half) for half in truth.split(3, 1)], 1) > 0
        self._pixels += truth.numel()
        self._stick_pixels += int(stick.sum())
        self._absolute += float(off.sum())
        self._on_sticks += float(off[stick].sum())
        self._entropy += float(F.binary_cross_entropy(predicted, truth, reduction="sum"))
        self._floor += float(F.binary_cross_entropy(truth, truth, reduction="sum"))
        found, there = (bones_of(maps.unflatten(1, (2, 3))) for maps in (predicted, truth))
        for bone in range(len(BONES)):
            a, b = found == bone, there == bone
            self._both[bone] += (a & b).sum()
            self._either[bone] += (a | b).sum()

    def figures(self) -> Figures:
        """What was added up.

        Returns:
            `mae` of all values in [0, 1], `stick_mae` of those where a stick is; `cross_entropy` per value, and
            `cross_entropy_floor`, that of the truth with itself, below which it cannot be; `iou` over both maps, mean
            of `bones.BONE`.
        """
        bones = {
            name: round(float(both / either), 6)
            for name, both, either in zip(BONES, self._both, self._either, strict=True)
            if either
        }
        figures = {
            "mae": self._absolute / self._pixels,
            "stick_mae": self._on_sticks / max(self._stick_pixels, 1),
            "cross_entropy": self._entropy / self._pixels,
            "cross_entropy_floor": self._floor / self._pixels,
            "iou": sum(bones.values()) / max(len(bones), 1),
        }
        return {key: round(value, 6) for key, value in figures.items()} | {"bones": bones}
