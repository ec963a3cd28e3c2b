"""A residual encoder to stride 32 and a top-down decoder to stride 2: what the default networks have in common.

One attention block at stride 16 carries information across the whole picture; the decoder gives features at every
stride, which lets a network be supervised at every depth and learn from some ten thousand photos without pretraining.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor, nn


class Features(NamedTuple):
    """Decoder features by stride, finest first, and the means over the picture: all (B, C, h, w), `pooled` 1 x 1."""

    d2: Tensor
    d4: Tensor
    d8: Tensor
    d16: Tensor
    pooled: Tensor


def conv_bn(c_in: int, c_out: int, kernel: int = 3, stride: int = 1, *, act: bool = True) -> nn.Sequential:
    """Convolution, batch normalisation and, unless told otherwise, ReLU."""
    layers: list[nn.Module] = [
        nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(c_out),
    ]
    if act:
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with an identity or projected shortcut."""

    def __init__(self, c_in: int, c_out: int, stride: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(conv_bn(c_in, c_out, 3, stride), conv_bn(c_out, c_out, 3, act=False))
        # A branch that starts at zero leaves the block an identity: from scratch that is faster (Goyal et al. 2017).
        *_, last = (module for module in self.body.modules() if isinstance(module, nn.BatchNorm2d))
        nn.init.zeros_(last.weight)
        same = stride == 1 and c_in == c_out
        self.shortcut: nn.Module = nn.Identity() if same else conv_bn(c_in, c_out, 1, stride, act=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, c_in, H, W) -> (B, c_out, H/stride, W/stride)."""
        out: Tensor = self.body(x) + self.shortcut(x)
        return F.relu(out, inplace=True)


class AttentionBlock(nn.Module):
    """One transformer block over all positions: carries the click to the far end of the object.

    Position enters by a depthwise convolution, so that any input size works.
    """

    def __init__(self, channels: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.position = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.norm1 = nn.LayerNorm(channels)
        self.qkv = nn.Linear(channels, 3 * channels)
        self.project = nn.Linear(channels, channels)
        self.norm2 = nn.LayerNorm(channels)
        self.mlp = nn.Sequential(nn.Linear(channels, 2 * channels), nn.GELU(), nn.Linear(2 * channels, channels))

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H, W)."""
        b, c, h, w = x.shape
        x = x + self.position(x)
        tokens = x.flatten(2).transpose(1, 2)
        qkv = self.qkv(self.norm1(tokens)).view(b, h * w, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2])
        tokens = tokens + self.project(mixed.transpose(1, 2).reshape(b, h * w, c))
        tokens = tokens + self.mlp(self.norm2(tokens))
        out: Tensor = tokens.transpose(1, 2).reshape(b, c, h, w)
        return out


class UpBlock(nn.Module):
    """Decoder step: upsample, join the encoder's features of that stride, mix."""

    def __init__(self, c_in: int, c_skip: int, c_out: int) -> None:
        super().__init__()
        self.reduce = conv_bn(c_in, c_out, 1)
        self.mix = conv_bn(c_out + c_skip, c_out)
        self.refine = conv_bn(c_out, c_out, act=False)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        """(B, c_in, h, w), (B, c_skip, H, W) -> (B, c_out, H, W)."""
        up = F.interpolate(self.reduce(x), size=skip.shape[-2:], mode="bilinear", align_corners=False)
        mixed = self.mix(torch.cat([up, skip], 1))
        return F.relu(mixed + self.refine(mixed))


class CoarseFeatures(NamedTuple):
    """The encoder's features at stride 2, the decoder's from stride 4 on, and the means over the picture."""

    s2: Tensor
    d4: Tensor
    d8: Tensor
    d16: Tensor
    pooled: Tensor


class EncoderDecoder(nn.Module):
    """The common part; a network adds its heads.

    Args:
        in_channels: Planes of the input.
        widths: Channels at strides 2, 4, 8, 16, 32.
        depths: Residual blocks at strides 4, 8, 16, 32.
        fine: Decode down to stride 2; a network that answers at stride 4 does without (`coarse_features`).
    """

    def __init__(self, in_channels: int, widths: Sequence[int], depths: Sequence[int], *, fine: bool = True) -> None:
        super().__init__()
        c2, c4, c8, c16, c32 = widths
        self.stem = conv_bn(in_channels, c2, 3, 2)
        self.stages = nn.ModuleList()
        previous = c2
        for width, depth in zip((c4, c8, c16, c32), depths, strict=True):
            blocks = [ResidualBlock(previous, width, 2)] + [ResidualBlock(width, width) for _ in range(depth - 1)]
            self.stages.append(nn.Sequential(*blocks))
            previous = width
        self.attention = AttentionBlock(c16)
        self.context = conv_bn(c32, c32, 1)
        d16, d8, d4, d2 = c16 * 3 // 4, c8, c4, max(24, c2 * 3 // 4)
        self.channels = (d2, d4, d8, d16, c32)
        """Channels of the fields of Features."""
        self.up = nn.ModuleList(
            [UpBlock(c32, c16, d16), UpBlock(d16, c8, d8), UpBlock(d8, c4, d4)],
        )
        steps = [conv_bn(d4, d2, 1), conv_bn(d2 + c2, d2), conv_bn(d2, d2)] if fine else []
        self.last = nn.ModuleList(steps)

    def initialise(self) -> None:
        """He initialisation of every convolution, the heads' too; called when they are there."""
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def features(self, x: Tensor) -> Features:
        """(B, in_channels, H, W) -> features; any H and W of at least 32."""
        s2, d4, d8, d16, pooled = self.coarse_features(x)
        d2 = F.interpolate(self.last[0](d4), size=s2.shape[-2:], mode="bilinear", align_corners=False)
        return Features(self.last[2](self.last[1](torch.cat([d2, s2], 1))), d4, d8, d16, pooled)

    def coarse_features(self, x: Tensor) -> CoarseFeatures:
        """As `features`, down to stride 4."""
        skips = [self.stem(x)]
        for i, stage in enumerate(self.stages):
            y = stage(skips[-1])
            skips.append(self.attention(y) if i == 2 else y)
        s2, s4, s8, s16, s32 = skips
        pooled = s32.mean((2, 3), keepdim=True)
        d16 = self.up[0](s32 + self.context(pooled), s16)
        d8 = self.up[1](d16, s8)
        return CoarseFeatures(s2, self.up[2](d8, s4), d8, d16, pooled)
