"""The skeleton-map paper's own line in use: for every stick width a network that draws maps and one that reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from engine.device import Device
from engine.nets.pose_resnet import PoseRegression
from engine.nets.skeleton_map import SkeletonMapOutput
from engine.pose.hypotheses import Detection, Look, Origin, PoseReading
from engine.pose.maps import CROPS
from engine.pose.network import JointDetector, checked, pictures
from engine.pose.reading import Batched

EXPECTED = 100.0
"""Millimetres that every joint is expected to be off: the published regressor does not say how sure it is."""


@dataclass(frozen=True)
class Pair:
    """Both networks of one stick width, in eval mode and on the device."""

    width: float
    draws: nn.Module
    reads: nn.Module


class Published(Batched):
    """The published networks.

    Args:
        detector: Sees the joints in the picture.
        pairs: One for each stick width.
        device: Where the pairs run and in which precision.
        size: Side of the pictures that they are shown.
        crops: Factors on the person's window.
    """

    def __init__(
        self,
        detector: JointDetector,
        pairs: Sequence[Pair],
        device: Device,
        size: int,
        crops: Sequence[float] = CROPS,
    ) -> None:
        super().__init__(detector)
        self.pairs, self.device, self.size, self.crops = tuple(pairs), device, size, tuple(crops)

    @torch.inference_mode()
    def _read(self, looks: Sequence[Look], seen: Detection, *, keep_maps: bool) -> PoseReading:
        poses, maps = [], []
        for crop in self.crops:
            x = pictures(looks, self.size, self.device, crop)
            for pair in self.pairs:
                drawn, pose = self._hypothesis(pair, x)
                poses.append(checked(pose))
                maps.append((drawn * 255).round().to(torch.uint8).cpu().numpy())
        stacked = np.stack(poses, 1)
        origins = tuple(Origin(pair.width, crop) for crop in self.crops for pair in self.pairs)
        sigma = np.full(stacked.shape[:3], EXPECTED)
        return PoseReading(seen, stacked, sigma, origins, np.stack(maps, 1) if keep_maps else None)

    def _hypothesis(self, pair: Pair, x: Tensor) -> tuple[Tensor, Tensor]:
        """Maps (N, 6, s, s) in [0, 1] and poses (N, 16, 3) mm."""
        with self.device.autocast():
            drawn: SkeletonMapOutput = pair.draws(x)
            maps = torch.sigmoid(drawn.maps.float())
            told: PoseRegression = pair.reads(maps.contiguous(memory_format=self.device.memory_format))
        return maps, told.pose.float()
