"""Poses to train and measure on: recorded people, widened, seen by random cameras."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.pose.joints import MPII_16
from engine.pose.kinematics import MIRRORED_BONES
from training.data.body_frame import HIPS, assembled, directions, turn
from training.data.mocap import Poses, to_mpii16
from training.data.pose_widening import Widening, varied_lengths

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

CELLS = 800
"""Into how many neighbourhoods the poses of a set are divided; each is drawn as often as any other."""

NEAREST = 600.0
"""Distance in mm from the camera that no joint comes below."""

_THORAX = MPII_16.index("thorax")


@dataclass(frozen=True, slots=True)
class View:
    """A pose and how a camera sees it.

    Args:
        pose: (16, 3) float64 mm, camera axes (x right, y down, z away), relative to the thorax.
        joints: (16, 3) float64 mm from the camera, same axes; z is at least `NEAREST`.
        xy: (16, 2) float64 projection at focal length 1, that is x/z and y/z.
        index: Which of the bank's poses; −1 − i for the i-th extra pose.
    """

    pose: F64
    joints: F64
    xy: F64
    index: int


class PoseBank:
    """Draws people evenly over pose space, as random cameras see them; every set (file) as often as any other.

    Args:
        poses: Motion capture.
        widening: How poses and bodies are varied; None shows poses and bodies as they were recorded.
        extra: (N, 16, 3) mm poses in camera axes that have their own view (lifted from photos): they are mirrored
            and turned a little, and keep their bones.
        extra_share: How often an extra pose is drawn.
        cells: Number of neighbourhoods of a set's poses.

    Raises:
        InputError: No pose at all, or extra poses that are not (N, 16, 3) and finite.
    """

    def __init__(
        self,
        poses: Poses,
        *,
        widening: Widening | None = None,
        extra: npt.ArrayLike | None = None,
        extra_share: float = 0.3,
        cells: int = CELLS,
    ) -> None:
        if not len(poses):
            raise InputError("The bank has no pose.", "Give motion capture with at least one pose.")
        joints = to_mpii16(poses.joints).astype(np.float64)
        self.widening = widening
        self.extra = np.zeros((0, 16, 3)) if extra is None else np.asarray(extra, np.float64)
        if self.extra.shape[1:] != (16, 3) or not np.isfinite(self.extra).all():
            raise InputError(f"Extra poses are (N, 16, 3) and finite; got {self.extra.shape}.")
        self.extra_share = extra_share if len(self.extra) else 0.0
        self._units = _facing_front(directions(joints))
        parents, children = MPII_16.ends.T
        lengths = np.linalg.norm(joints[:, children] - joints[:, parents], axis=-1)
        self._lengths = (lengths + lengths[:, MIRRORED_BONES]) / 2 if widening else lengths
        self._sets: list[list[Ints]] = []
        for name in np.unique(poses.set):
            members = np.flatnonzero(poses.set == name)
            cell = neighbourhoods(self._units[members].reshape(len(members), -1), cells)
            order = np.argsort(cell, kind="stable")
            self._sets.append(np.split(members[order], np.flatnonzero(np.diff(cell[order])) + 1))

    def __len__(self) -> int:
        return len(self._units)

    def draw(self, rng: np.random.Generator) -> View:
        """A pose and its view; a function of the generator alone."""
        if rng.random() < self.extra_share:
            return self._draw_extra(rng)
        index = self._index(rng)
        units, lengths = self._units[index], self._lengths[index]
        heading = rng.uniform(-180, 180)
        if self.widening is not None:
            heading = self.widening.heading(rng)
            units = self.widening.widen(units, self._units[self._index(rng)], rng)
            lengths = varied_lengths(lengths, rng)
        body = assembled(units, lengths) @ turn((0.0, 1.0, 0.0), heading).T
        return _seen(body * (1.0, -1.0, -1.0), _elevation(rng), index, rng)

    def view(self, number: int, seed: int) -> View:
        """The view of this number: always the same one, so that a measurement can be repeated."""
        return self.draw(np.random.default_rng((seed, number)))

    def _index(self, rng: np.random.Generator) -> int:
        cells = self._sets[rng.integers(len(self._sets))]
        members = cells[rng.integers(len(cells))]
        return int(members[rng.integers(len(members))])

    def _draw_extra(self, rng: np.random.Generator) -> View:
        number = int(rng.integers(len(self.extra)))
        pose = self.extra[number] - self.extra[number, _THORAX]
        if rng.random() < 0.5:
            pose = (pose * (-1.0, 1.0, 1.0))[MPII_16.mirrored]
        body = pose * (1 + np.clip(rng.normal(0, 0.03), -0.08, 0.08)) @ turn((0.0, 1.0, 0.0), rng.normal(0, 15)).T
        return _seen(body, rng.normal(0, 5), -1 - number, rng)


def neighbourhoods(features: npt.NDArray[np.floating], count: int) -> Ints:
    """(N, D) -> (N,) neighbourhood of every row: centres as far from each other as can be (Gonzalez 1985).

    However often nearly the same pose was recorded, it falls into few neighbourhoods.
    """
    points = np.asarray(features, np.float32)
    squares = np.einsum("ij,ij->i", points, points)
    nearest = np.full(len(points), np.inf, np.float32)
    cell = np.zeros(len(points), np.intp)
    centre = 0
    for number in range(min(count, len(points))):
        distance = squares + squares[centre] - 2 * (points @ points[centre])
        closer = distance < nearest
        cell[closer] = number
        np.minimum(nearest, distance, out=nearest)
        nearest[centre] = -np.inf  # a centre stays its own
        centre = int(nearest.argmax())
        if nearest[centre] <= 1e-6:  # all others are copies
            break
    return cell


def _facing_front(units: F64) -> F64:
    """Turn every body about the vertical until its left hip is at +X."""
    hips = units[:, HIPS["l"]]
    heading = np.arctan2(hips[:, 2], hips[:, 0])
    c, s = np.cos(heading), np.sin(heading)
    turned = units.copy()
    turned[..., 0] = units[..., 0] * c[:, None] + units[..., 2] * s[:, None]
    turned[..., 2] = units[..., 2] * c[:, None] - units[..., 0] * s[:, None]
    return turned


def _elevation(rng: np.random.Generator) -> float:
    """Degrees that the camera looks down by: photographers stand, mostly."""
    choice = rng.random()
    if choice < 0.75:
        return float(rng.normal(6, 9))
    return float(rng.uniform(-15, 45) if choice < 0.95 else rng.uniform(-45, 80))


def _seen(body: F64, elevation: float, index: int, rng: np.random.Generator) -> View:
    """A body, in level camera axes, before a camera that looks at its middle.

    Where in a photo a person stands cannot be told from a window around them. So poses are in the axes of a camera that
    looks at the window, whichever way the photo's own looked.
    """
    roll = rng.normal(0, 4 if rng.random() < 0.9 else 15)
    points = body @ (turn((0.0, 0.0, 1.0), roll) @ turn((1.0, 0.0, 0.0), elevation)).T
    points -= (points.min(0) + points.max(0)) / 2
    distance = math.exp(rng.uniform(math.log(2500), math.log(8000)))
    points[:, 2] += max(distance, NEAREST - float(points[:, 2].min()))
    return View(points - points[_THORAX], points, points[:, :2] / points[:, 2:], index)
