"""Small vectors: unit vectors and how one axis is carried along when a limb turns."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]


def unit(vector: F64) -> F64:
    """(3,) of length 1; the zero vector becomes z."""
    length = math.sqrt(float(vector @ vector))
    return vector / length if length > 1e-9 else np.array([0.0, 0.0, 1.0])


def cross(a: F64, b: F64) -> F64:
    """(3,) × (3,); much faster than numpy's for single vectors."""
    ax, ay, az = a.tolist()
    bx, by, bz = b.tolist()
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])


def across(vector: F64, axis: F64) -> F64:
    """Unit part of a vector at right angles to a unit axis; any such vector where there is none."""
    rest = vector - (vector @ axis) * axis
    if float(rest @ rest) < 1e-6:
        rest = np.eye(3)[int(np.abs(axis).argmin())]
        rest = rest - (rest @ axis) * axis
    return unit(rest)


def carried(vector: F64, start: F64, end: F64) -> F64:
    """A vector after the shortest turn that brings unit vector `start` to unit vector `end`."""
    cosine = float(start @ end)
    if cosine < -0.999:  # about-turn: any axis would do
        return vector - 2 * (vector @ start) * start
    axis = cross(start, end)
    return vector + cross(axis, vector) + cross(axis, cross(axis, vector)) / (1 + cosine)


def about(vector: F64, axis: F64, radians: float) -> F64:
    """A vector turned about a unit axis, right-handed."""
    c, s = math.cos(radians), math.sin(radians)
    return vector * c + cross(axis, vector) * s + axis * (float(axis @ vector) * (1 - c))
