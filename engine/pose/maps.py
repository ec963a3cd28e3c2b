"""Skeleton maps (skeleton-map paper §3.1-3.2): sticks between neighbouring joints, each body part in its colour.

Where two or more sticks cross, the foreground map shows the bone that is nearest to the camera along that pixel's
viewing ray, the background map the farthest; where one is alone, both show it. Drawn on whole batches of tensors, fast
enough to be made while training.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from engine.pose.joints import MPII_16

WIDTHS = (4.0, 6.0, 8.0, 10.0, 12.0, 14.0)
"""Stick widths in pixels of a 224-pixel input. The paper does not name its own; with CROPS these make its 18."""

CROPS = (0.8, 0.9, 1.0)
"""Factors on the side of the person's window. Wider ones show the person too small (docs/decisions/0012)."""

SINGLE = (8.0, 1.0)
"""Width and crop of the single-hypothesis setting."""

REFERENCE = 224.0

COLOURS = np.array(
    [
        (178, 0, 178), (33, 95, 36), (205, 0, 0), (201, 174, 255), (0, 0, 255), (14, 201, 255), (78, 255, 78),
        (134, 153, 147), (19, 2, 77), (0, 128, 128), (245, 245, 245), (255, 128, 128), (123, 223, 64), (242, 253, 34),
        (0, 255, 255),
    ],
    np.uint8,
)  # fmt: skip
"""(15, 3) colour of every bone of MPII_16: the fifteen of the first author's later code, read as RGB."""


def render_maps(
    xy: Tensor,
    z: Tensor,
    width: float | Tensor,
    size: int,
    *,
    present: Tensor | None = None,
    perspective: bool = False,
) -> Tensor:
    """Draw foreground and background maps.

    A pixel at whose centre the stick is covered takes the stick's colour; stick edges are smoothed over one pixel. The
    depth of a bone at a pixel is that of the point of the bone nearest to the pixel in the picture: linear in z along
    the bone for a weak-perspective camera, linear in 1/z (the exact meeting of ray and bone) for a pinhole.

    Args:
        xy: (B, 16, 2) joints in pixels of the map.
        z: (B, 16) mm away from the camera; for `perspective` from its centre, else from anywhere.
        width: Width of the sticks in pixels of a 224-pixel input; one, or (B,).
        size: Side of the maps.
        present: (B, 16) bool; a bone without both ends is not drawn.
        perspective: Interpolate depth as a pinhole camera sees it.

    Returns:
        (B, 6, size, size) float in [0, 1]: foreground RGB, background RGB.
    """
    ends = torch.as_tensor(MPII_16.ends, device=xy.device)
    known = torch.isfinite(xy).all(-1) & torch.isfinite(z)
    if present is not None:
        known = known & present
    xy, z = torch.nan_to_num(xy.float()), torch.nan_to_num(z.float())
    drawn = known[:, ends].all(-1)
    distance, along = _to_sticks(xy[:, ends[:, 0]], xy[:, ends[:, 1]], size)
    half = torch.as_tensor(width, dtype=xy.dtype, device=xy.device).reshape(-1, 1, 1, 1) * (size / REFERENCE / 2)
    coverage = (half + 0.5 - distance).clamp(0, 1) * drawn[..., None, None]
    depth = _depth(z[:, ends[:, 0]], z[:, ends[:, 1]], along, perspective=perspective)
    colours = torch.as_tensor(COLOURS / 255.0, dtype=xy.dtype, device=xy.device)
    return torch.cat([_pick(coverage, depth, colours), _pick(coverage, -depth, colours)], 1)


def as_pictures(maps: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """(6, S, S) maps in [0, 1] -> foreground and background, (S, S, 3) uint8 RGB, for people to look at."""
    both = (maps.detach().float().clamp(0, 1) * 255).round().byte().cpu().numpy()
    return np.ascontiguousarray(both[:3].transpose(1, 2, 0)), np.ascontiguousarray(both[3:].transpose(1, 2, 0))


def _to_sticks(a: Tensor, b: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Distance of pixel centres from segments, and where along them the nearest point is: both (B, bones, S, S)."""
    centre = torch.arange(size, dtype=a.dtype, device=a.device) + 0.5
    direction = b - a
    squared = direction.square().sum(-1).clamp_min(1e-9)[..., None, None]
    dx = centre[None, None, None, :] - a[..., 0, None, None]
    dy = centre[None, None, :, None] - a[..., 1, None, None]
    ux, uy = direction[..., 0, None, None], direction[..., 1, None, None]
    along = ((dx * ux + dy * uy) / squared).clamp(0, 1)
    return torch.sqrt((dx - along * ux).square() + (dy - along * uy).square()), along


def _depth(z0: Tensor, z1: Tensor, along: Tensor, *, perspective: bool) -> Tensor:
    z0, z1 = z0[..., None, None], z1[..., None, None]
    if not perspective:
        return z0 + along * (z1 - z0)
    return 1 / ((1 - along) / z0.clamp_min(1e-3) + along / z1.clamp_min(1e-3))


def _pick(coverage: Tensor, depth: Tensor, colours: Tensor) -> Tensor:
    """Colour of the nearest stick among those that cover a pixel's centre; at a lone edge of the one that covers most.

    Returns:
        (B, 3, S, S).
    """
    solid = coverage >= 0.5
    # Depths are below 10 m apart; a stick that is not solid queues behind all that are, by its coverage.
    key = torch.where(solid, depth - 1e7, (1 - coverage) * 1e6)
    nearest = key.argmin(1)
    shown = coverage.gather(1, nearest[:, None])
    return colours[nearest].permute(0, 3, 1, 2) * shown
