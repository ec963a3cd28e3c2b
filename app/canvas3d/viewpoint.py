"""Where the eye is: an immutable view of the pose, from millimetres to the widget's pixels and back.

Pose axes are the camera axes of the photo: x right, y down, z away, millimetres. View axes are the same three as the
eye has them. Pixels are logical, x right and y down from the widget's upper left corner. No Qt, no OpenGL.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import atan, degrees
from typing import Self

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
XY = tuple[float, float]

SCALES = (0.02, 20.0)
"""Pixels a millimetre, least and most."""
DISTANCE = 5000.0
"""Millimetres from the eye to the pose where no photo tells."""
NEAREST = 0.1
"""In perspective, what is nearer to the eye than this share of the distance is drawn as if it were there."""
REACH = 6000.0
"""Millimetres before and behind the target that can be seen."""


@dataclass(frozen=True, eq=False)
class Viewpoint:
    """One view.

    Args:
        size: (width, height) of the widget.
        rotation: (3, 3), rows right, down, away of the view in pose axes; a rotation.
        target: (3,) the point of the pose axes that is seen in the middle of the widget.
        scale: Pixels a millimetre, at the depth of the target.
        distance: Millimetres from the eye to the target; counts in perspective only.
        perspective: Whether what is farther away is smaller.
    """

    size: XY = (1.0, 1.0)
    rotation: F64 = field(default_factory=lambda: np.eye(3))
    target: F64 = field(default_factory=lambda: np.zeros(3))
    scale: float = 0.3
    distance: float = DISTANCE
    perspective: bool = False

    @property
    def centre(self) -> F64:
        """(2,) middle of the widget."""
        return np.asarray(self.size, np.float64) / 2

    @property
    def field_of_view(self) -> float:
        """Degrees from the upper to the lower edge; 0 without perspective."""
        return degrees(2 * atan(self.size[1] / 2 / (self.scale * self.distance))) if self.perspective else 0.0

    # Seeing

    def to_view(self, points: npt.ArrayLike) -> F64:
        """(..., 3) pose axes -> (..., 3) mm right, down and away of the target."""
        return np.asarray((np.asarray(points, np.float64) - self.target) @ self.rotation.T, np.float64)

    def from_view(self, points: npt.ArrayLike) -> F64:
        """The inverse of `to_view`."""
        return np.asarray(np.asarray(points, np.float64) @ self.rotation + self.target, np.float64)

    def magnification(self, depth: npt.ArrayLike) -> F64:
        """Pixels a millimetre at a depth (mm behind the target), of any shape."""
        z = np.asarray(depth, np.float64)
        if not self.perspective:
            return np.full(z.shape, self.scale)
        return np.asarray(self.scale / np.maximum(1 + z / self.distance, NEAREST), np.float64)

    def project(self, points: npt.ArrayLike) -> F64:
        """(..., 3) pose axes -> (..., 2) pixels."""
        seen = self.to_view(points)
        return np.asarray(seen[..., :2] * self.magnification(seen[..., 2])[..., None] + self.centre, np.float64)

    def depth(self, points: npt.ArrayLike) -> F64:
        """(..., 3) pose axes -> (...) mm behind the target, along the view."""
        return np.asarray(self.to_view(points)[..., 2], np.float64)

    def unproject(self, xy: npt.ArrayLike, depth: npt.ArrayLike = 0.0) -> F64:
        """(..., 2) pixels and (...) depth -> (..., 3) pose axes."""
        flat, z = np.asarray(xy, np.float64), np.asarray(depth, np.float64)
        z = np.broadcast_to(z, flat.shape[:-1])
        return self.from_view(
            np.concatenate([(flat - self.centre) / self.magnification(z)[..., None], z[..., None]], -1)
        )

    def ray(self, xy: npt.ArrayLike) -> tuple[F64, F64]:
        """(2,) pixels -> a point and a direction (unit, away from the eye) in pose axes of what is seen there."""
        near, far = self.unproject(xy, 0.0), self.unproject(xy, 1000.0)
        return near, (far - near) / np.linalg.norm(far - near)

    def towards(self, point: npt.ArrayLike) -> F64:
        """(3,) unit vector from the eye to a point; without perspective the same for all."""
        if not self.perspective:
            return self.rotation[2].copy()
        away = np.asarray(point, np.float64) - self.target + self.distance * self.rotation[2]
        length = float(np.linalg.norm(away))
        return away / length if length > 1e-9 else self.rotation[2].copy()

    # Changing

    def turned(self, rotation: npt.ArrayLike) -> Self:
        """The same, looking along other axes."""
        return replace(self, rotation=np.asarray(rotation, np.float64))

    def resized(self, size: XY) -> Self:
        """The same in a widget of another size: as much of the pose stays in view."""
        before, after = min(self.size), min(size)
        factor = after / before if before > 1 and after > 1 else 1.0
        return replace(self, size=size, scale=_limited(self.scale * factor))

    def zoomed(self, factor: float, anchor: npt.ArrayLike | None = None) -> Self:
        """Larger by `factor`; what is at `anchor` (pixels, at the depth of the target) stays where it is."""
        scale = _limited(self.scale * factor)
        offset = np.zeros(2) if anchor is None else np.asarray(anchor, np.float64) - self.centre
        shift = offset / self.scale - offset / scale
        return replace(self, scale=scale, target=self.target + shift @ self.rotation[:2])

    def panned(self, by: npt.ArrayLike) -> Self:
        """The pose pushed by (2,) pixels."""
        return replace(self, target=self.target - np.asarray(by, np.float64) / self.scale @ self.rotation[:2])

    def fitted(self, points: npt.ArrayLike, margin: float = 0.12) -> Self:
        """(N, 3) points brought into the middle and as large as they fit, along the same axes.

        Args:
            points: At least one.
            margin: What stays free on every side, as a share of the shorter one.
        """
        seen = self.to_view(points)
        low, high = seen.min(0), seen.max(0)
        view = replace(self, target=self.from_view((low + high) / 2))
        room = np.maximum(np.asarray(self.size) - 2 * margin * min(self.size), 1.0)
        for _ in range(4 if self.perspective else 1):
            flat = view.project(points)
            low, high = flat.min(0), flat.max(0)
            factor = float(np.min(room / np.maximum(high - low, 1e-6)))
            view = view.panned(view.centre - (low + high) / 2).zoomed(factor)
        return view

    def between(self, other: Self, share: float) -> Self:
        """On the shortest way to another view; 0 is this one, 1 the other."""
        if share >= 1:
            return other
        from scipy.spatial.transform import Rotation

        way = Rotation.from_matrix(other.rotation @ self.rotation.T).as_rotvec()
        return replace(
            other,
            rotation=Rotation.from_rotvec(share * way).as_matrix() @ self.rotation,
            target=(1 - share) * self.target + share * other.target,
            scale=self.scale ** (1 - share) * other.scale**share,
            distance=self.distance ** (1 - share) * other.distance**share,
        )

    def matrix(self) -> F64:
        """(4, 4) pose axes (mm, column vectors) -> clip space of OpenGL; agrees with `project`."""
        width, height = self.size
        clip = np.diag([2 * self.scale / width, -2 * self.scale / height, 1 / REACH, 1.0])
        if self.perspective:
            near, far = -min(REACH, (1 - NEAREST) * self.distance), REACH
            at_near, at_far = -(1 + near / self.distance), 1 + far / self.distance
            clip[2, 2] = (at_far - at_near) / (far - near)
            clip[2, 3] = at_far - clip[2, 2] * far
            clip[3, 2] = 1 / self.distance
        placed = np.eye(4)
        placed[:3, :3], placed[:3, 3] = self.rotation, -self.rotation @ self.target
        return clip @ placed


def _limited(scale: float) -> float:
    return min(max(scale, SCALES[0]), SCALES[1])
