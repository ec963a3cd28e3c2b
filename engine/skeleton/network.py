"""A skeleton network behind one small function: picture in, maps out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.crop import planes
from engine.crop.prompts import Click
from engine.device import Device
from engine.errors import WeightsError
from engine.nets.skeleton_output import SkeletonOutput
from engine.skeleton.joined import likeliest
from engine.skeleton.mask_axis import with_mask
from engine.skeleton.reading import Reading
from engine.weights import load_net

F32 = npt.NDArray[np.float32]
U8 = npt.NDArray[np.uint8]

MULTI_SCALE = (0.5, 1.0, 2.0)
"""Factors on the size of the picture in the papers' multi-scale test."""
LEAST_SIDE = 32
"""The network sees at least this many pixels of each side."""


class SkeletonNetwork:
    """A SkeletonMethod.

    Args:
        name: Name of the weights.
        device: Where it runs and in which precision.
        sizes: Least and greatest longer side in pixels at which a picture is shown to the network; a picture in
            between is shown as it is.
        mirrored: Show the mirror image too and average.
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
        mirrored: bool = False,
        folder: Path | None = None,
    ) -> None:
        self.net = load_net(name, device, folder=folder)
        self.device = device
        self.sizes, self.mirrored = sizes, mirrored
        self.prompted = bool(getattr(self.net, "prompted", False))

    def read(
        self, rgb: U8, clicks: Sequence[Click] = (), *, within: U8 | None = None, multi_scale: bool = False
    ) -> Reading:
        """Read a picture, once for each click if the network takes clicks. See SkeletonMethod.

        Raises:
            WeightsError: The network answered with something that is not a number.
        """
        factors = MULTI_SCALE if multi_scale else (1.0,)
        if not self.prompted or not clicks:
            return self._read(rgb, None, None, factors)
        readings = [self._read(rgb, click, within if len(clicks) == 1 else None, factors) for click in clicks]
        return likeliest(readings)

    def _read(self, rgb: U8, click: Click | None, within: U8 | None, factors: Sequence[float]) -> Reading:
        height, width = rgb.shape[:2]
        size = min(max(height, width, self.sizes[0]), self.sizes[1])
        maps = _mean([self._at(rgb, size * factor, click, within) for factor in factors])
        kinds = maps.types[1:]
        kind = kinds.argmax(0).astype(np.uint8) + 1 if len(kinds) > 1 else np.zeros((height, width), np.uint8)
        probability, diameter = np.asarray(np.clip(1 - maps.types[0], 0, 1), np.float32), maps.diameter
        if len(maps.mask):
            probability, diameter = with_mask(probability, diameter, maps.mask[0])
        return Reading(np.ascontiguousarray(probability), np.ascontiguousarray(diameter), kind, maps.sides)

    def _at(self, rgb: U8, longer: float, click: Click | None, within: U8 | None) -> _Maps:
        """Computed at one size, given at that of `rgb`."""
        height, width = rgb.shape[:2]
        factor = longer / max(height, width)
        size = (max(LEAST_SIDE, round(width * factor)), max(LEAST_SIDE, round(height * factor)))
        to_size = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
        seen = np.asarray(cv2.resize(rgb, size, interpolation=to_size), np.uint8)
        earlier = None if within is None else np.asarray(cv2.resize(within, size, interpolation=to_size), np.uint8)
        at = None if click is None else (click.x * size[0] / width, click.y * size[1] / height)
        output = self._forward(seen, at, earlier)
        types = _upright(output.types.float().softmax(1))
        if output.scale is not None:
            diameter = _upright(output.scale.float())
        else:
            diameter = torch.zeros_like(types[:1])
            if len(types) > 2:
                table = getattr(self.net, "table")  # noqa: B009 - a Module's attributes are typed as modules
                centres = torch.tensor(table.centres, device=types.device)
                diameter = centres[types[1:].argmax(0)][None]
        sides = [1 - _upright(side.float().softmax(1))[:1] for side in output.side]
        mask = [_upright(torch.sigmoid(output.extra["mask"].float()))] if "mask" in output.extra else []
        # One transfer for everything: reading tensors piece by piece would stall a GPU.
        packed = torch.cat([types, diameter, *sides, *mask]).cpu().numpy()
        if not np.isfinite(packed).all():
            raise WeightsError("The network answered with values that are not numbers.", "Install its weights again.")
        smooth = cv2.INTER_LINEAR if factor < 1 else cv2.INTER_AREA
        # cv2 resizes at most four channels with every filter, so map by map.
        maps = np.stack([cv2.resize(m, (width, height), interpolation=smooth) for m in packed]).astype(np.float32)
        k = len(types)
        end = k + 1 + len(sides)
        return _Maps(maps[:k], maps[k] * np.float32(max(height, width) / longer), maps[k + 1 : end], maps[end:])

    @torch.inference_mode()
    def _forward(self, rgb: U8, click: tuple[float, float] | None, within: U8 | None) -> SkeletonOutput:
        """One picture at the size of the network, a click and an earlier mask in its pixels; then its mirror image."""
        to = self.device.torch_device
        image = torch.from_numpy(rgb).to(to, non_blocking=True).permute(2, 0, 1)[None].float() / 255
        if self.prompted:
            row = (0.0, 0.0, 0.0) if click is None else (*click, 1.0)
            previous = None if within is None else torch.from_numpy(within).to(to)[None, None].float() / 255
            clicks = torch.tensor([[row]], device=to)
            x = planes.network_input(image, torch.ones_like(image[:, :1]), clicks, previous=previous)
        else:
            x = planes.normalised(image)
        if self.mirrored:
            x = torch.cat([x, x.flip(-1)]).contiguous(memory_format=torch.channels_last)
        with self.device.autocast():
            output: SkeletonOutput = self.net(x)
        return output


def _upright(maps: Tensor) -> Tensor:
    """(C, H, W) mean of a picture's maps and, where there are any, those of its mirror image: (1 or 2, C, H, W)."""
    return maps[0] if len(maps) == 1 else (maps[0] + maps[1].flip(-1)) / 2


class _Maps(NamedTuple):
    """What a network says, float32: types (K + 1, H, W), diameter (H, W), sides (S, H, W), mask (1 or 0, H, W)."""

    types: F32
    diameter: F32
    sides: F32
    mask: F32


def _mean(found: Sequence[_Maps]) -> _Maps:
    if len(found) == 1:
        return found[0]
    types, sides, mask = (
        np.asarray(np.mean(same, axis=0), np.float32)
        for same in ([m.types for m in found], [m.sides for m in found], [m.mask for m in found])
    )
    # A scale that sees no skeleton knows no diameter: each counts by its probability.
    weights = np.stack([1 - m.types[0] for m in found]) + 1e-6
    diameter = (np.stack([m.diameter for m in found]) * weights).sum(0) / weights.sum(0)
    return _Maps(types, np.asarray(diameter, np.float32), sides, mask)
