"""Surfaces to pixels: quads painted from far to near, attributes interpolated within each."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from training.data.synthetic_people.topology import AROUND, QUAD_AROUND, QUAD_RING, QUADS

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

FRACTION = 4
"""Bits of sub-pixel position given to OpenCV."""


@dataclass(frozen=True, slots=True)
class Fragments:
    """The pixels that a figure covers, and what lies there.

    Args:
        place: (N,) pixel of the picture, row by row.
        quad: (N,) which quad.
        depth: (N,) float32 mm from the camera.
        normal: (3, N) float32 unit, camera axes.
        around, along: (N,) float32 place on the tube: turns (0 front to 1), and ring number from the tube's first.
    """

    place: Ints
    quad: Ints
    depth: F32
    normal: F32
    around: F32
    along: F32


def rasterise(points: F64, normals: F64, pixels: F64, side: int) -> Fragments:
    """What is seen of a figure.

    Args:
        points: (R, AROUND, 3) mm from the camera, camera axes, z above 0.
        normals: (R, AROUND, 3) unit.
        pixels: (R, AROUND, 2) their projection in px.
        side: Of the square picture.

    Returns:
        Pixels in the picture, those of quads that face the camera.
    """
    flat, flat_n, flat_xy = points.reshape(-1, 3), normals.reshape(-1, 3), pixels.reshape(-1, 2)
    towards = np.einsum("pd,pd->p", flat, flat_n)[QUADS]
    distance = flat[:, 2][QUADS].sum(1)
    xy = flat_xy[QUADS]
    low, high = (pick(pick(xy[:, 0], xy[:, 1]), pick(xy[:, 2], xy[:, 3])) for pick in (np.minimum, np.maximum))
    seen = towards.sum(1) < 0
    seen &= (high > 0).all(1) & (low < side).all(1) & ((high - low) > 0.05).any(1)
    which = np.flatnonzero(seen)
    which = which[np.argsort(-distance[which], kind="stable")]  # painter's order
    canvas = np.zeros((side, side), np.int32)
    # OpenCV's pixel k has its centre at k, ours at k + 0.5.
    corners = np.clip((xy[which] - 0.5) * (1 << FRACTION), -(2**20), 2**20).round().astype(np.int32)
    fill = cv2.fillConvexPoly
    for number, quad in enumerate(corners, 1):
        fill(canvas, quad, number, 8, FRACTION)
    place = np.flatnonzero(canvas)
    painted = canvas.ravel()[place] - 1
    shown = xy[which].astype(np.float32)
    reach = (high - low)[which].astype(np.float32) / 2 + 1
    # One row a value: long rows are what numpy is fast with.
    table = np.concatenate([*_affine(shown, _values(which, flat, flat_n)), shown.mean(1), reach], 1).T
    own = np.take(np.ascontiguousarray(table), painted, 1)
    x, y = (place % side).astype(np.float32), (place // side).astype(np.float32)
    # Rounding paints a little beyond a quad: nothing is extrapolated farther than that.
    dx = np.minimum(np.maximum(x + np.float32(0.5) - own[18], -own[20]), own[20])
    dy = np.minimum(np.maximum(y + np.float32(0.5) - own[19], -own[21]), own[21])
    found = own[:6] + own[6:12] * dx + own[12:18] * dy
    normal = found[1:4]
    normal /= np.maximum(np.sqrt((normal * normal).sum(0)), np.float32(1e-6))
    return Fragments(place, which[painted], found[0], normal, found[4], found[5])


def _values(which: Ints, points: F64, normals: F64) -> F32:
    """(Q, 4, 6) at the corners: depth, normal, place around and along."""
    corners = QUADS[which]
    values = np.empty((len(which), 4, 6), np.float32)
    values[..., 0] = points[corners, 2]
    values[..., 1:4] = normals[corners]
    values[..., 4] = (QUAD_AROUND[which, None] + (0, 1, 1, 0)) / AROUND
    values[..., 5] = QUAD_RING[which, None] + (0, 0, 1, 1)
    return values


def _affine(xy: F32, values: F32) -> tuple[F32, F32, F32]:
    """Values at a quad's middle and their slopes per pixel in x and y."""
    a = ((xy[:, 1] + xy[:, 2]) - (xy[:, 0] + xy[:, 3])) / 2
    b = ((xy[:, 2] + xy[:, 3]) - (xy[:, 0] + xy[:, 1])) / 2
    va = ((values[:, 1] + values[:, 2]) - (values[:, 0] + values[:, 3])) / 2
    vb = ((values[:, 2] + values[:, 3]) - (values[:, 0] + values[:, 1])) / 2
    det = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    good = np.abs(det) > 0.1
    inverse = np.where(good, 1 / np.where(good, det, 1.0), 0.0)  # seen edge-on: one value will do
    coefficients = (np.stack([b[:, 1], -a[:, 1], -b[:, 0], a[:, 0]], 1) * inverse[:, None]).astype(np.float32)
    dx = va * coefficients[:, 0:1] + vb * coefficients[:, 1:2]
    dy = va * coefficients[:, 2:3] + vb * coefficients[:, 3:4]
    return np.asarray(values.mean(1), np.float32), np.asarray(dx, np.float32), np.asarray(dy, np.float32)
