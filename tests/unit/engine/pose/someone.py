"""A person for tests: a pose, and a made-up method that reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from engine.errors import Cancelled
from engine.pose.camera import WeakPerspective
from engine.pose.hypotheses import Detection, Look, Origin, PoseReading
from engine.pose.joints import MPII_16

POSE = np.array(
    [
        *((-120, 1350, 60), (-110, 920, -40), (-100, 490, 0), (100, 490, 0), (120, 930, 20), (130, 1340, 120)),
        *((0, 500, 0), (0, 0, 0), (0, -120, -20), (0, -330, -30)),
        *((-260, 480, -160), (-250, 250, 30), (-180, 0, 0), (180, 0, 0), (300, 230, 40), (420, 30, -60)),
    ],
    float,
)
"""(16, 3) mm in camera axes, thorax at the origin: someone who stands and raises the left hand a little."""

CAMERA = WeakPerspective(0.1, 120.0, 60.0)
ORIGINS = (Origin(8.0, 0.8), Origin(8.0, 1.0), Origin(14.0, 1.0))


def reading(poses: np.ndarray, seen: np.ndarray | None = None, confidence: float | np.ndarray = 0.9) -> PoseReading:
    """One person with hypotheses (K, 16, 3), seen where CAMERA shows POSE unless it is said where."""
    xy = CAMERA.project(POSE) if seen is None else seen
    sigma = np.full((1, *poses.shape[:2]), 40.0)
    sure = np.broadcast_to(np.asarray(confidence, float), (1, 16)).copy()
    origins = tuple(Origin(4.0 + k, 1.0) for k in range(len(poses)))
    return PoseReading(Detection(xy[None], sure), poses[None].astype(float), sigma, origins)


class Someone:
    """A PoseMethod that sees POSE in every window: its thorax a quarter from the top, 1500 mm a side.

    Args:
        confidence: Of all joints, or of each.
        errors: How far the left wrist of each hypothesis is off, mm to the right.
    """

    def __init__(self, confidence: float | Sequence[float] = 0.9, errors: Sequence[float] = (300, 10, 500)) -> None:
        self.confidence, self.errors = confidence, errors
        self.looks: list[Look] = []

    def detect(self, looks: Sequence[Look]) -> Detection:
        xy = []
        for look in looks:
            w = look.window
            scale = w.width / 2000
            xy.append(WeakPerspective(scale, w.x0 + w.width / 2, w.y0 + w.height / 4).project(POSE))
        return Detection(np.array(xy), np.broadcast_to(np.asarray(self.confidence, float), (len(looks), 16)).copy())

    def read_people(
        self, looks: Sequence[Look], *, keep_maps: bool = False, cancelled: Callable[[], bool] | None = None
    ) -> PoseReading:
        self.looks += looks
        if cancelled and cancelled():
            raise Cancelled
        poses = np.repeat(POSE[None], len(self.errors), 0)
        poses[:, MPII_16.index("l_wrist"), 0] += self.errors
        count, k = len(looks), len(poses)
        maps = np.arange(count * k * 6 * 4 * 4, dtype=np.int64).reshape(count, k, 6, 4, 4).astype(np.uint8)
        return PoseReading(
            self.detect(looks),
            np.repeat(poses[None], count, 0),
            np.full((count, k, 16), 40.0),
            ORIGINS[:k],
            maps if keep_maps else None,
        )
