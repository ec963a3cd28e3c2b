"""SharpMask: DeepMask's coarse mask, refined with the trunk's finer features up to every pixel of the patch.

Source: Pinheiro et al. 2016, "Learning to refine object segments", in the form that was released: a horizontal stream
narrows the features of each depth, a vertical stream carries the mask upwards; their sum is doubled in size four times.
The same on DeepCropV2 is the future work that the DeepCrop paper names.
"""

from __future__ import annotations

from typing import Any, Self

import torch
import torch.nn.functional as F  # noqa: N812 - the field's name for it
from torch import Tensor, nn

from engine.errors import WeightsError
from engine.nets.deepcrop_v2 import DeepCropV2, with_click
from engine.nets.deepmask import CELLS, RING, DeepMask, MaskAndScore
from engine.nets.resnet import STRIDE

HIDDEN = (64, 64, 64, 32)
"""Width of the first convolution of the horizontal stream, from stride 16 to stride 2."""


def conv3(channels: int, out: int) -> nn.Conv2d:
    """3x3 convolution whose border is mirrored with the edge included."""
    return nn.Conv2d(channels, out, 3, padding=1, padding_mode="replicate")


class SharpMask(nn.Module):
    """A frozen DeepMask or DeepCropV2 with refinement modules, the only part that learns.

    Args:
        clicked: Refine a DeepCropV2; the net then needs a click.
        arguments: Arguments of the DeepMask below; {} is the small form.
        channels: Channels of both streams at stride 16 (km = ks), halved at each of the four refinements.
    """

    def __init__(self, clicked: bool = False, arguments: dict[str, Any] | None = None, channels: int = 32) -> None:
        super().__init__()
        self.clicked = clicked
        self.base = DeepMask(**(arguments or {}), in_channels=4 if clicked else 3).requires_grad_(False)
        self.lift = nn.Linear(self.base.embed.out_features, channels * CELLS * CELLS)
        self.horizontal = nn.ModuleList()
        self.vertical = nn.ModuleList()
        for step, (tap, hidden) in enumerate(zip(reversed(self.base.trunk.tap_channels), HIDDEN, strict=True)):
            wide, narrow = channels >> step, channels >> (step + 1)
            self.horizontal.append(
                nn.Sequential(conv3(tap, hidden), nn.ReLU(), conv3(hidden, wide), nn.ReLU(), conv3(wide, narrow))
            )
            self.vertical.append(nn.Sequential(conv3(wide, wide), nn.ReLU(), conv3(wide, narrow)))
        self.out = conv3(channels >> len(HIDDEN), 1)
        self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        """Set the mode of the refinement; what lies below stays in eval mode, its statistics as they are."""
        super().train(mode)
        self.base.eval()
        return self

    def start_from(self, parent: nn.Module) -> None:
        """Take over the trained net to refine.

        Raises:
            WeightsError: It is of the other kind, or of another size.
        """
        base = parent.net if isinstance(parent, DeepCropV2) else parent
        if isinstance(parent, DeepCropV2) != self.clicked or not isinstance(base, DeepMask):
            wanted = "a DeepCropV2" if self.clicked else "a DeepMask"
            raise WeightsError(f"SharpMask was set to refine {wanted}, but was given a {type(parent).__name__}.")
        try:
            self.base.load_state_dict(base.state_dict())
        except RuntimeError as error:
            raise WeightsError("The net to refine is of another size.", "Give its arguments to SharpMask.") from error

    def forward(self, image: Tensor, click: Tensor | None = None) -> MaskAndScore:
        """Segment patches at full resolution.

        Args:
            image: (B, 3, 192, 192) RGB in [0, 1].
            click: (B, 2) xy in pixels of the 192 input; needed when `clicked`, not used otherwise.

        Returns:
            Mask logits (B, 1, 160, 160) over the central 160 pixels, and the score logits (B,) of the net below.

        Raises:
            ValueError: `clicked`, and there is no click.
        """
        with torch.no_grad():
            if self.clicked:
                if click is None:
                    raise ValueError("this net refines DeepCropV2 and needs a click")
                image = with_click(image, click)
            taps = self.base.trunk.taps(image)
            vector = self.base.embed_features(taps[-1])
            score = self.base.score(vector).flatten()
        x: Tensor = self.lift(vector).view(len(vector), -1, CELLS, CELLS)
        for step, tap in enumerate(reversed(taps)):
            ring = (RING // STRIDE) << step
            inner = tap[:, :, ring:-ring, ring:-ring]
            x = F.relu(self.horizontal[step](inner) + self.vertical[step](x))
            x = F.interpolate(x, scale_factor=2, mode="nearest")
        return MaskAndScore(self.out(x), score)
