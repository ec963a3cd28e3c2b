"""What there is without learning, as sessions: the magic wand and GrabCut.

Each takes a Photo, answers any number of clicks and a box, and is deterministic. See `engine.crop.prediction.Session`
for what a session promises; those with networks are in `engine.crop.patch_sessions`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from time import perf_counter

import cv2
import numpy as np
import numpy.typing as npt

from engine.crop.prediction import Candidate, Prediction
from engine.crop.prompts import Box, Click
from engine.errors import Cancelled, InputError
from engine.imaging.photo import Photo

U8 = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
F32 = npt.NDArray[np.float32]
Points = npt.NDArray[np.int64]
Asked = Callable[[], bool] | None

THUMBNAIL = 96
"""Longer side of a candidate's thumbnail in pixels."""


class Prompted:
    """Keeps the prompts of a photo."""

    def __init__(self, photo: Photo) -> None:
        self.photo = photo
        self.clicks: tuple[Click, ...] = ()
        self.box: Box | None = None

    def set_prompts(self, clicks: tuple[Click, ...], box: Box | None = None) -> None:
        """Replace every click and the box.

        Raises:
            InputError: One lies outside the photo.
        """
        width, height = self.photo.size
        checked = tuple(click.check_inside(width, height) for click in clicks)
        self.box = box.clipped(width, height) if box else None
        self.clicks = checked


class _PixelSession(Prompted, ABC):
    """A method that labels pixels. It does not judge its own answer, so the score is 0."""

    @abstractmethod
    def _segment(self, cancelled: Asked) -> U8:
        """(H, W) uint8 probability over the photo, or any smaller array of its shape's proportions."""

    def predict(self, *, candidate: int | None = None, cancelled: Asked = None) -> Prediction:
        """Segment with the present prompts; there is one candidate."""
        start = perf_counter()
        check_candidate(candidate, 1)
        width, height = self.photo.size
        small = self._segment(cancelled)
        if not small.any():
            return Prediction.empty(width, height)
        full = _resized(small, width, height)
        rows, columns = np.flatnonzero(full.any(1)), np.flatnonzero(full.any(0))
        if not len(rows):
            return Prediction.empty(width, height)
        top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
        thumbnail = _resized(small, *thumbnail_size(width, height))
        return Prediction(
            width,
            height,
            left,
            top,
            full[top:bottom, left:right].copy(),
            0.0,
            (Candidate(0.0, thumbnail),),
            seconds=perf_counter() - start,
        )


class MagicWandSession(_PixelSession):
    """The magic wand of photo editors: what is connected to the click and has its colour.

    A positive click adds, a negative one subtracts, in their order. A box limits the result; a box alone is a click in
    its centre.

    Args:
        photo: The photo.
        tolerance: Largest difference to the clicked pixel per channel, of 255; 32 is the editors' usual setting.
    """

    def __init__(self, photo: Photo, tolerance: int = 32) -> None:
        super().__init__(photo)
        self.tolerance = tolerance

    def _segment(self, cancelled: Asked) -> U8:
        width, height = self.photo.size
        # OpenCV wants an image it may write to, although with MASK_ONLY it does not.
        image = self.photo.rgb8.copy()
        selected = np.zeros((height, width), np.uint8)
        flags = 4 | cv2.FLOODFILL_FIXED_RANGE | cv2.FLOODFILL_MASK_ONLY | 255 << 8
        for click in _clicks_or_centre(self.clicks, self.box):
            check_cancelled(cancelled)
            flooded = np.zeros((height + 2, width + 2), np.uint8)
            cv2.floodFill(image, flooded, click.pixel, 0, (self.tolerance,) * 3, (self.tolerance,) * 3, flags)
            inside = flooded[1:-1, 1:-1] > 0
            selected[inside] = 255 if click.positive else 0
        if self.box:
            selected[~_box_mask(self.box, (width, height), (width, height))] = 0
        return selected


