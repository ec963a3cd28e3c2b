"""DeepCropV2: DeepMask that is told where the click is, by a fourth input plane.

Source: Kurenkov, "DeepCrop: Directed Object Segmentation with Deep Learning", section 4. Repaired in one point that the
paper itself suspects (section 5): the plane there was normalised by each patch, so it meant something else in a photo.
Here it is a distance in units of the canonical patch with a fixed clamp: a patch and a whole photo that was resampled
to the patch's scale get the same values. Nothing but this plane tells the net of the click; no pixel is painted over.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.nets.deepmask import DeepMask, MaskAndScore
from engine.nets.resnet import Depth, extend_stem

REACH = 160.0
"""Distance in pixels at the patch's scale beyond which the plane stays at 1."""


def click_plane(click: Tensor, height: int, width: int) -> Tensor:
    """Distance to the click, from -1 at the click to 1 at `REACH` pixels and beyond.

    Args:
        click: (B, 2) xy in pixels of the input, the centre of the first pixel at 0.5; may lie outside it.
        height, width: Size of the input.

    Returns:
        (B, 1, height, width) in click's dtype.
    """
    ys = torch.arange(height, device=click.device, dtype=click.dtype) + 0.5
    xs = torch.arange(width, device=click.device, dtype=click.dtype) + 0.5
    distance = torch.hypot(xs[None, None, :] - click[:, 0, None, None], ys[None, :, None] - click[:, 1, None, None])
    return (distance.clamp(max=REACH) * (2 / REACH) - 1).unsqueeze(1)


class DeepCropV2(nn.Module):
    """DeepMask with a click plane; the arguments are DeepMask's."""

    def __init__(
        self, depth: Depth = 18, width: float = 0.5, bottleneck: int = 32, rank: int = 128, hidden: int = 256
    ) -> None:
        super().__init__()
        self.net = DeepMask(depth, width, bottleneck, rank, hidden, in_channels=4)

    def forward(self, image: Tensor, click: Tensor) -> MaskAndScore:
        """Segment the clicked object of each patch.

        Args:
            image: (B, 3, 192, 192) RGB in [0, 1].
            click: (B, 2) xy in pixels of the 192 input.

        Returns:
            Mask logits (B, 1, 112, 112) over the central 160 pixels, and score logits (B,): how sure the net is that
            the clicked object is centred and of canonical size.
        """
        result: MaskAndScore = self.net(with_click(image, click))
        return result

    def start_from(self, parent: DeepMask) -> None:
        """Copy a DeepMask of the same size; the click's filters start at zero: the first answers are the parent's."""
        state = parent.state_dict()
        state["trunk.conv1.weight"] = extend_stem(state["trunk.conv1.weight"], 4)
        self.net.load_state_dict(state)


def with_click(image: Tensor, click: Tensor) -> Tensor:
    """(B, 3, H, W) RGB in [0, 1] and (B, 2) click in its pixels -> (B, 4, H, W)."""
    plane = click_plane(click.float(), image.shape[-2], image.shape[-1])
    return torch.cat([image, plane.to(image.dtype)], 1)
