"""Made people as training samples: picture, 2D joints, visibility and the 3D pose they come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.pose.joints import MPII_16
from training.data.pose_bank import PoseBank, View
from training.data.synthetic_people.build import Build
from training.data.synthetic_people.figure import normals, surface
from training.data.synthetic_people.outfit import Outfit
from training.data.synthetic_people.painting import Frame, Painting, joint_visibility
from training.data.synthetic_people.photo_files import PhotoFiles
from training.data.synthetic_people.raster import rasterise
from training.data.synthetic_people.scene import Things, background, occluder, photographed
from training.data.synthetic_people.shading import shade

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
U8 = npt.NDArray[np.uint8]
Rng = np.random.Generator

SUPERSAMPLED = 1.3
"""Pixels of the painting per pixel of the picture."""

_UPPER = np.array([name in MPII_16.joints[6:] for name in MPII_16.joints])


@dataclass(frozen=True, slots=True)
class RenderedPerson:
    """A made picture of a person and what it shows.

    Args:
        image: (S, S, 3) uint8 RGB.
        xy: (16, 2) float64 px; also of joints outside the picture.
        visibility: (16,) 0 outside the picture, 1 hidden by the own body or by something else, 2 visible.
        pose: (16, 3) float64 mm, camera axes, relative to the thorax.
        depth: (16,) float64 mm from the camera along its axis.
        index: Which of the bank's poses.
    """

    image: U8
    xy: F64
    visibility: Ints
    pose: F64
    depth: F64
    index: int

    @property
    def z(self) -> F64:
        """(16,) mm, depth relative to the thorax."""
        return self.pose[:, 2]


class SyntheticPeople:
    """Makes pictures of people. What is made depends on the generator alone.

    Args:
        bank: Poses and views.
        backgrounds: Photos to stand before and to cut cloth from: files, or a function of a generator that gives one
            as (H, W, 3) uint8 RGB.
        things: Gives cut-outs to stand before people; None leaves made shapes.
        company: How often someone else is in the picture.
        occluded: How often something stands before the person.
        cropped: How often the picture shows the upper body alone.
    """

    def __init__(
        self,
        bank: PoseBank,
        backgrounds: Sequence[Path] | Callable[[Rng], U8 | None],
        *,
        things: Things | None = None,
        company: float = 0.12,
        occluded: float = 0.25,
        cropped: float = 0.08,
    ) -> None:
        self.bank, self.things = bank, things
        self.photos = backgrounds if callable(backgrounds) else PhotoFiles(backgrounds)
        self.company, self.occluded, self.cropped = company, occluded, cropped

    def make(
        self, rng: Rng, size: int, *, scale: float = 1.0, shift: tuple[float, float] = (0.0, 0.0)
    ) -> RenderedPerson:
        """A person as `person_window` frames them.

        Args:
            rng: Source of all choices.
            size: Side of the picture in px, from 16.
            scale: How much larger the person appears than in that window.
            shift: (x, y) by which the window's centre moves, as shares of its side.

        Raises:
            InputError: A picture too small, or a scale that is not above 0.
        """
        if size < 16 or not scale > 0:
            raise InputError(f"No person is made {size} pixels large at scale {scale}.")
        view = self.bank.draw(rng)
        known = _UPPER if rng.random() < self.cropped else np.ones(len(view.xy), bool)
        frame = Frame.around(view.xy, known, scale, shift)
        painting = Painting(round(size * SUPERSAMPLED))
        self._paint(painting, view.joints, frame, 1, rng)
        if rng.random() < self.company:
            self._paint(painting, self._beside(view, rng), frame, 2, rng)
        picture, hidden = self._scene(painting, rng)
        xy = frame.pixels(view.joints, size)
        visibility = joint_visibility(view.joints, frame.pixels(view.joints, painting.side), painting, hidden)
        small = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
        image = photographed(np.asarray(small, np.float32), rng)
        return RenderedPerson(image, xy, visibility, view.pose, view.joints[:, 2], view.index)

    def _paint(self, painting: Painting, joints: F64, frame: Frame, owner: int, rng: Rng) -> None:
        build = Build.random(rng)
        outfit = Outfit.random(rng, self.photos, build)
        points = surface(joints, build, outfit.covered, rng)
        points[..., 2] = np.maximum(points[..., 2], 50.0)  # flesh does not pass behind the lens
        pixels = frame.pixels(points, painting.side)
        fragments = rasterise(points, normals(points), pixels, painting.side)
        painting.add(fragments, shade(fragments, outfit, rng), owner)

    def _beside(self, view: View, rng: Rng) -> F64:
        """(16, 3) joints of someone else, near the person."""
        other = self.bank.draw(rng)
        offset = np.array([rng.choice([-1, 1]) * rng.uniform(250, 900), rng.normal(0, 80), rng.uniform(-500, 1500)])
        joints = other.pose + view.joints[MPII_16.index("thorax")] + offset
        joints[:, 2] += max(0.0, 600 - float(joints[:, 2].min()))
        return np.asarray(joints, np.float64)

    def _scene(self, painting: Painting, rng: Rng) -> tuple[F32, npt.NDArray[np.bool_]]:
        """The finished painting, and which of its pixels something stands before."""
        behind = background(rng, self.photos, painting.side)
        there = np.flatnonzero(painting.owner)
        tint = 1 + rng.uniform(0, 0.5) * (np.array(cv2.mean(behind)[:3]) / 128 - 1)  # light of the place
        picture = np.ascontiguousarray(behind)  # else the flat view below would be a copy
        picture.reshape(-1, 3)[there] = painting.colour.reshape(-1, 3)[there] * tint.astype(np.float32)
        hidden = np.zeros(painting.owner.shape, np.bool_)
        if rng.random() < self.occluded:
            colour, cover = occluder(rng, self.photos, self.things, painting.side)
            picture += (colour - picture) * cover[..., None]
            hidden = cover > 0.5
        return np.asarray(picture, np.float32), hidden
