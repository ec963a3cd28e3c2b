"""FSDS, fusing scale-associated deep side outputs: skeleton and scale type of every pixel.

A stage can only see a skeleton whose inscribed circle fits its receptive field, so the side outputs of VGG's stages 2
to 5 know 1, 2, 3 and 4 scale types beside background. Maps of the same type are fused by a 1x1 convolution each.

Source: Shen et al. 2016 (CVPR), section 3; constants of the fusion as released.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.errors import InputError
from engine.nets.skeleton_output import SkeletonOutput
from engine.nets.vgg import STRIDES, VGGTrunk, fusion_conv, to_input
from engine.skeleton.scales import RECEPTIVE_FIELDS, TABLES, ScaleTable

STAGES = len(RECEPTIVE_FIELDS)
"""Stages with a side output: conv2_2, conv3_3, conv4_3, conv5_3. Stage k = 1 … 4 of the code is VGG's k + 1."""


class FSDS(nn.Module):
    """Skeleton by scale type, at four stages and fused.

    The defaults are a compact form; `engine.nets.vgg.PUBLISHED` gives the original.

    Args:
        width: Factor on the trunk's channels.
        batch_norm: Batch normalisation in the trunk.
        table: Bounds of the scale types, a key of TABLES.

    Raises:
        InputError: No table has this name, or it has not one type a stage.
    """

    def __init__(self, width: float = 0.25, batch_norm: bool = True, table: str = "fsds") -> None:
        super().__init__()
        self.table = table_of(table)
        self.trunk = VGGTrunk(width, batch_norm)
        self.side = nn.ModuleList(
            nn.Conv2d(channels, stage + 1, 1) for stage, channels in enumerate(self.trunk.tap_channels[1:], 1)
        )
        # Type k is known from stage k on; background as type 1, everywhere.
        self.fuse = nn.ModuleList(fusion_conv(STAGES + 1 - max(kind, 1)) for kind in range(STAGES + 1))

    def forward(self, x: Tensor) -> SkeletonOutput:
        """Read a picture.

        Args:
            x: (B, 3, H, W) normalised RGB of any size.

        Returns:
            `types` (B, 5, H, W); side outputs of 2, 3, 4 and 5 classes; no scale but the types'.
        """
        sides = self.side_outputs(self.trunk.taps(x), x.shape[-2], x.shape[-1])
        return SkeletonOutput(self.fused(sides), side=sides)

    def side_outputs(self, taps: tuple[Tensor, ...], height: int, width: int) -> tuple[Tensor, ...]:
        """(B, k + 1, height, width) logits of stage k = 1 … 4 from the trunk's five taps."""
        stages = zip(self.side, taps[1:], STRIDES[1:], strict=True)
        return tuple(to_input(conv(tap), stride, height, width) for conv, tap, stride in stages)

    def fused(self, sides: tuple[Tensor, ...]) -> Tensor:
        """Side outputs -> (B, 5, H, W): every type fused over the stages that know it."""
        kinds = [
            conv(torch.cat([side[:, kind : kind + 1] for side in sides if side.shape[1] > kind], 1))
            for kind, conv in enumerate(self.fuse)
        ]
        return torch.cat(kinds, 1)


def table_of(name: str) -> ScaleTable:
    """The table of scale types with this name, one type a stage.

    Raises:
        InputError: There is none.
    """
    if name not in TABLES or TABLES[name].count != STAGES:
        raise InputError(f"There is no table of scale types called “{name}”.", f"Known: {', '.join(TABLES)}.")
    return TABLES[name]
