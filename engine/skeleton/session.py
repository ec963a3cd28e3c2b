"""A photo whose skeletons are read: the whole of it, or the surroundings of one object."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from engine.crop.simulate import first_click
from engine.errors import Cancelled, InputError
from engine.imaging.cutout import bounding_box
from engine.imaging.photo import Photo
from engine.imaging.window import Pyramid, Window
from engine.skeleton.detect import detect
from engine.skeleton.graph import SkeletonGraph
from engine.skeleton.nms import suppress
from engine.skeleton.reading import Reading, SkeletonMethod

F32 = npt.NDArray[np.float32]
U8 = npt.NDArray[np.uint8]

MARGIN = 1.4
"""An object is read in its box enlarged by this factor, as the networks learned it."""


@dataclass(frozen=True, slots=True)
class SkeletonSettings:
    """At what size a photo is read.

    Args:
        photo_size: Longer side in pixels of the picture of a whole photo.
        object_size: The same for the surroundings of one object. Smaller pictures are not enlarged to it.
        photo_threshold, object_threshold: The usual thresholds: F on training photos is within 0.005 of its best
            there. In a whole photo the default network is less sure of everything.
    """

    photo_size: int = 384
    object_size: int = 256
    photo_threshold: float = 0.35
    object_threshold: float = 0.4


@dataclass(frozen=True, eq=False)
class SkeletonPrediction:
    """What was read, and the skeletons in it at any threshold.

    Args:
        size: (width, height) of the photo.
        window: The part that was read, source pixels.
        reading: Maps of the picture of that part.
        seconds: Wall-clock time that the reading took.
        threshold: The usual one for what was read.
    """

    size: tuple[int, int]
    window: Window
    reading: Reading
    seconds: float
    threshold: float

    @cached_property
    def suppressed(self) -> F32:
        """(h, w) the probability without what is not a crest; computed once."""
        return self.reading.probability if self.reading.thin else suppress(self.reading.probability)

    def graph(self, threshold: float | None = None) -> SkeletonGraph:
        """The skeletons above a threshold (None: the usual one), in source pixels."""
        height, width = self.reading.probability.shape
        found = detect(self.suppressed, self.reading, self.threshold if threshold is None else threshold)
        scale = (self.window.width / width, self.window.height / height)
        return found.moved(scale, (self.window.x0, self.window.y0), self.size)


class SkeletonSession:
    """A photo and a method.

    Args:
        photo: Any size and depth.
        method: Reads pictures.
    """

    def __init__(self, photo: Photo, method: SkeletonMethod, settings: SkeletonSettings = SkeletonSettings()) -> None:
        self._size = photo.size
        self._pyramid = Pyramid(photo.rgb8)
        self._method = method
        self._settings = settings

    def predict(
        self,
        *,
        within: U8 | None = None,
        multi_scale: bool = False,
        cancelled: Callable[[], bool] | None = None,
    ) -> SkeletonPrediction:
        """Read the photo.

        Args:
            within: (H, W) uint8 mask or probability of an object, of the photo's size: its surroundings are read and
                the skeleton outside it is dropped.
            multi_scale: As `SkeletonMethod.read`.
            cancelled: Asked between steps; when it answers True, Cancelled is raised.

        Raises:
            InputError: The mask is empty or not of the photo's size.
            Cancelled: Nobody waits any more.
        """
        start = time.perf_counter()
        window, longest = self._window(within)
        factor = min(1.0, longest / max(window.width, window.height))
        width, height = max(1, round(window.width * factor)), max(1, round(window.height * factor))
        picture, _ = self._pyramid.extract(window, width, height)
        _check(cancelled)
        if within is None:
            reading = self._method.read(picture, multi_scale=multi_scale)
        else:
            mask, _ = Pyramid(within).extract(window, width, height)
            middle = first_click((mask > 127).astype(np.uint8))
            clicks = () if middle is None else (middle,)
            reading = self._method.read(picture, clicks, within=mask, multi_scale=multi_scale)
            reading = _restricted(reading, mask)
        _check(cancelled)
        usual = self._settings.photo_threshold if within is None else self._settings.object_threshold
        prediction = SkeletonPrediction(self._size, window, reading, time.perf_counter() - start, usual)
        _ = prediction.suppressed  # here, in the worker, and not when the window first asks for a graph
        return prediction

    def _window(self, within: U8 | None) -> tuple[Window, int]:
        """The part to read and the longer side of its picture."""
        width, height = self._size
        if within is None:
            return Window(0, 0, width, height), self._settings.photo_size
        if within.shape != (height, width):
            raise InputError(
                f"The mask is {within.shape[1]} x {within.shape[0]} pixels, the photo {width} x {height}.",
                "Use a mask of the same photo.",
            )
        inside = within > 127
        if not inside.any():
            raise InputError("The mask is empty, so there is no object to read.", "Click the object again.")
        return object_window(bounding_box(inside), self._size), self._settings.object_size


def object_window(box: tuple[int, int, int, int], size: tuple[int, int]) -> Window:
    """An object's box (x0, y0, x1, y1) enlarged by MARGIN and clipped to a photo of `size` (width, height)."""
    edges: list[tuple[int, int]] = []
    for low, high, limit in ((box[0], box[2], size[0]), (box[1], box[3], size[1])):
        more = (MARGIN - 1) / 2 * (high - low)
        edges.append((max(0, int(np.floor(low - more))), min(limit, int(np.ceil(high + more)))))
    (x0, x1), (y0, y1) = edges
    return Window(x0, y0, x1 - x0, y1 - y0)


def _restricted(reading: Reading, mask: U8) -> Reading:
    """The reading without what lies outside a mask of its size, which is given the benefit of two pixels of doubt."""
    near = cv2.dilate((mask > 127).astype(np.uint8), np.ones((5, 5), np.uint8))
    return Reading(reading.probability * near, reading.diameter, reading.kind, reading.sides * near, reading.thin)


def _check(cancelled: Callable[[], bool] | None) -> None:
    if cancelled and cancelled():
        raise Cancelled
