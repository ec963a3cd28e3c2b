"""Solids that the body is drawn with, and the light on them. Left is round, right is square and banded.

Points and normals are in pose axes, millimetres. The light stays with the eye: from the upper left, a little before
the pose, so that shade means the same from every side.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from app.canvas.sides import BONE_SIDES

F64 = npt.NDArray[np.float64]

LIGHT: F64 = np.array([-0.42, -0.62, -0.66]) / np.linalg.norm([-0.42, -0.62, -0.66])
"""(3,) unit vector to the light, in view axes (right, down, away)."""
AMBIENT, DIFFUSE = 0.5, 0.58
BANDS = (1.0, 0.62, 1.0, 0.62, 1.0)
"""Brightness along a bone of the right side, from parent to child; the others are plain."""
ROUND, SQUARE = 16, 4
"""Sides of a section."""


def shade(normals: F64) -> F64:
    """(..., 3) unit normals in view axes -> (...) brightness from 0.5 to 1.08 of a colour."""
    return np.asarray(AMBIENT + DIFFUSE * np.clip(normals @ LIGHT, 0, 1), np.float64)


def sections(first: F64, last: F64, radii: F64, sides: int) -> tuple[F64, F64]:
    """Bones as rings of points, the ends of their pieces.

    Args:
        first, last: (..., 3) ends.
        radii: (..., 2) at the ends.
        sides: Of the section; a section of four has one edge towards the photo's camera.

    Returns:
        (..., P + 1, S, 3) points and (..., S, 3) directions outwards from the axis to them.
    """
    across, over = frame(last - first)
    around = np.arange(sides)[:, None] / sides * 2 * np.pi
    outwards = np.cos(around) * over[..., None, :] + np.sin(around) * across[..., None, :]
    share = np.linspace(0, 1, len(BANDS) + 1)
    axis = first[..., None, :] + share[:, None] * (last - first)[..., None, :]
    radius = radii[..., :1] + share * (radii[..., 1:] - radii[..., :1])
    if sides == SQUARE:
        radius = radius * 1.12  # to its corners
    return axis[..., None, :] + radius[..., None, None] * outwards[..., None, :, :], outwards


def frame(axis: F64) -> tuple[F64, F64]:
    """(..., 3) -> two unit vectors across it: in the plane of the photo, and towards its camera as far as can be."""
    length = np.linalg.norm(axis, axis=-1, keepdims=True)
    along = np.where(length > 1e-9, axis / np.maximum(length, 1e-9), (0.0, 1.0, 0.0))
    across = np.cross(along, (0.0, 0.0, 1.0))
    size = np.linalg.norm(across, axis=-1, keepdims=True)
    across = np.where(size > 1e-6, across / np.maximum(size, 1e-6), (1.0, 0.0, 0.0))
    over = np.cross(across, along)
    return across, np.where(over[..., 2:] <= 0, over, -over)


def bands(bone: int) -> tuple[float, ...]:
    """Brightness of the pieces of a bone."""
    return BANDS if BONE_SIDES[bone] == "right" else (1.0,) * len(BANDS)


def _cube() -> F64:
    corner = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float64)
    faces = []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            faces.append(np.insert(corner if sign > 0 else corner[::-1], axis, sign, axis=1))
    return np.array(faces) * 0.8


def _octahedron() -> F64:
    eye = np.eye(3) * 1.25
    return np.array(
        [[a * eye[0], b * eye[1], c * eye[2]] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)], np.float64
    )


CUBE: F64 = _cube()
"""(6, 4, 3) corners of the faces of a cube that fills about as much as a ball of radius 1."""
OCTAHEDRON: F64 = _octahedron()
"""(8, 3, 3) the same of an octahedron."""


def face_normals(faces: F64) -> F64:
    """(F, K, 3) flat faces of a solid around the origin -> (F, 3) unit normals outwards."""
    normal = np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    return np.asarray(normal * np.sign((normal * faces.mean(1)).sum(1))[:, None], np.float64)
