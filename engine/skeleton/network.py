"""A skeleton network behind one small function: picture in, maps out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.crop.planes import MEAN, STD
from engine.crop.prompts import Click
from engine.device import Device
from engine.errors import WeightsError
from engine.nets.skeleton_output import SkeletonOutput
from engine.skeleton.reading import Reading
from engine.weights import load_net

F32 = npt.NDArray[np.float32]
U8 = npt.NDArray[np.uint8]

MULTI_SCALE = (0.5, 1.0, 2.0)
"""Factors on the size of the picture in the papers' multi-scale test."""
LEAST_SIDE = 32
"""The network sees at least this many pixels of each side."""


def network_input(image: Tensor) -> Tensor:
    """Normalise RGB in [0, 1]: (B, 3, H, W) float -> the same shape."""
    mean = torch.tensor(MEAN, dtype=image.dtype, device=image.device).view(1, 3, 1, 1)
    std = torch.tensor(STD, dtype=image.dtype, device=image.device).view(1, 3, 1, 1)
    return (image - mean) / std


class SkeletonNetwork:
    """A SkeletonMethod.

    Args:
        name: Name of the weights.
        device: Where it runs and in which precision.
        sizes: Least and greatest longer side in pixels at which a picture is shown to the network; a picture in
            between is shown as it is.
        folder: Search the weights only here.

    Raises:
        WeightsError: The weights are missing or damaged.
    """

    def __init__(
        self,
        name: str,
        device: Device,
        *,
        sizes: tuple[int, int],
        folder: Path | None = None,
    ) -> None:
        self.net = load_net(name, device, folder=folder)
        self.device = device
        self.sizes = sizes

    def read(self, rgb: U8, clicks: Sequence[Click] = (), *, multi_scale: bool = False) -> Reading:
        """Read a picture; clicks are not looked at. With `multi_scale` the maps of three sizes are averaged.

        Raises:
            WeightsError: The network answered with something that is not a number.
        """
        height, width = rgb.shape[:2]
        size = min(max(height, width, self.sizes[0]), self.sizes[1])
        readings = [self._at(rgb, size * scale) for scale in (MULTI_SCALE if multi_scale else (1.0,))]
        if len(readings) == 1:
            types, diameter, sides = readings[0]
        else:
            types, sides = (np.mean([r[i] for r in readings], axis=0) for i in (0, 2))
            # A scale that sees no skeleton knows no diameter: each counts by its probability.
            weights = np.stack([1 - r[0][0] for r in readings]) + 1e-6
            diameter = (np.stack([r[1] for r in readings]) * weights).sum(0) / weights.sum(0)
        kinds = types[1:]
        kind = kinds.argmax(0).astype(np.uint8) + 1 if len(kinds) > 1 else np.zeros((height, width), np.uint8)
        probability = np.clip(1 - types[0], 0, 1)
        return Reading(
            np.ascontiguousarray(probability, np.float32), np.ascontiguousarray(diameter, np.float32), kind,
            np.ascontiguousarray(sides, np.float32),
        )  # fmt: skip

    def _at(self, rgb: U8, longer: float) -> tuple[F32, F32, F32]:
        """Types (K + 1, H, W), diameter (H, W) and sides (S, H, W), computed at one size, given at that of `rgb`."""
        height, width = rgb.shape[:2]
        factor = longer / max(height, width)
        size = (max(LEAST_SIDE, round(width * factor)), max(LEAST_SIDE, round(height * factor)))
        seen = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
        output = self._forward(np.asarray(seen, np.uint8))
        types = output.types.float().softmax(1)[0]
        if output.scale is not None:
            diameter = output.scale[0].float()
        else:
            diameter = torch.zeros_like(types[:1])
            if len(types) > 2:
                table = getattr(self.net, "table")  # noqa: B009 - a Module's attributes are typed as modules
                centres = torch.tensor(table.centres, device=types.device)
                diameter = centres[types[1:].argmax(0)][None]
        sides = [1 - side.float().softmax(1)[0, :1] for side in output.side]
        # One transfer for everything: reading tensors piece by piece would stall a GPU.
        packed = torch.cat([types, diameter, *sides]).cpu().numpy()
        if not np.isfinite(packed).all():
            raise WeightsError("The network answered with values that are not numbers.", "Install its weights again.")
        smooth = cv2.INTER_LINEAR if factor < 1 else cv2.INTER_AREA
        # cv2 resizes at most four channels with every filter, so map by map.
        maps = np.stack([cv2.resize(m, (width, height), interpolation=smooth) for m in packed]).astype(np.float32)
        k = len(types)
        return maps[:k], maps[k] * np.float32(max(height, width) / longer), maps[k + 1 :]

    @torch.inference_mode()
    def _forward(self, rgb: U8) -> SkeletonOutput:
        to = self.device.torch_device
        image = torch.from_numpy(rgb).to(to, non_blocking=True).permute(2, 0, 1)[None].float() / 255
        with self.device.autocast():
            output: SkeletonOutput = self.net(network_input(image))
        return output
