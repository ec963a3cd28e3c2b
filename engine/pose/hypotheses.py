"""What is said of people: a reading of many by arrays, and one hypothesis about one of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from engine.imaging.window import Pyramid, Window
from engine.pose.camera import WeakPerspective

F64 = npt.NDArray[np.float64]
U8 = npt.NDArray[np.uint8]


class Look(NamedTuple):
    """A person to be read: the photo, and the square window around them in its pixels."""

    pyramid: Pyramid
    window: Window


class Origin(NamedTuple):
    """Which skeleton map a hypothesis was read from: stick width in pixels at 224, crop scale.

    Both are None for a pose that was not read from one map: Direct RGB, or what several hypotheses agree on.
    """

    width: float | None
    crop: float | None


NO_MAP = Origin(None, None)


class Detection(NamedTuple):
    """Joints of N people in the picture: xy (N, 16, 2) source pixels, confidence (N, 16) from 0 to 1."""

    xy: F64
    confidence: F64


@dataclass(frozen=True, eq=False)
class PoseReading:
    """N people, K hypotheses about each.

    Args:
        seen: Where the detector sees the joints.
        pose: (N, K, 16, 3) mm in camera axes relative to the thorax.
        sigma: (N, K, 16) mm that each joint is expected to be off.
        origins: K, where the hypotheses come from.
        maps: (N, K, 6, s, s) uint8 skeleton maps, foreground RGB and background RGB; None if not asked for, or the
            method has none. K may be less than that of `pose` by what was not read from a map.
    """

    seen: Detection
    pose: F64
    sigma: F64
    origins: tuple[Origin, ...]
    maps: U8 | None = None

    def __len__(self) -> int:
        return len(self.pose)

    def only(self, kept: npt.ArrayLike) -> PoseReading:
        """The same with some of the hypotheses.

        Args:
            kept: Indices of hypotheses that were read from maps, or of any if there are no maps.
        """
        index = np.asarray(kept, np.intp)
        return replace(
            self,
            pose=self.pose[:, index],
            sigma=self.sigma[:, index],
            origins=tuple(self.origins[i] for i in index),
            maps=None if self.maps is None else self.maps[:, index],
        )

    @classmethod
    def joined(cls, parts: list[PoseReading]) -> Self:
        """People that were read one after another by the same method."""
        first = parts[0]
        return cls(
            Detection(*(np.concatenate([getattr(p.seen, name) for p in parts]) for name in Detection._fields)),
            np.concatenate([p.pose for p in parts]),
            np.concatenate([p.sigma for p in parts]),
            first.origins,
            None if first.maps is None else np.concatenate([p.maps for p in parts if p.maps is not None]),
        )


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """One pose that a person may have.

    Args:
        pose: (16, 3) mm in camera axes (x right, y down, z away), relative to the thorax.
        sigma: (16,) mm that each joint is expected to be off.
        origin: The skeleton map it was read from.
        camera: Weak perspective that brings it closest to the joints in the picture.
        xy: (16, 2) the pose seen by that camera, source pixels.
        reprojection_error: Mean distance in pixels between `xy` and the joints that the detector is sure of.
        score: Of the ranking; higher is better.
    """

    pose: F64
    sigma: F64
    origin: Origin
    camera: WeakPerspective
    xy: F64
    reprojection_error: float
    score: float
