"""The body and its candidates as triangles, for OpenGL."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from app.canvas.sides import BONE_SIDES, JOINT_SIDES, SideColours
from app.canvas3d.body import BONE_RADII, GHOST_RADIUS, JOINT_RADII, ghost_bones
from app.canvas3d.scene import Scene
from app.canvas3d.solids import BANDS, CUBE, OCTAHEDRON, ROUND, SQUARE, bands, face_normals, sections
from engine.pose.joints import MPII_16

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

VERTEX = np.dtype([("a_place", np.float32, 3), ("a_normal", np.float32, 3), ("a_colour", np.float32, 4)])
"""A corner of a triangle: mm and a unit normal in pose axes, RGB, and 1 for what is round, 0 for what is flat."""
GHOST_SIDES = 6


def body_mesh(scene: Scene, colours: SideColours) -> npt.NDArray[np.void]:
    """(3 T,) VERTEX of the pose."""
    pose, parts = scene.pose, list[npt.NDArray[np.void]]()
    if pose is None:
        return np.zeros(0, VERTEX)
    for bone, (parent, child) in enumerate(MPII_16.ends):
        square = BONE_SIDES[bone] == "right"
        points, outwards = sections(pose[parent], pose[child], BONE_RADII[bone], SQUARE if square else ROUND)
        places, normals = _walls(points, outwards, flat=square)
        light = np.repeat(bands(bone), places.size // 3 // len(BANDS))[:, None]
        colour = _rgb(colours.of(BONE_SIDES[bone])) * light
        parts.append(_vertices(places, normals, colour, 0.0 if square else 1.0))
    for joint, place in enumerate(pose):
        side = JOINT_SIDES[joint]
        places, normals = _shape(side)
        radius, rgb = JOINT_RADII[joint], _rgb(colours.of(side))
        parts.append(_vertices(place + radius * places, normals, rgb, 1.0 if side == "left" else 0.0))
    return np.concatenate(parts)


def ghost_mesh(scene: Scene, colours: SideColours) -> npt.NDArray[np.void]:
    """(3 T,) VERTEX of the candidates, of every place but one."""
    ends, bones, _ = ghost_bones(scene)
    if not len(ends):
        return np.zeros(0, VERTEX)
    radii = np.full((len(ends), 2), GHOST_RADIUS)
    points, outwards = sections(ends[:, 0], ends[:, 1], radii, GHOST_SIDES)
    places, normals = _walls(points[:, [0, -1]], outwards, flat=False)
    rgb = np.array([_rgb(colours.of(side)) for side in BONE_SIDES])[bones]
    return _vertices(places, normals, np.repeat(rgb, places.size // 3 // len(ends), 0), 1.0)


def _walls(points: F64, outwards: F64, *, flat: bool) -> tuple[F64, F64]:
    """(..., P + 1, S, 3) rings and (..., S, 3) -> (..., P, S, 6, 3) corners of two triangles a wall, and normals."""
    beyond, near, after = np.roll(points, -1, -2), points[..., :-1, :, :], points[..., 1:, :, :]
    near_beyond, after_beyond = beyond[..., :-1, :, :], beyond[..., 1:, :, :]
    places = np.stack([near, near_beyond, after_beyond, near, after_beyond, after], -2)
    following = np.roll(outwards, -1, -2)
    if flat:
        middle = outwards + following
        middle = middle / np.linalg.norm(middle, axis=-1, keepdims=True)
        normals = np.stack([middle] * 6, -2)
    else:
        normals = np.stack([outwards, following, following, outwards, following, outwards], -2)
    return places, np.broadcast_to(normals[..., None, :, :, :], places.shape)


@cache
def _shape(side: str) -> tuple[F64, F64]:
    """(3 T, 3) corners of a joint of radius 1 and their normals."""
    if side == "left":
        ball = _ball()
        return ball.reshape(-1, 3), ball.reshape(-1, 3)
    faces = CUBE if side == "right" else OCTAHEDRON
    corners = [faces[:, [0, i, i + 1]] for i in range(1, faces.shape[1] - 1)]
    normals = np.repeat(face_normals(faces)[:, None], 3, 1)
    return np.concatenate(corners).reshape(-1, 3), np.concatenate([normals] * len(corners)).reshape(-1, 3)


def _ball() -> F64:
    """(320, 3, 3) triangles of an octahedron's grandchildren, pushed out to the sphere."""
    triangles = OCTAHEDRON / np.linalg.norm(OCTAHEDRON, axis=-1, keepdims=True)
    for _ in range(3):
        a, b, c = (triangles[:, i] for i in range(3))
        ab, bc, ca = (a + b) / 2, (b + c) / 2, (c + a) / 2
        triangles = np.concatenate(
            [np.stack(corners, 1) for corners in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))]
        )
        triangles /= np.linalg.norm(triangles, axis=-1, keepdims=True)
    return triangles


def _vertices(places: F64, normals: F64, colour: F64, roundness: float) -> npt.NDArray[np.void]:
    made = np.empty(places.size // 3, VERTEX)
    made["a_place"], made["a_normal"] = places.reshape(-1, 3), normals.reshape(-1, 3)
    made["a_colour"][:, :3], made["a_colour"][:, 3] = colour, roundness
    return made


def _rgb(colour: QColor) -> F64:
    return np.array([colour.redF(), colour.greenF(), colour.blueF()], np.float64)
