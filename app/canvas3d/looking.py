"""Directions to look from: the photo's camera, the person's front, side and top, turntable and arcball."""

from __future__ import annotations

from math import asin, atan2, cos, hypot, pi, sin, sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from app.canvas3d.scene import Scene
from app.canvas3d.viewpoint import DISTANCE, XY, Viewpoint
from engine.pose.joints import MPII_16

F64 = npt.NDArray[np.float64]
View = Literal["photo", "front", "side", "top"]
Navigation = Literal["turntable", "arcball"]

VIEWS: tuple[View, ...] = ("photo", "front", "side", "top")
"""As the photo's camera sees the person; from before the person; from the person's right; from above."""
CLOSEST = 1500.0
"""Millimetres from the eye to the thorax at least, whatever the photo's focal length would say."""
STRAIGHT = 0.2
"""Where the person's left and right differ by less than this share of their distance on the floor, front is unknown."""

_ACROSS = tuple((MPII_16.index(f"r_{part}"), MPII_16.index(f"l_{part}")) for part in ("shoulder", "hip"))


def turntable(azimuth: float, elevation: float) -> F64:
    """(3, 3) rows right, down, away of a view without roll.

    Args:
        azimuth: Radians that the eye has gone round; 0 is the photo's side, a quarter turn looks along x.
        elevation: Radians above the horizon, up to a quarter turn either way.
    """
    a, e = azimuth, min(max(elevation, -pi / 2), pi / 2)
    right = np.array([cos(a), 0.0, -sin(a)])
    away = np.array([sin(a) * cos(e), sin(e), cos(a) * cos(e)])
    return np.stack([right, np.cross(away, right), away])


def angles(rotation: F64) -> tuple[float, float]:
    """Azimuth and elevation of a view; a roll is left out."""
    right, away = rotation[0], rotation[2]
    flat = hypot(away[0], away[2])
    azimuth = atan2(away[0], away[2]) if flat > 1e-3 else atan2(-right[2], right[0])
    return azimuth, asin(min(max(float(away[1]), -1.0), 1.0))


def orbited(view: Viewpoint, start: XY, now: XY, how: Navigation) -> Viewpoint:
    """The view after the mouse was dragged from `start` to `now` (pixels); dragged back it is the view before."""
    if how == "arcball":
        return view.turned(_between(_on_ball(view, start), _on_ball(view, now)) @ view.rotation)
    pixel = pi / max(min(view.size), 1.0)
    azimuth, elevation = angles(view.rotation)
    return view.turned(turntable(azimuth + (now[0] - start[0]) * pixel, elevation + (now[1] - start[1]) * pixel))


def levelled(view: Viewpoint) -> Viewpoint:
    """The view without roll."""
    return view.turned(turntable(*angles(view.rotation)))


def rotation_of(view: View, pose: F64 | None) -> F64:
    """(3, 3) the axes of a view of VIEWS for a pose (16, 3)."""
    if view == "photo":
        return np.eye(3)
    front = heading(pose)
    return turntable(*{"front": (front, 0.0), "side": (front + pi / 2, 0.0), "top": (front, pi / 2)}[view])


def heading(pose: F64 | None) -> float:
    """Azimuth from which the person's face is seen: their right on the left; 0 where shoulders and hips do not tell."""
    if pose is None:
        return 0.0
    across = np.sum([pose[left] - pose[right] for right, left in _ACROSS], 0)
    flat = hypot(across[0], across[2])
    return atan2(-across[2], across[0]) if flat > max(STRAIGHT * float(np.linalg.norm(across)), 1e-6) else 0.0


def photo_distance(scene: Scene, focal: float | None = None) -> float:
    """Millimetres from the photo's camera to the thorax.

    The weak-perspective camera knows the size of the person in the picture, and with a focal length the distance
    follows: focal / scale. A photo seldom tells its focal length: that of a lens as long as the photo's diagonal is
    taken (43 mm on 35 mm film, 53 degrees across the diagonal), which is what a normal lens is.

    Args:
        scene: With `camera` and `photo_size`, else DISTANCE is returned.
        focal: In pixels of the photo, where it is known.
    """
    if focal is None and scene.photo_size is not None:
        focal = hypot(*scene.photo_size)
    if focal is None or scene.camera is None:
        return DISTANCE
    return max(focal / scene.camera.scale, CLOSEST)


def _on_ball(view: Viewpoint, xy: XY) -> F64:
    """Unit vector in view axes: a ball in the middle of the widget that runs out into a hyperbola (Bell)."""
    width, height = view.size
    radius = max(min(width, height) / 2, 1.0)
    x, y = (xy[0] - width / 2) / radius, (xy[1] - height / 2) / radius
    distance = hypot(x, y)
    z = -sqrt(1 - distance**2) if distance < sqrt(0.5) else -0.5 / distance
    return np.array([x, y, z]) / sqrt(x * x + y * y + z * z)


def _between(a: F64, b: F64) -> F64:
    """(3, 3) the shortest rotation from one unit vector to another."""
    axis = np.cross(a, b)
    length = float(np.linalg.norm(axis))
    if length < 1e-12:
        return np.eye(3)
    return np.asarray(Rotation.from_rotvec(axis / length * atan2(length, float(a @ b))).as_matrix(), np.float64)
