"""The body as solids: how thick its bones and joints are, what hangs where, and the ground beneath."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.canvas3d.scene import Scene
from engine.pose.joints import MPII_16
from engine.pose.kinematics import CHILDREN

F64 = npt.NDArray[np.float64]

_THICK = {
    "hip": (30, 30), "knee": (40, 30), "ankle": (29, 19), "pelvis": (28, 26), "shoulder": (28, 28), "elbow": (30, 23),
    "wrist": (22, 15), "upper_neck": (22, 20), "head_top": (22, 34),
}  # fmt: skip
"""Radii in mm at the parent's and at the child's end of the bone to a joint."""
_ROUND = {"knee": 40, "ankle": 34, "hip": 38, "pelvis": 44, "thorax": 44, "upper_neck": 38, "head_top": 56}
_ELBOWS = 34

BONE_RADII: F64 = np.array(
    [_THICK[child.removeprefix("l_").removeprefix("r_")] for _, child in MPII_16.bones], np.float64
)
"""(15, 2) mm, at parent and child."""
JOINT_RADII: F64 = np.array(
    [_ROUND.get(joint.removeprefix("l_").removeprefix("r_"), _ELBOWS) for joint in MPII_16.joints], np.float64
)
"""(16,) mm."""
_BONE_TO = {int(child): bone for bone, child in enumerate(CHILDREN)}
GHOST_RADIUS = 9.0
"""mm, of all the bones of a candidate."""
GAP = 25.0
"""mm between the lowest joint and the floor."""
FLOOR = 1500.0
"""mm from the middle of the floor to its edge."""
CELL = 250.0
"""mm between two lines of its grid."""
SHADOW = 72
"""Pixels of the shadow's picture, each way."""
_SOFT = 55.0
"""mm over which a shadow fades."""


@dataclass(frozen=True, eq=False)
class Floor:
    """The ground: a horizontal square as the photo has it (up is -y).

    Args:
        y: mm down.
        x, z: Its middle; on the grid, so that the lines stand still while the person moves.
        shadow: (SHADOW, SHADOW) in [0, 1], row along z, column along x, from the lower ends.
    """

    y: float
    x: float
    z: float
    shadow: F64

    @property
    def corners(self) -> F64:
        """(4, 3) mm: left near, right near, right far, left far."""
        x, z, r = self.x, self.z, FLOOR
        return np.array(
            [[x - r, self.y, z - r], [x + r, self.y, z - r], [x + r, self.y, z + r], [x - r, self.y, z + r]]
        )


def floor_under(pose: F64) -> Floor:
    """The floor beneath a pose (16, 3) mm: where its lowest joint stands."""
    middle = (pose.min(0) + pose.max(0)) / 2
    x, z = (round(float(middle[axis]) / CELL) * CELL for axis in (0, 2))
    places = (np.arange(SHADOW) + 0.5) / SHADOW * 2 * FLOOR - FLOOR
    points = np.stack(np.meshgrid(places + x, places + z), -1)  # (row z, column x)
    flat = pose[:, (0, 2)]
    nearest = np.full((SHADOW, SHADOW), np.inf)
    for (first, last), radii in zip(flat[MPII_16.ends], BONE_RADII, strict=True):
        along = last - first
        square = float(along @ along)
        share = np.clip((points - first) @ along / square, 0, 1) if square > 1e-9 else np.zeros(nearest.shape)
        beside = points - first - share[..., None] * along
        distance = np.sqrt(beside[..., 0] ** 2 + beside[..., 1] ** 2)
        nearest = np.minimum(nearest, distance - (radii[0] + share * (radii[1] - radii[0])))
    shadow = np.clip(1 - nearest / (2 * _SOFT), 0, 1)
    return Floor(float(pose[:, 1].max()) + GAP, x, z, shadow * shadow * (3 - 2 * shadow))


def ghost_bones(scene: Scene) -> tuple[F64, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The bones of the candidates, each place once: depth flips of a pose share most of them, with the pose too.

    Returns:
        (N, 2, 3) mm ends, (N,) bone of the body, (N,) first candidate that has it there.
    """
    if not scene.ghosts:
        return np.zeros((0, 2, 3)), np.zeros(0, np.intp), np.zeros(0, np.intp)
    ends = np.stack([ghost[MPII_16.ends] for ghost in scene.ghosts])  # (G, 15, 2, 3)
    if scene.pose is not None:
        ends = np.concatenate([scene.pose[MPII_16.ends][None], ends])
    bones = np.tile(np.arange(15), len(ends))
    keys = np.concatenate([bones[:, None], np.rint(ends.reshape(-1, 6) / 3)], 1)
    _, first = np.unique(keys, axis=0, return_index=True)
    first = np.sort(first)
    own = 15 if scene.pose is not None else 0
    first = np.asarray(first[first >= own], np.intp)
    return ends.reshape(-1, 2, 3)[first], bones[first], (first - own) // 15


def child_bone(joint: int | None) -> int | None:
    """The bone that ends at a joint; None for the thorax, and for no joint."""
    return _BONE_TO.get(joint) if joint is not None else None


def outward_joints() -> tuple[int, ...]:
    """The 16 joints, the thorax first, a parent before its children."""
    return (MPII_16.index(MPII_16.root), *(int(CHILDREN[bone]) for bone in MPII_16.outward))
