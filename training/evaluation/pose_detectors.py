"""Networks that find 2D joints, by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.device import choose
from engine.errors import InputError
from engine.pose.hypotheses import Detection, Look
from engine.pose.methods import PoseSettings
from engine.pose.network import JointDetector
from engine.weights import load_net

Detector = Callable[[Sequence[Look]], Detection]
"""People in their windows to their joints in the picture."""

_HEAT: dict[str, tuple[Callable[[Any], Tensor], int]] = {
    "hourglass": (lambda output: output.heat[-1], PoseSettings().detector),
    "pose_maps": (lambda output: torch.sigmoid(output.heat.float()), PoseSettings().maps),
}
"""How a network's output becomes heat-maps with values in [0, 1], and the side of the pictures it is shown in use."""


def make_detector(name: str, device: str, *, size: int | None, flip: bool, weights: Path | None) -> Detector:
    """Load a network.

    Args:
        name: "hourglass" or "pose_maps", which has heat-maps beside its skeleton maps.
        device: Where it runs.
        size: Side of the pictures it is shown; None as in use.
        flip: Average with the mirror image.
        weights: Folder of weights; None searches the usual ones.

    Raises:
        InputError: The name is unknown.
        WeightsError: The weights are missing or refused.
        DeviceError: The device cannot be used.
    """
    if name not in _HEAT:
        raise InputError(f"There is no detector of joints called {name}.", f"Known are {', '.join(_HEAT)}.")
    chosen = choose(device)
    heat, usual = _HEAT[name]
    return JointDetector(load_net(name, chosen, folder=weights), chosen, size or usual, heat, flip=flip)
