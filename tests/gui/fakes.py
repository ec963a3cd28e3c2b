"""Methods without a network. Crop: what is like the clicked colour and near it. Skeleton: two bars."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import cv2
import numpy as np

from app.method import Ready, SkeletonReady
from engine.crop.prediction import Candidate, Prediction
from engine.crop.prompts import Box, Click
from engine.errors import Cancelled
from engine.imaging.photo import Photo
from engine.skeleton.reading import Reading
from engine.skeleton.session import SkeletonSession, SkeletonSettings

RADII = (0.45, 0.25, 0.12)
"""Reach of the three readings, as fractions of the photo's longer side."""


class ColourSession:
    """Session protocol over colour distance."""

    def __init__(self, photo: Photo, method: ColourMethod) -> None:
        self._photo, self._method = photo, method
        self._clicks: tuple[Click, ...] = ()
        self._box: Box | None = None

    def set_prompts(self, clicks: tuple[Click, ...], box: Box | None = None) -> None:
        self._clicks, self._box = clicks, box

    def predict(self, *, candidate: int | None = None, cancelled: Callable[[], bool] | None = None) -> Prediction:
        began = time.perf_counter()
        self._method.calls.append((self._clicks, self._box, candidate))
        self._method.wait(cancelled)
        if self._method.error is not None:
            raise self._method.error
        masks = [self._mask(radius) for radius in RADII]
        chosen = candidate or 0
        rows, columns = np.nonzero(masks[chosen])
        scores = (0.93, 0.81, 0.64)
        candidates = tuple(
            Candidate(score, cv2.resize(mask, None, fx=f, fy=f, interpolation=cv2.INTER_AREA))
            for score, mask in zip(scores, masks, strict=True)
            for f in [256 / max(mask.shape)]
        )
        if not len(rows):
            return Prediction(self._photo.width, self._photo.height, 0, 0, np.zeros((0, 0), np.uint8), 0.1, candidates)
        y0, y1, x0, x1 = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
        return Prediction(
            self._photo.width, self._photo.height, int(x0), int(y0),
            np.ascontiguousarray(masks[chosen][y0:y1, x0:x1]), scores[chosen], candidates, chosen,
            time.perf_counter() - began,
        )  # fmt: skip

    def _mask(self, radius: float) -> np.ndarray:
        height, width = self._photo.height, self._photo.width
        result = np.zeros((height, width), np.float32)
        reach = radius * max(height, width)
        ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
        small = cv2.GaussianBlur(self._photo.rgb8, (0, 0), 3).astype(np.float32)
        for click in sorted(self._clicks, key=lambda c: not c.positive):
            column, row = click.pixel
            colour = np.linalg.norm(small - small[row, column], axis=2) / 90
            place = np.hypot(xs - click.x, ys - click.y) / (reach if click.positive else reach / 3)
            near = np.clip(1.6 - colour - place**2, 0, 1)
            result = np.maximum(result, near) if click.positive else result * (1 - near)
        if self._box is not None:
            inside = np.zeros_like(result)
            x0, y0, x1, y1 = map(int, (self._box.x0, self._box.y0, self._box.x1, self._box.y1))
            centre, axes = ((x0 + x1) // 2, (y0 + y1) // 2), ((x1 - x0) // 2, (y1 - y0) // 2)
            cv2.ellipse(inside, centre, axes, 0, 0, 360, 1.0, -1)
            result = np.maximum(result, inside) if not self._clicks else result * inside
        return (255 * result).astype(np.uint8)


class ColourMethod:
    """Makes sessions; can be told to hold every prediction until it is let go, or to fail."""

    def __init__(self) -> None:
        self.calls: list[tuple[tuple[Click, ...], Box | None, int | None]] = []
        self.error: Exception | None = None
        self.go = threading.Event()
        self.go.set()

    def session(self, photo: Photo) -> ColourSession:
        return ColourSession(photo, self)

    def factory(self, device: str) -> Ready:
        return Ready(self, "CPU (test)", "It was asked for.", fell_back=device not in ("auto", "cpu"))

    def wait(self, cancelled: Callable[[], bool] | None) -> None:
        while not self.go.wait(0.005):
            if cancelled is not None and cancelled():
                raise Cancelled


class BarsMethod:
    """A skeleton method without a network: one sure bar across the picture and one unsure bar down it.

    The sure one is of type 1 and the unsure one of type 2 and twice as wide; stages 1 and 2 see one each.
    """

    SURE, UNSURE = 0.9, 0.4

    def __init__(self) -> None:
        self.calls: list[tuple[tuple[int, int], bool]] = []
        self.error: Exception | None = None
        self.scales, self.go = True, threading.Event()
        self.go.set()

    def read(
        self,
        rgb: np.ndarray,
        clicks: Sequence[Click] = (),
        *,
        within: np.ndarray | None = None,
        multi_scale: bool = False,
    ) -> Reading:
        height, width = rgb.shape[:2]
        self.calls.append(((width, height), multi_scale))
        while not self.go.wait(0.005):
            pass
        if self.error is not None:
            raise self.error
        ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
        across = self.SURE * np.exp(-(((ys - height // 2) / 2) ** 2)) * ((xs > width / 8) & (xs < width * 7 / 8))
        down = self.UNSURE * np.exp(-(((xs - width // 3) / 2) ** 2)) * ((ys > height / 8) & (ys < height * 7 / 8))
        probability = np.maximum(across, down).astype(np.float32)
        first = across >= down
        diameter = np.where(first, height / 6, height / 3).astype(np.float32)
        sides = np.stack([across, down]).astype(np.float32)
        if not self.scales:
            return Reading(probability, 0 * diameter, np.zeros((height, width), np.uint8), sides)
        return Reading(probability, diameter, np.where(first, 1, 2).astype(np.uint8), sides)

    def factory(self, device: str) -> SkeletonReady:
        fell_back = device not in ("auto", "cpu")
        settings = SkeletonSettings(photo_threshold=0.5, object_threshold=0.5)
        return SkeletonReady(
            lambda photo: SkeletonSession(photo, self, settings), "CPU (test)", "It was asked for.", fell_back
        )
