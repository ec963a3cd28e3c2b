"""Networks that find 2D joints in a person's window: pictures in, joints out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from engine.crop.planes import normalised
from engine.device import Device, choose
from engine.errors import InputError
from engine.pose.heatmaps import decode
from engine.pose.joints import MPII_16
from engine.weights import load_net

F64 = npt.NDArray[np.float64]
U8 = npt.NDArray[np.uint8]

_HEAT: dict[str, Callable[[Any], Tensor]] = {
    "hourglass": lambda output: output.heat[-1],
    "pose_maps": lambda output: torch.sigmoid(output.heat.float()),
}
"""What is made of a network's output to have heat-maps with values in [0, 1]."""

DETECTORS = tuple(_HEAT)
"""Names that `make_detector` knows."""


class Detector(Protocol):
    """Finds the joints of one person in each picture."""

    def detect(self, pictures: U8) -> F64:
        """(N, S, S, 3) uint8 RGB windows -> (N, 16, 2) xy in their pixels."""


class HeatDetector:
    """A network that answers with heat-maps.

    Args:
        net: Normalised RGB to its output.
        heat: Of that output the heat-maps (N, 16, S/4, S/4) in [0, 1].
        device: Where the network is.
        flip: Average with what the mirror image gives.
    """

    def __init__(self, net: nn.Module, heat: Callable[[Any], Tensor], device: Device, *, flip: bool) -> None:
        self._net, self._heat, self._device, self._flip = net, heat, device, flip

    @torch.inference_mode()
    def detect(self, pictures: U8) -> F64:
        """See `Detector`."""
        x = torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2)))
        x = normalised(x.to(self._device.torch_device).float() / 255)
        heat = self._forward(x)
        if self._flip:
            mirrored = torch.from_numpy(MPII_16.mirrored).to(heat.device)
            heat = (heat + self._forward(x.flip(-1)).flip(-1)[:, mirrored]) / 2
        xy, _ = decode(heat)
        return np.asarray(xy.cpu().numpy() * (pictures.shape[2] / heat.shape[-1]), np.float64)

    def _forward(self, x: Tensor) -> Tensor:
        with self._device.autocast():
            return self._heat(self._net(x)).float()


def make_detector(name: str, device: str, *, flip: bool, weights: Path | None) -> Detector:
    """Load a network.

    Raises:
        InputError: The name is unknown.
        WeightsError: The weights are missing or refused.
        DeviceError: The device cannot be used.
    """
    if name not in _HEAT:
        raise InputError(f"There is no detector of joints called {name}.", f"Known are {', '.join(DETECTORS)}.")
    chosen = choose(device)
    return HeatDetector(load_net(name, chosen, folder=weights), _HEAT[name], chosen, flip=flip)
