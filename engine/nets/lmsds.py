"""LMSDS, learning multi-task scale-associated deep side outputs: FSDS with a regression of the scale at every stage.

Stage i regresses y = 2 d / r_i - 1 of the inscribed circle's diameter d, r_i its receptive field, so that y lies in
(-1, 1) for every circle that the stage can see. The fused answer takes the scale of the stage that the likeliest type
belongs to.

Source: Shen et al. 2017 (TIP), section 3.2.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.nets.fsds import FSDS
from engine.nets.skeleton_output import SkeletonOutput
from engine.nets.vgg import STRIDES, to_input
from engine.skeleton.scales import RECEPTIVE_FIELDS


class LMSDS(FSDS):
    """Skeleton by scale type, and the diameter of the inscribed circle.

    Args and errors as of FSDS; the regression is learned beside the types, and shares the trunk with them.
    """

    def __init__(self, width: float = 0.25, batch_norm: bool = True, table: str = "lmsds") -> None:
        super().__init__(width, batch_norm, table)
        self.regress = nn.ModuleList(nn.Conv2d(channels, 1, 1) for channels in self.trunk.tap_channels[1:])

    def forward(self, x: Tensor) -> SkeletonOutput:
        """Read a picture.

        Args:
            x: (B, 3, H, W) normalised RGB of any size.

        Returns:
            As FSDS, with `side_scale` of the four stages and `scale`, at least one pixel.
        """
        height, width = x.shape[-2:]
        taps = self.trunk.taps(x)
        sides = self.side_outputs(taps, height, width)
        types = self.fused(sides)
        stages = zip(self.regress, taps[1:], STRIDES[1:], strict=True)
        y = tuple(to_input(conv(tap), stride, height, width) for conv, tap, stride in stages)
        return SkeletonOutput(types, chosen_scale(types, y), sides, y)


def chosen_scale(types: Tensor, y: tuple[Tensor, ...]) -> Tensor:
    """Diameter by the stage of the likeliest type, background not being one: the question is the scale if there is one.

    Args:
        types: (B, K + 1, H, W) logits, background first.
        y: K normalised regressions (B, 1, H, W); that of type k is number k - 1.

    Returns:
        (B, 1, H, W) float32 pixels, at least 1.
    """
    stage = types[:, 1:].argmax(1, keepdim=True)
    reach = torch.tensor(RECEPTIVE_FIELDS, device=types.device, dtype=torch.float32)[stage]
    chosen = torch.cat(y, 1).gather(1, stage).float()
    return ((chosen + 1) * reach / 2).clamp_min(1.0)
