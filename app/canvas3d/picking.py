"""What is under the mouse."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from app.canvas3d.body import BONE_RADII, GHOST_RADIUS, JOINT_RADII, ghost_bones
from app.canvas3d.scene import Scene
from app.canvas3d.viewpoint import XY, Viewpoint
from engine.pose.joints import MPII_16

F64 = npt.NDArray[np.float64]

REACH = 10.0
"""Pixels around the middle of a joint in which it is taken, however small it is drawn."""
NEAR = 4.0
"""Pixels beside a bone in which it is taken."""


def joint_at(scene: Scene, view: Viewpoint, xy: XY) -> int | None:
    """The joint of the pose at a place. Where several are, the one that is relatively closest, then nearest the eye."""
    if scene.pose is None:
        return None
    depths = view.depth(scene.pose)
    reach = np.maximum(JOINT_RADII * view.magnification(depths) * 1.1, REACH)
    away = np.linalg.norm(view.project(scene.pose) - np.asarray(xy), axis=1) / reach
    inside = np.flatnonzero(away <= 1)
    # Half a reach is worth a metre of depth: of two joints that all but coincide the nearer one is meant.
    return int(inside[np.argmin(away[inside] + depths[inside] / 2000)]) if len(inside) else None


def bone_at(scene: Scene, view: Viewpoint, xy: XY) -> int | None:
    """The bone of the pose at a place, the nearest to the eye."""
    if scene.pose is None:
        return None
    return _nearest(scene.pose[MPII_16.ends], BONE_RADII.mean(1), view, xy)


def ghost_at(scene: Scene, view: Viewpoint, xy: XY) -> int | None:
    """The candidate at a place, the nearest to the eye; of those that share a bone the first."""
    ends, _, owners = ghost_bones(scene)
    found = _nearest(ends, np.full(len(ends), GHOST_RADIUS), view, xy)
    return None if found is None else int(owners[found])


def _nearest(ends: F64, radii: F64, view: Viewpoint, xy: XY) -> int | None:
    """Index of the stick (N, 2, 3) at a place."""
    if not len(ends):
        return None
    flat, depths = view.project(ends), view.depth(ends)
    first, along = flat[:, 0], flat[:, 1] - flat[:, 0]
    share = np.clip(((xy - first) * along).sum(1) / np.maximum((along**2).sum(1), 1e-12), 0, 1)
    away = np.linalg.norm(xy - first - share[:, None] * along, axis=1)
    depth = depths[:, 0] + share * (depths[:, 1] - depths[:, 0])
    inside = np.flatnonzero(away <= radii * view.magnification(depth) + NEAR)
    return int(inside[np.argmin(depth[inside])]) if len(inside) else None
