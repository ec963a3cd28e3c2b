"""The default network behind one small function, so that another runtime could take its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from engine.crop.belief import Belief
from engine.crop.planes import network_input
from engine.crop.prompts import Box, Click
from engine.device import Device
from engine.errors import WeightsError
from engine.imaging.window import Pyramid, Window
from engine.nets.clicknet import ClickOutput

F32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Look:
    """One look of the network at a window.

    Args:
        pyramid: The photo.
        window: Square of the photo, source pixels.
        size: Side of the network's input in pixels.
        clicks, box: Prompts in source pixels; clicks outside the window do not enter it.
        previous: The belief so far.
    """

    pyramid: Pyramid
    window: Window
    size: int
    clicks: tuple[Click, ...]
    box: Box | None = None
    previous: Belief | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One candidate of one look: a belief and its predicted IoU."""

    belief: Belief
    score: float


class ClickSegmenter:
    """The network, ready to look.

    Args:
        net: A ClickNet in eval mode, already on the device.
        device: Where it runs and in which precision.
    """

    def __init__(self, net: nn.Module, device: Device) -> None:
        self.net = net
        self.device = device

    @torch.inference_mode()
    def __call__(self, looks: Sequence[Look]) -> list[list[Reading]]:
        """Look at windows of one size, of one photo or several, in one batch.

        Returns:
            For every look its K readings in the order of the network's heads.

        Raises:
            WeightsError: The network answered with something that is not a number.
        """
        x = self._input(looks)
        with self.device.autocast():
            output: ClickOutput = self.net(x)
        # One transfer for everything: reading tensors piece by piece would stall a GPU.
        packed = torch.cat([torch.sigmoid(output.masks.float()).flatten(2), torch.sigmoid(output.iou)[..., None]], 2)
        answer: F32 = packed.cpu().numpy()
        if not np.isfinite(answer).all():
            raise WeightsError("The network answered with values that are not numbers.", "Install its weights again.")
        size = looks[0].size
        return [
            [Reading(Belief(look.window, row[:-1].reshape(size, size)), float(row[-1])) for row in rows]
            for look, rows in zip(looks, answer, strict=True)
        ]

    def _input(self, looks: Sequence[Look]) -> torch.Tensor:
        size = looks[0].size
        n = max(1, max(len(look.clicks) for look in looks))
        images = np.empty((len(looks), size, size, 3), np.uint8)
        valid = np.empty((len(looks), 1, size, size), np.uint8)
        clicks = np.zeros((len(looks), n, 3), np.float32)
        boxes = np.zeros((len(looks), 4), np.float32)
        previous = np.zeros((len(looks), 1, size, size), np.float32)
        for i, look in enumerate(looks):
            images[i], valid[i, 0] = look.pyramid.extract(look.window, size, size)
            unit = look.window.width / size
            for k, click in enumerate(look.clicks):
                x, y = (click.x - look.window.x0) / unit, (click.y - look.window.y0) / unit
                if 0 <= x < size and 0 <= y < size:
                    clicks[i, k] = (x, y, 1.0 if click.positive else -1.0)
            if look.box is not None:
                b, w = look.box, look.window
                boxes[i] = ((b.x0 - w.x0) / unit, (b.y0 - w.y0) / unit, (b.x1 - w.x0) / unit, (b.y1 - w.y0) / unit)
            if look.previous is not None:
                previous[i, 0] = look.previous.seen_through(look.window, size)
        to = self.device.torch_device
        image = torch.from_numpy(images).to(to, non_blocking=True).permute(0, 3, 1, 2).float() / 255
        return network_input(
            image,
            torch.from_numpy(valid).to(to, non_blocking=True).float(),
            torch.from_numpy(clicks).to(to, non_blocking=True),
            torch.from_numpy(boxes).to(to, non_blocking=True),
            torch.from_numpy(previous).to(to, non_blocking=True),
        )
