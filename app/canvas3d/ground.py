"""The lines of the floor as they are seen, for both renderers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from app.canvas3d.body import CELL, FLOOR, Floor
from app.canvas3d.viewpoint import Viewpoint

F64 = npt.NDArray[np.float64]

PARTS = 12
"""Pieces of a line; they fade towards the floor's edge."""
STRONG, WEAK = 0.5, 0.28
"""How much of a line shows in the middle of the floor: every fourth one, and the others."""


def floor_lines(floor: Floor, view: Viewpoint) -> tuple[F64, F64]:
    """(N, 2, 2) ends in pixels of the pieces of the floor's lines, and (N,) how much of each shows, in (0, 1]."""
    steps = round(FLOOR / CELL)
    offsets = np.arange(-steps, steps + 1) * CELL
    cuts = np.linspace(-FLOOR, FLOOR, PARTS + 1)
    parts = np.stack([cuts[:-1], cuts[1:]], 1)  # (P, 2)
    along, beside = np.broadcast_arrays(parts[None], offsets[:, None, None])  # (L, P, 2)
    level = np.full(along.shape, floor.y)
    lines = np.concatenate(
        [
            np.stack([along + floor.x, level, beside + floor.z], -1).reshape(-1, 2, 3),
            np.stack([beside + floor.x, level, along + floor.z], -1).reshape(-1, 2, 3),
        ]
    )
    away = np.hypot(along.mean(-1), beside[..., 0]).ravel() / FLOOR
    weight = np.where(np.rint(beside[..., 0] / CELL) % 4 == 0, STRONG, WEAK).ravel()
    shown = np.tile(weight * np.clip(1 - away, 0, 1), 2)
    visible = shown > 0.01
    return view.project(lines[visible]), np.asarray(shown[visible], np.float64)


def shadow_shows(floor: Floor, view: Viewpoint) -> bool:
    """Whether the floor is seen from enough above or below for its shadow to be drawn."""
    return abs(float(view.towards((floor.x, floor.y, floor.z))[1])) > 0.02