class GrabCutSession(_PixelSession):
    """GrabCut started from the clicks, on a small copy of the photo.

    Around every positive click a small disc is certainly object; around every negative one, certainly background. How
    large the object is cannot be known from a click, so each of `RADII` is tried: a disc of that radius around the
    positive clicks is probably object, what lies beyond `BEYOND` times the radius certainly is not, and the rest is
    probably background. The result is kept whose outline lies on strong edges and which resembles the results of the
    other radii, and of it the parts that a positive click is in. With a box, its inside is probably object and its
    outside certainly background, and nothing needs to be tried.

    Source: Rother et al. 2004, as OpenCV implements it; the choice of the radius is our own. A copy of 400 pixels was
    tried and found both slower and worse than one of 160.
    """

    SIDE = 160
    RADII = (0.05, 0.08, 0.12, 0.18, 0.27)
    BEYOND = 3.0
    SURE = 3.0
    """Radius in pixels of the copy of the discs that are certain."""
    ITERATIONS = 3

    def __init__(self, photo: Photo) -> None:
        super().__init__(photo)
        self._image = _reduced(photo.rgb8, self.SIDE)
        self._edges = _edge_strength(self._image)

    def _segment(self, cancelled: Asked) -> U8:
        height, width = self._image.shape[:2]
        positive, negative = (self._points(sign, width, height) for sign in (True, False))
        if self.box is None and not len(positive):
            return np.zeros((height, width), np.uint8)
        near, far = _distance(positive, width, height), _distance(negative, width, height)
        results = []
        for guess in self._guesses(near):
            check_cancelled(cancelled)
            guess[far <= self.SURE] = cv2.GC_BGD
            guess[near <= np.minimum(self.SURE, far)] = cv2.GC_FGD
            results.append(_touched(_grab_cut(self._image, guess, self.ITERATIONS), positive))
        return self._most_plausible(results).astype(np.uint8) * 255

    def _guesses(self, near: F32) -> list[U8]:
        height, width = near.shape
        if self.box:
            inside = _box_mask(self.box, self.photo.size, (width, height))
            return [np.where(inside, cv2.GC_PR_FGD, cv2.GC_BGD).astype(np.uint8)]
        guesses = []
        for radius in (fraction * max(width, height) for fraction in self.RADII):
            guess = np.where(near <= radius, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
            guess[near > self.BEYOND * radius] = cv2.GC_BGD
            guesses.append(guess)
        return guesses

    def _most_plausible(self, results: list[Bools]) -> Bools:
        if len(results) == 1:
            return results[0]
        plausible = [
            np.mean([_iou(result, other) for other in results if other is not result])
            + np.log(_mean_on_outline(self._edges, result) + 1e-3)
            for result in results
        ]
        return results[int(np.argmax(plausible))]

    def _points(self, positive: bool, width: int, height: int) -> Points:
        """(N, 2) column and row of the clicks of one kind in a copy of this size."""
        pixels = [click.pixel for click in self.clicks if click.positive == positive]
        points = (np.array(pixels, np.float64).reshape(-1, 2) + 0.5) * (width, height) / self.photo.size
        return points.astype(np.int64)


def _grab_cut(image: U8, guess: U8, iterations: int) -> Bools:
    """GrabCut from a labelled guess; the guess itself when one side is empty, which OpenCV refuses."""
    labels = guess.copy()
    inside = labels % 2 == 1
    if inside.any() and not inside.all():
        # The mixture models are initialised by k-means, which draws from OpenCV's global generator.
        cv2.setRNGSeed(0)
        background, object_ = np.zeros((1, 65)), np.zeros((1, 65))
        cv2.grabCut(image, labels, (0, 0, 0, 0), background, object_, iterations, cv2.GC_INIT_WITH_MASK)
        inside = labels % 2 == 1
    return np.asarray(inside)


def _touched(mask: Bools, points: Points) -> Bools:
    """The connected parts that hold one of the points (x, y); everything when there is no point."""
    if not len(points):
        return mask
    _, labels = cv2.connectedComponents(mask.astype(np.uint8))
    return np.isin(labels, labels[points[:, 1], points[:, 0]]) & mask


def _distance(points: Points, width: int, height: int) -> F32:
    """(height, width) distance to the nearest point (x, y), infinite without points."""
    if not len(points):
        return np.full((height, width), np.inf, np.float32)
    elsewhere = np.ones((height, width), np.uint8)
    elsewhere[points[:, 1], points[:, 0]] = 0
    return np.asarray(cv2.distanceTransform(elsewhere, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)


def _edge_strength(image: U8) -> F32:
    """(H, W) length of the strongest channel's gradient, lightly smoothed."""
    smooth = cv2.GaussianBlur(image, (0, 0), 1).astype(np.float32)
    slopes = [np.abs(cv2.Sobel(smooth, cv2.CV_32F, dx, 1 - dx)).max(2) for dx in (1, 0)]
    return np.asarray(np.hypot(*slopes), np.float32)


def _iou(first: Bools, second: Bools) -> float:
    union = np.count_nonzero(first | second)
    return np.count_nonzero(first & second) / union if union else 1.0


def _mean_on_outline(values: F32, mask: Bools) -> float:
    """Mean of `values` in units of its mean over the photo, along a mask's outline; 0 without outline."""
    outline = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    return float(values[outline].mean() / (values.mean() + 1e-6)) if outline.any() else 0.0


def _box_mask(box: Box, photo: tuple[int, int], size: tuple[int, int]) -> Bools:
    """(height, width) bool of a copy of this (width, height): pixels that the box touches."""
    (width, height), fx, fy = size, size[0] / photo[0], size[1] / photo[1]
    mask = np.zeros((height, width), np.bool_)
    mask[int(box.y0 * fy) : int(np.ceil(box.y1 * fy)), int(box.x0 * fx) : int(np.ceil(box.x1 * fx))] = True
    return mask


def _reduced(image: U8, side: int) -> U8:
    """The image with its longer side at most `side`."""
    height, width = image.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _clicks_or_centre(clicks: tuple[Click, ...], box: Box | None) -> tuple[Click, ...]:
    if box is None or any(click.positive for click in clicks):
        return clicks
    return Click(*box.centre), *clicks


def _resized(mask: U8, width: int, height: int) -> U8:
    if mask.shape == (height, width):
        return mask
    shrinks = mask.shape[0] > height or mask.shape[1] > width
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(mask, (width, height), interpolation=way), np.uint8)


def thumbnail_size(width: int, height: int) -> tuple[int, int]:
    """(width, height) of a photo's thumbnail."""
    scale = min(1.0, THUMBNAIL / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def check_candidate(candidate: int | None, count: int) -> None:
    """InputError when there is no candidate of this number."""
    if candidate is not None and not 0 <= candidate < count:
        raise InputError(f"There is no candidate {candidate}.", f"Choose one from 0 to {count - 1}.")


def check_cancelled(cancelled: Asked) -> None:
    """Cancelled when the caller wants no more."""
    if cancelled is not None and cancelled():
        raise Cancelled
