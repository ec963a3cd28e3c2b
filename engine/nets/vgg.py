"""VGG-16's convolutions with a tap at the end of every stage: the trunk of the published skeleton networks.

Layers and parameter names are torchvision's, so published ImageNet files load as they are. Three things differ:

* a `width` factor and batch normalisation as an option, for a compact trunk that learns from scratch; neither changes
  a receptive field, which the scale types rest on;
* pooling rounds up, so that a photo of any size survives (the published nets pad the photo by 35 pixels for that) and
  cell j of a tap of stride s stands for pixels [s j, s (j + 1));
* no pooling and no fully connected layers after stage 5.

Source: Simonyan & Zisserman 2014 (configuration D); Shen et al. 2016 (taps).
"""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import torch.nn.functional as F  # noqa: N812 - the field's name for it
from torch import Tensor, nn
from torchvision.models.vgg import make_layers

from engine.errors import WeightsError
from engine.nets.resnet import read_state

STRIDES = (1, 2, 4, 8, 16)
"""Strides of the taps conv1_2, conv2_2, conv3_3, conv4_3 and conv5_3."""
_STAGES = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))


class Trunk(TypedDict):
    """Arguments that set the size of a network on this trunk."""

    width: float
    batch_norm: bool


PUBLISHED: Trunk = {"width": 1.0, "batch_norm": False}
"""14 714 688 parameters; learns from published ImageNet weights only."""


class VGGTrunk(nn.Module):
    """Stages 1 to 5 of VGG-16.

    Args:
        width: Factor on every number of channels; 1.0 is the published net.
        batch_norm: A batch normalisation after every convolution (torchvision's `vgg16_bn`).
    """

    def __init__(self, width: float = 0.25, batch_norm: bool = True) -> None:
        super().__init__()
        if width <= 0:
            raise ValueError(f"width must be positive, not {width}")
        self.tap_channels = tuple(max(1, round(channels * width)) for channels, _ in _STAGES)
        """Channels of the five taps."""
        layout: list[str | int] = []
        for (_, depth), channels in zip(_STAGES, self.tap_channels, strict=True):
            layout += [*[channels] * depth, "M"]
        self.features = make_layers(layout[:-1], batch_norm)
        for module in self.features:
            if isinstance(module, nn.MaxPool2d):
                module.ceil_mode = True
            elif isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
                _zero_bias(module)

    def taps(self, x: Tensor) -> tuple[Tensor, ...]:
        """Features after the last rectifier of every stage.

        Args:
            x: (B, 3, H, W) normalised RGB of any size.

        Returns:
            Five tensors (B, C_i, ceil(H / s), ceil(W / s)) with C_i from `tap_channels` and s from STRIDES.
        """
        taps: list[Tensor] = []
        for module in self.features:
            if isinstance(module, nn.MaxPool2d):
                taps.append(x)
            x = module(x)
        return (*taps, x)

    def load_vgg(self, path: Path) -> None:
        """Start from the convolutions of a published VGG-16.

        Args:
            path: State dictionary with torchvision's names (.pth or .safetensors), of `vgg16` or `vgg16_bn` as this
                trunk has it; the classifier in it is ignored.

        Raises:
            WeightsError: The file cannot be read or belongs to another architecture.
        """
        loaded = read_state(path)
        own = self.state_dict()
        kind = "VGG-16 with batch norm" if any("running_mean" in key for key in own) else "VGG-16 without batch norm"
        missing = [key for key in own if key not in loaded and not key.endswith("num_batches_tracked")]
        more = [key for key in loaded if key.startswith("features.") and key not in own]
        if missing or more:
            problem = f"{missing[0]} is missing" if missing else f"{more[0]} is too much"
            raise WeightsError(f"{path.name} is not a {kind}: {problem}.")
        try:
            self.load_state_dict({key: loaded.get(key, own[key]) for key in own})
        except RuntimeError as error:
            raise WeightsError(f"{path.name} holds a VGG-16 of another width.") from error


def fusion_conv(inputs: int) -> nn.Conv2d:
    """The 1x1 convolution that fuses maps of one kind, starting as their mean."""
    conv = nn.Conv2d(inputs, 1, 1)
    nn.init.constant_(conv.weight, 1 / inputs)
    _zero_bias(conv)
    return conv


def to_input(x: Tensor, stride: int, height: int, width: int) -> Tensor:
    """A tap's map at the size of the input, by fixed bilinear upsampling and a crop.

    Away from the border this is the published transposed convolution (kernel 2 s, stride s, bilinear weights); at the
    border it repeats the outermost cell where that one fades to zero.

    Args:
        x: (B, C, ceil(height / stride), ceil(width / stride)).

    Returns:
        (B, C, height, width).
    """
    if stride > 1:
        x = F.interpolate(x, scale_factor=stride, mode="bilinear", align_corners=False)
    return x[..., :height, :width]


def _zero_bias(conv: nn.Conv2d) -> None:
    if conv.bias is not None:
        nn.init.zeros_(conv.bias)
