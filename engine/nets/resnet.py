"""ResNet trunks to stride 16 for the DeepMask family.

The blocks are torchvision's, so parameter names are too and published ResNet files load as they are. Two things differ:

* a `width` factor, so that a small net keeps the published topology;
* mirrored instead of zero padding. DeepMask mirrors with the edge included. With one pixel of padding that is exactly
  `replicate`, which every 3x3 convolution uses; the 7x7 stem mirrors three pixels explicitly. A border then looks like
  more of the same photo, and a patch answers as the same place inside a larger image does, which is what applying the
  net convolutionally to whole photos rests on.

Source: He et al. 2015 (ResNet); Pinheiro et al. 2015 (trunk cut after conv4, padding).
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Literal

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock, Bottleneck

from engine.errors import WeightsError

Depth = Literal[18, 50]
STRIDE = 16
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)

BLOCKS: dict[int, tuple[type[BasicBlock] | type[Bottleneck], tuple[int, int, int, int]]] = {
    18: (BasicBlock, (2, 2, 2, 2)),
    50: (Bottleneck, (3, 4, 6, 3)),
}
"""By depth: the block, and how many of it the stages conv2 to conv5 have."""


class ResNetTrunk(nn.Module):
    """Stem and the stages conv2 to conv4 of a ResNet.

    Args:
        depth: 18 or 50.
        width: Factor on every number of channels; 1.0 is the published net.
        in_channels: 3 for RGB; more when further planes follow the colours.
    """

    def __init__(self, depth: Depth = 18, width: float = 1.0, in_channels: int = 3) -> None:
        super().__init__()
        block, counts = BLOCKS[depth]
        base = round(64 * width)
        self.conv1 = nn.Conv2d(in_channels, base, 7, stride=2, bias=False)
        self.bn1 = nn.BatchNorm2d(base)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = stage(block, base, base, counts[0], stride=1)
        self.layer2 = stage(block, base * block.expansion, base * 2, counts[1], stride=2)
        self.layer3 = stage(block, base * 2 * block.expansion, base * 4, counts[2], stride=2)
        expansion = block.expansion
        self.tap_channels = (base, base * expansion, base * 2 * expansion, base * 4 * expansion)
        """Channels at strides 2, 4, 8 and 16."""
        self.mean: Tensor
        self.std: Tensor
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(IMAGENET_STD).view(1, 3, 1, 1), persistent=False)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
                if module.padding == (1, 1):
                    module.padding_mode = "replicate"

    def taps(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Features at strides 2, 4, 8 and 16.

        Args:
            x: (B, in_channels, H, W) with RGB in [0, 1] first; H and W are multiples of 16.

        Returns:
            Four tensors (B, C_i, H/s, W/s) with C_i from `tap_channels` and s = 2, 4, 8, 16.
        """
        colour = (x[:, :3] - self.mean) / self.std
        x = torch.cat([colour, x[:, 3:]], 1) if x.shape[1] > 3 else colour
        s2 = self.relu(self.bn1(self.conv1(mirror_pad(x, 3))))
        s4 = self.layer1(self.maxpool(s2))
        s8 = self.layer2(s4)
        return s2, s4, s8, self.layer3(s8)

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) with RGB in [0, 1] first -> (B, C, H/16, W/16)."""
        return self.taps(x)[-1]

    def load_resnet(self, path: Path) -> None:
        """Start from the convolutions of a published ResNet of the same depth.

        The stem's RGB filters are copied exactly; the filters of further input planes start at zero, so that the net
        first answers as if those planes were not there.

        Args:
            path: State dictionary with torchvision's names (.pth or .safetensors); later stages in it are ignored.

        Raises:
            WeightsError: The file cannot be read or belongs to another architecture.
        """
        loaded = read_state(path)
        own = self.state_dict()
        missing = [key for key in own if key not in loaded and not key.endswith("num_batches_tracked")]
        if missing:
            raise WeightsError(f"{path.name} is not a ResNet of this depth: {missing[0]} is missing.")
        state = {key: loaded.get(key, own[key]) for key in own}
        state["conv1.weight"] = extend_stem(state["conv1.weight"], self.conv1.in_channels)
        try:
            self.load_state_dict(state)
        except RuntimeError as error:
            raise WeightsError(f"{path.name} holds a ResNet of another width or depth.") from error


def stage(
    block: type[BasicBlock] | type[Bottleneck], channels: int, planes: int, count: int, stride: int
) -> nn.Sequential:
    """`count` residual blocks: (B, channels, H, W) -> (B, planes x block.expansion, H / stride, W / stride)."""
    out = planes * block.expansion
    shortcut = None
    if stride != 1 or channels != out:
        shortcut = nn.Sequential(nn.Conv2d(channels, out, 1, stride=stride, bias=False), nn.BatchNorm2d(out))
    return nn.Sequential(block(channels, planes, stride, shortcut), *(block(out, planes) for _ in range(count - 1)))


def extend_stem(weight: Tensor, in_channels: int) -> Tensor:
    """Widen a stem's filters to more input planes: (O, 3, k, k) -> (O, in_channels, k, k), new planes at zero."""
    extended = weight.new_zeros(weight.shape[0], in_channels, *weight.shape[2:])
    extended[:, : weight.shape[1]] = weight
    return extended


def mirror_pad(x: Tensor, pad: int) -> Tensor:
    """Mirror the border with the edge included: (B, C, H, W) -> (B, C, H + 2 pad, W + 2 pad), pad <= H, W.

    (`reflect` of torch leaves the edge out; numpy calls this one "symmetric".)
    """
    x = torch.cat([x[..., :pad].flip(-1), x, x[..., -pad:].flip(-1)], -1)
    return torch.cat([x[..., :pad, :].flip(-2), x, x[..., -pad:, :].flip(-2)], -2)


def read_state(path: Path) -> dict[str, Tensor]:
    """A state dictionary from a .safetensors or .pth file.

    Raises:
        WeightsError: The file cannot be read, or holds something else.
    """
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, SafetensorError, pickle.UnpicklingError, RuntimeError, ValueError, EOFError) as error:
        raise WeightsError(f"The weights {path} cannot be read.", "Check the file.") from error
    if not isinstance(state, dict):
        raise WeightsError(f"{path.name} is not a dictionary of weights.")
    return state
