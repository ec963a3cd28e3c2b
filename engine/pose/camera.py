"""Cameras that show a 3D pose in a picture, and the closed forms that find them.

Camera axes: x right, y down, z away. Positions in millimetres, picture coordinates `xy` in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.errors import InputError

F64 = npt.NDArray[np.float64]

SMALLEST_SPREAD = 1e-6
"""Weighted variance of a pose across the view, in mm², below which no scale can be told."""


@dataclass(frozen=True, slots=True)
class WeakPerspective:
    """Depth within the person is ignored: xy = scale · XY + shift.

    Args:
        scale: Pixels per millimetre, above 0.
        tx, ty: Where the pose's origin falls, in pixels.
    """

    scale: float
    tx: float
    ty: float

    def project(self, pose: npt.ArrayLike) -> F64:
        """(..., 3) mm -> (..., 2) px."""
        return np.asarray(pose, np.float64)[..., :2] * self.scale + (self.tx, self.ty)

    def unproject(self, xy: npt.ArrayLike) -> F64:
        """(..., 2) px -> (..., 2) mm beside the pose's origin."""
        return (np.asarray(xy, np.float64) - (self.tx, self.ty)) / self.scale


@dataclass(frozen=True, slots=True)
class Perspective:
    """A pinhole with square pixels and no distortion.

    Args:
        focal: In pixels, above 0.
        cx, cy: Principal point in pixels.
    """

    focal: float
    cx: float
    cy: float

    def project(self, points: npt.ArrayLike) -> F64:
        """(..., 3) mm from the camera -> (..., 2) px; NaN for what is not in front of the camera."""
        p = np.asarray(points, np.float64)
        depth = np.where(p[..., 2:] > 0, p[..., 2:], np.nan)
        return p[..., :2] / depth * self.focal + (self.cx, self.cy)

    def fit_translation(self, pose: npt.ArrayLike, points: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> F64:
        """Where the origin of a pose is, from where its joints are seen: linear least squares (DLT).

        Args:
            pose: (J, 3) mm relative to the origin, in camera axes.
            points: (J, 2) px, NaN where unknown.
            weight: (J,) from 0.

        Returns:
            (3,) mm from the camera.

        Raises:
            InputError: Fewer than two usable joints, or joints that all fall on one point.
        """
        p, xy, w = _usable(pose, points, weight)
        if len(p) < 2:
            raise InputError("A camera needs at least two joints of the person.", "Mark more joints.")
        u = (xy - (self.cx, self.cy)) / self.focal
        # x + tx = u (z + tz) for both axes: linear in t.
        a = np.zeros((2 * len(p), 3))
        a[0::2, 0] = a[1::2, 1] = 1
        a[0::2, 2], a[1::2, 2] = -u[:, 0], -u[:, 1]
        b = np.stack([u[:, 0] * p[:, 2] - p[:, 0], u[:, 1] * p[:, 2] - p[:, 1]], 1).ravel()
        root = np.sqrt(np.repeat(w, 2))
        solution, _, rank, _ = np.linalg.lstsq(a * root[:, None], b * root, rcond=1e-9)
        if rank < 3:
            raise InputError("The joints fall on one point; no camera shows the person like that.", "Mark more joints.")
        return np.asarray(solution, np.float64)


def fit_weak_perspective(
    pose: npt.ArrayLike, points: npt.ArrayLike, weight: npt.ArrayLike | None = None
) -> WeakPerspective:
    """Scale and shift that bring a pose closest to 2D joints (weighted least squares, closed form).

    Args:
        pose: (J, 3) mm.
        points: (J, 2) px, NaN where unknown.
        weight: (J,) from 0.

    Raises:
        InputError: Too few joints, joints on one point, or a pose that only a mirrored camera would show so.
    """
    scale, shift = fit_weak_perspective_arrays(
        np.asarray(pose, np.float64)[None],
        np.asarray(points, np.float64)[None],
        None if weight is None else np.asarray(weight, np.float64)[None],
    )
    if not np.isfinite(scale[0]):
        raise InputError("No camera can be found for these joints: they are too few or too close.", "Mark more joints.")
    return WeakPerspective(float(scale[0]), float(shift[0, 0]), float(shift[0, 1]))


def fit_weak_perspective_arrays(poses: F64, points: F64, weights: F64 | None = None) -> tuple[F64, F64]:
    """As `fit_weak_perspective` for many.

    Args:
        poses: (N, J, 3) mm.
        points: (N, J, 2) px, NaN where unknown; a row of 1 is used for all.
        weights: (N, J) from 0.

    Returns:
        Scale (N,) px/mm and shift (N, 2) px; NaN where there is no camera.
    """
    xy = np.broadcast_to(points, (len(poses), *points.shape[1:]))
    w = np.ones(xy.shape[:2]) if weights is None else np.broadcast_to(weights, xy.shape[:2])
    usable = np.isfinite(xy).all(-1) & np.isfinite(poses).all(-1) & np.isfinite(w) & (w > 0)
    w = np.where(usable, w, 0.0)
    xy, flat = np.where(usable[..., None], xy, 0.0), np.where(usable[..., None], poses[..., :2], 0.0)
    total = w.sum(1)
    safe = np.where(total > 0, total, 1.0)[:, None]
    mean_xy, mean_flat = (w[..., None] * xy).sum(1) / safe, (w[..., None] * flat).sum(1) / safe
    a, b = flat - mean_flat[:, None], xy - mean_xy[:, None]
    spread = (w[..., None] * a * a).sum((1, 2)) / safe[:, 0]
    together = (w[..., None] * a * b).sum((1, 2)) / safe[:, 0]
    good = (usable.sum(1) >= 2) & (spread > SMALLEST_SPREAD) & (together > 0)
    scale = np.where(good, together / np.where(good, spread, 1.0), np.nan)
    return scale, mean_xy - scale[:, None] * mean_flat


def _usable(pose: npt.ArrayLike, points: npt.ArrayLike, weight: npt.ArrayLike | None) -> tuple[F64, F64, F64]:
    p, xy = np.asarray(pose, np.float64), np.asarray(points, np.float64)
    w = np.ones(len(p)) if weight is None else np.asarray(weight, np.float64)
    good = np.isfinite(p).all(1) & np.isfinite(xy).all(1) & (w > 0)
    return p[good], xy[good], w[good]
