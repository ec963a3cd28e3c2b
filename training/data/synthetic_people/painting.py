"""Figures on a canvas: where a picture looks, what is nearer, which joints it shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.pose.joints import MPII_16
from engine.pose.person import person_window
from training.data.synthetic_people.raster import Fragments

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

DEEP = np.array([{"hip": 190, "pelvis": 240, "thorax": 240, "shoulder": 150, "upper_neck": 150, "head_top": 190}.get(
    name.removeprefix("l_").removeprefix("r_"), 100) for name in MPII_16.joints], np.float64)  # fmt: skip
"""(16,) mm of the own body that may lie before a joint that counts as visible."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The square of the plane at focal length 1 that a picture shows."""

    x0: float
    y0: float
    side: float

    @classmethod
    def around(cls, xy: F64, known: npt.NDArray[np.bool_], scale: float, shift: tuple[float, float]) -> Frame:
        """`person_window` around these joints, its side divided by `scale`, its centre moved by shares of its side."""
        window = person_window(xy * 1000, known)
        side = window.width / 1000 / scale
        x = (window.x0 + window.width / 2) / 1000 + shift[0] * side
        y = (window.y0 + window.height / 2) / 1000 + shift[1] * side
        return cls(x - side / 2, y - side / 2, side)

    def pixels(self, points: F64, size: int) -> F64:
        """(..., 3) mm from the camera -> (..., 2) px of a picture of this size."""
        return np.asarray((points[..., :2] / points[..., 2:] - (self.x0, self.y0)) * (size / self.side), np.float64)


class Painting:
    """Figures on a canvas, the nearer before the farther."""

    def __init__(self, side: int) -> None:
        self.side = side
        self.colour: F32 = np.zeros((side, side, 3), np.float32)
        self.depth: F32 = np.full((side, side), np.inf, np.float32)
        self.owner = np.zeros((side, side), np.uint8)

    def add(self, fragments: Fragments, colour: F32, owner: int) -> None:
        """Put what is nearer than what is there already."""
        nearer = np.flatnonzero(fragments.depth < self.depth.ravel()[fragments.place])
        place = fragments.place[nearer]
        self.colour.reshape(-1, 3)[place] = colour[nearer]
        self.depth.reshape(-1)[place] = fragments.depth[nearer]
        self.owner.reshape(-1)[place] = owner


def joint_visibility(joints: F64, xy: F64, painting: Painting, hidden: npt.NDArray[np.bool_]) -> Ints:
    """(16,) of joints whose places on the painting are `xy`; the figure is owner 1."""
    inside = ((xy >= 0) & (xy < painting.side)).all(1)
    column, row = np.clip(np.nan_to_num(xy), 0, painting.side - 1).astype(np.intp).T
    nearest, owner = painting.depth[row, column], painting.owner[row, column]
    covered = (nearest < joints[:, 2] - DEEP) | ((owner > 1) & (nearest < joints[:, 2])) | hidden[row, column]
    return np.where(inside, np.where(covered, 1, 2), 0).astype(np.intp)
