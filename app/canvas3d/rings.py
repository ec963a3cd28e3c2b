"""Three rings around the inner end of a bone, to take hold of and turn it by."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, pi

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from app.canvas3d.solids import frame
from app.canvas3d.viewpoint import XY, Viewpoint
from engine.pose.joints import MPII_16

F64 = npt.NDArray[np.float64]

RADIUS = 64.0
"""Pixels, of the two large rings."""
TWIST = 0.72
"""Radius of the small ring in large ones."""
FACING = 0.3
"""A ring is turned like a wheel while the cosine between its axis and the view is above this; else it is pulled."""
NEAR = 6.0
"""Pixels around a ring in which it is taken hold of."""
_CIRCLE = np.linspace(0, 2 * pi, 49)


@dataclass(frozen=True, eq=False)
class Ring:
    """A circle.

    Args:
        name: "depth" tips the bone towards the photo's camera or away, "swing" turns it as the photo shows it,
            "twist" turns what hangs on it about the bone.
        pivot: (3,) its middle, mm in pose axes.
        axis: (3,) unit.
        radius: mm.
    """

    name: str
    pivot: F64
    axis: F64
    radius: float

    def points(self) -> F64:
        """(49, 3) around it, mm in pose axes; the last is the first."""
        first = np.cross(self.axis, np.eye(3)[int(np.argmin(np.abs(self.axis)))])
        first /= np.linalg.norm(first)
        second = np.cross(self.axis, first)
        circle = np.cos(_CIRCLE)[:, None] * first + np.sin(_CIRCLE)[:, None] * second
        return np.asarray(self.pivot + self.radius * circle, np.float64)

    def distance(self, view: Viewpoint, xy: XY) -> float:
        """Pixels from a place to the ring."""
        return float(distances(np.array(xy), view.project(self.points()))[0].min())

    def angle(self, view: Viewpoint, start: XY, now: XY) -> float:
        """Radians by which a drag from `start` to `now` turns it; dragged back it is 0."""
        eye = view.towards(self.pivot)
        if abs(float(self.axis @ eye)) > FACING:
            (a, b) = (self._on_plane(view, xy) for xy in (start, now))
            return atan2(float(self.axis @ np.cross(a, b)), float(a @ b))
        # Seen from the edge: pull it along, as if at the point that is nearest to the eye.
        nearest = -eye + float(self.axis @ eye) * self.axis
        nearest *= self.radius / np.linalg.norm(nearest)
        tip = self.pivot + nearest
        tangent = view.project(tip + np.cross(self.axis, nearest) * 1e-3) - view.project(tip)
        size = float(np.hypot(*tangent))
        return float((np.array(now) - start) @ tangent) / size**2 * 1e-3 if size > 1e-9 else 0.0

    def rotation(self, view: Viewpoint, start: XY, now: XY, step: float = 0.0) -> Rotation:
        """The same as a rotation in pose axes; in steps of `step` radians where that is above 0."""
        angle = self.angle(view, start, now)
        return Rotation.from_rotvec(self.axis * (round(angle / step) * step if step > 0 else angle))

    def _on_plane(self, view: Viewpoint, xy: XY) -> F64:
        point, direction = view.ray(xy)
        slope = float(self.axis @ direction)
        return np.asarray(point + direction * float(self.axis @ (self.pivot - point)) / slope - self.pivot, np.float64)


def rings_of(pose: F64, bone: int, view: Viewpoint) -> tuple[Ring, ...]:
    """The rings of a bone; they have the same size on the screen whatever the zoom."""
    parent, child = MPII_16.ends[bone]
    pivot, axis = pose[parent], pose[child] - pose[parent]
    length = float(np.linalg.norm(axis))
    along = axis / length if length > 1e-9 else np.array([0.0, 1.0, 0.0])
    across, over = frame(axis)
    radius = RADIUS / float(view.magnification(view.depth(pivot)))
    return (
        Ring("depth", pivot, across, radius),
        Ring("swing", pivot, over, radius),
        Ring("twist", pivot, along, radius * TWIST),
    )


def distances(point: F64, line: F64) -> tuple[F64, F64]:
    """(..., 2) points against a line of K points (K, 2): (K - 1,) distances to its parts, and how far along each."""
    first, along = line[:-1], np.diff(line, axis=0)
    square = np.maximum((along**2).sum(-1), 1e-12)
    share = np.clip(((point - first) * along).sum(-1) / square, 0, 1)
    return np.asarray(np.linalg.norm(point - first - share[:, None] * along, axis=-1), np.float64), share
