"""The pose networks in use: windows of photos in; joints, skeleton maps and poses out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from engine.crop.planes import normalised
from engine.device import Device
from engine.errors import WeightsError
from engine.nets.map_net import RegressorOutput
from engine.nets.posenet import PoseOutput
from engine.pose.heatmaps import decode
from engine.pose.hypotheses import Detection, Look
from engine.pose.joints import MPII_16
from engine.pose.person import FILL, scaled

F64 = npt.NDArray[np.float64]


class Regressed(NamedTuple):
    """Poses (N, 16, 3) mm in camera axes relative to the thorax, and how far off each joint may be, (N, 16) mm."""

    pose: F64
    sigma: F64


def pictures(looks: Sequence[Look], size: int, device: Device, crop: float = 1.0) -> Tensor:
    """What networks see of people: (N, 3, size, size) normalised RGB, grey outside the photo.

    Args:
        looks: The people.
        size: Side of the pictures.
        device: Where they are wanted.
        crop: Factor on the side of the windows.
    """
    rgb = np.empty((len(looks), size, size, 3), np.uint8)
    for i, look in enumerate(looks):
        rgb[i] = look.pyramid.extract(scaled(look.window, crop), size, size, fill=FILL)[0]
    x = torch.from_numpy(rgb).to(device.torch_device, non_blocking=True).permute(0, 3, 1, 2).float() / 255
    return normalised(x).contiguous(memory_format=device.memory_format)


class BothHeats(nn.Module):
    """Heat-maps of two networks that saw different people, averaged.

    The Hourglass learned from photos, the skeleton-map network from photos and made people, with less attention to it.

    Args:
        hourglass: An Hourglass.
        maps: A PoseNet.
    """

    def __init__(self, hourglass: nn.Module, maps: nn.Module) -> None:
        super().__init__()
        self.hourglass, self.maps = hourglass, maps

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, S, S) -> (N, 16, S/4, S/4), 1 where a joint is."""
        seen: Tensor = self.hourglass(x).heat[-1]
        drawn: Tensor = torch.sigmoid(self.maps(x).heat.float())
        return (seen.float() + drawn) / 2


class JointDetector:
    """A network that sees joints in the picture: the peaks, moved a quarter pixel towards the higher neighbour.

    Args:
        net: In eval mode, already on the device.
        device: Where it runs and in which precision.
        size: Side of the pictures it is shown.
        heat: Of its output the heat-maps (N, 16, h, w), 1 where a joint is; the last stack of an Hourglass by default.
        flip: Average with what the mirror image gives.
    """

    def __init__(
        self,
        net: nn.Module,
        device: Device,
        size: int,
        heat: Callable[[Any], Tensor] = lambda out: out.heat[-1],
        *,
        flip: bool = True,
    ) -> None:
        self.net, self.device, self.size, self.heat, self.flip = net, device, size, heat, flip

    @torch.inference_mode()
    def __call__(self, looks: Sequence[Look]) -> Detection:
        """Joints of people in source pixels.

        Raises:
            WeightsError: The network answered with something that is not a number.
        """
        x = pictures(looks, self.size, self.device)
        if self.flip:
            x = torch.cat([x, x.flip(-1)])
        with self.device.autocast():
            heat = self.heat(self.net(x.contiguous(memory_format=self.device.memory_format))).float()
        if self.flip:
            upright, mirrored = heat.chunk(2)
            heat = (upright + mirrored.flip(-1)[:, torch.as_tensor(MPII_16.mirrored, device=heat.device)]) / 2
        xy, confidence = decode(heat)
        side = heat.shape[-1]
        at = np.stack([checked(p) for p in xy])
        return Detection(
            np.stack([look.window.to_source(p, side, side) for look, p in zip(looks, at, strict=True)]),
            checked(confidence),
        )


class MapReader:
    """The network that draws skeleton maps.

    Args:
        net: A PoseNet in eval mode, already on the device.
        device: Where it runs and in which precision.
        size: Side of the pictures it is shown.
    """

    def __init__(self, net: nn.Module, device: Device, size: int) -> None:
        self.net, self.device, self.size = net, device, size

    @torch.inference_mode()
    def __call__(self, looks: Sequence[Look], crops: Sequence[float]) -> Tensor:
        """(N, crops, widths, 6, s, s) in [0, 1], on the device; all crops go through the network in one batch."""
        x = torch.cat([pictures(looks, self.size, self.device, crop) for crop in crops])
        with self.device.autocast():
            output: PoseOutput = self.net(x.contiguous(memory_format=self.device.memory_format))
        maps = torch.sigmoid(output.maps.float())
        by_look: Tensor = maps.unflatten(0, (len(crops), len(looks))).transpose(0, 1)
        return by_look


class Regressor:
    """A network that says poses: of skeleton maps, or of pictures.

    Args:
        net: In eval mode, already on the device; it answers with a RegressorOutput.
        device: Where it runs and in which precision.
    """

    def __init__(self, net: nn.Module, device: Device) -> None:
        self.net, self.device = net, device

    @torch.inference_mode()
    def __call__(self, x: Tensor) -> Regressed:
        """(N, C, s, s) -> N poses.

        Raises:
            WeightsError: The network answered with something that is not a number.
        """
        x = x.to(self.device.torch_device).contiguous(memory_format=self.device.memory_format)
        with self.device.autocast():
            output: RegressorOutput = self.net(x)
        return Regressed(checked(output.pose), checked(output.log_sigma.float().exp()))


def checked(values: Tensor) -> F64:
    """The values on the CPU.

    Raises:
        WeightsError: One is not a number.
    """
    array = np.asarray(values.double().cpu().numpy(), np.float64)
    if not np.isfinite(array).all():
        raise WeightsError("The network answered with values that are not numbers.", "Install its weights again.")
    return array
