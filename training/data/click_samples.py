"""Training samples of the default network: a crop around an object, its first prompts, perhaps an earlier mask.

Three kinds of crops match the looks of engine.crop.session: the whole photo, a square around the click at some scale,
and a zoom on the object.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import torch
from pydantic import BaseModel, ConfigDict

from training.data.cache import PhotoCache
from training.data.degrade import degraded_mask
from training.data.object_samples import ObjectSamples, Sample
from training.data.records import ObjectRecord

U8 = npt.NDArray[np.uint8]
CLICKS = 6
"""Rows of the click tensor of a sample; unused rows have label 0."""


class SamplerSettings(BaseModel):
    """How samples are drawn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    set_weights: dict[str, float] = {}
    """Sampling weight of "SET/QUALITY" or "SET"; other sets weigh `other_weight`."""
    other_weight: float = 0.02
    min_area: float = 0.0015
    whole: float = 0.3
    """Share of whole-photo crops; the rest is split between click-centred crops and zooms."""
    zoom: float = 0.4
    earlier: float = 0.3
    """Share of zooms with an earlier mask made from the truth. Few: such masks are better than what a network answers,
    and a network that may trust them stops doubting."""
    composite: float = 0.15
    """Share of samples with another object pasted in, as target or as occluder."""
    box: float = 0.08


class Crop(NamedTuple):
    """A square window in photo pixels, turned: maps crop pixels to photo pixels."""

    cx: float
    cy: float
    side: float
    angle: float
    aspect: float
    flip: bool


class ClickSamples(ObjectSamples):
    """Crops with prompts.

    A sample is a dict: image (3, S, S) uint8; valid (1, S, S) uint8; target (1, S, S) uint8 0/1/255; clicks (CLICKS, 3)
    float32; box (4,) float32; previous (1, S, S) uint8; hidden (1,) float32: object pixels outside the crop, in crop
    pixels, so that the predicted IoU can answer for the whole object.
    """

    def __init__(
        self,
        records: Sequence[ObjectRecord],
        cache: PhotoCache,
        settings: SamplerSettings,
        seed: int,
        *,
        size: int = 160,
    ) -> None:
        drawn = [r for r in records if _worth_learning(r, settings.min_area)]
        super().__init__(drawn, settings.set_weights, settings.other_weight, seed)
        self.cache, self.settings, self.size = cache, settings, size

    def _make(self, record: ObjectRecord, rng: np.random.Generator) -> Sample | None:
        photo, mask = self.cache.photo(record), self.cache.mask(record)
        settings, size = self.settings, self.size
        ys, xs = np.nonzero(mask == 1)
        if len(ys) < 12:
            return None
        kind = rng.random()
        zoom = kind >= 1 - settings.zoom
        crop = self._choose_crop(
            photo.shape[:2], xs, ys, "whole" if kind < settings.whole else "zoom" if zoom else "click", rng
        )
        image, valid = warp_image(photo, crop, size)
        target = warp_mask(mask, crop, size)
        scale2 = (size / crop.side) ** 2 / crop.aspect
        hidden = max(0.0, len(ys) * scale2 - float((target == 1).sum()))
        if rng.random() < settings.composite:
            image, target, hidden = self._paste(image, target, hidden, rng)
        target[(valid == 0) & (target != 1)] = 0
        inside = int((target == 1).sum())
        if inside < 12:
            return None
        clicks, box = self._prompts(target, rng)
        previous = np.zeros((size, size), np.uint8)
        if zoom and rng.random() < settings.earlier:
            previous = degraded_mask(target == 1, rng)
        return {
            "image": torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1))),
            "valid": torch.from_numpy(valid)[None],
            "target": torch.from_numpy(target)[None],
            "clicks": torch.from_numpy(clicks),
            "box": torch.from_numpy(box),
            "previous": torch.from_numpy(previous)[None],
            "hidden": torch.tensor([hidden], dtype=torch.float32),
        }

    def _choose_crop(
        self,
        shape: tuple[int, ...],
        xs: npt.NDArray[np.int64],
        ys: npt.NDArray[np.int64],
        kind: str,
        rng: np.random.Generator,
    ) -> Crop:
        height, width = shape
        longer = max(height, width)
        extent = max(float(np.ptp(xs)), float(np.ptp(ys))) + 1.0
        cx, cy = (xs.min() + xs.max() + 1) / 2, (ys.min() + ys.max() + 1) / 2
        angle = float(rng.normal(0, 8)) if rng.random() < 0.3 else 0.0
        aspect = float(np.exp(rng.normal(0, 0.1)))
        flip = bool(rng.random() < 0.5)
        if kind == "whole":
            shift = rng.uniform(-0.05, 0.05, 2) * longer
            return Crop(
                width / 2 + shift[0], height / 2 + shift[1], longer * rng.uniform(0.9, 1.15), angle, aspect, flip
            )
        if kind == "zoom":
            side = max(extent * rng.uniform(1.15, 1.9), 24.0)
            shift = rng.uniform(-0.1, 0.1, 2) * extent
            return Crop(cx + shift[0], cy + shift[1], side, angle, aspect, flip)
        # The scale search does not know the object's size, so neither does the crop: some show a mere piece of it, and
        # the predicted IoU must learn to say so.
        k = int(rng.integers(len(xs)))
        side = max(longer * float(np.exp(rng.uniform(np.log(0.16), np.log(1.1)))), 24.0)
        shift = rng.uniform(-0.03, 0.03, 2) * side
        return Crop(xs[k] + 0.5 + shift[0], ys[k] + 0.5 + shift[1], side, angle, aspect, flip)

    def _paste(self, image: U8, target: U8, hidden: float, rng: np.random.Generator) -> tuple[U8, U8, float]:
        """Put another object into the crop, half the time as the new target, else as an occluder or a neighbour."""
        other = self._draw(rng)
        mask = self.cache.mask(other)
        ys, xs = np.nonzero(mask == 1)
        if len(ys) < 100 or other.quality in {"region", "holes"}:
            return image, target, hidden
        size = self.size
        extent = max(float(np.ptp(xs)), float(np.ptp(ys))) + 1.0
        fraction = rng.uniform(0.2, 0.8)
        side = extent / fraction
        cx, cy = (xs.min() + xs.max() + 1) / 2, (ys.min() + ys.max() + 1) / 2
        shift = rng.uniform(-0.5, 0.5, 2) * side * (1.05 - fraction)
        crop = Crop(cx + shift[0], cy + shift[1], side, float(rng.normal(0, 10)), 1.0, bool(rng.random() < 0.5))
        pasted, _ = warp_image(self.cache.photo(other), crop, size)
        cut = (warp_mask(mask, crop, size) == 1).astype(np.uint8)
        as_target = rng.random() < 0.5
        left = int(((target == 1) & (cut == 0)).sum())
        if not as_target and left < 0.4 * int((target == 1).sum()):
            return image, target, hidden
        # A soft, slightly shrunk edge: a hard one would teach the network to look for paste seams.
        alpha = cv2.GaussianBlur(cv2.erode(cut, np.ones((3, 3), np.uint8)).astype(np.float32), (0, 0), 0.8)[..., None]
        image = np.asarray(image * (1 - alpha) + pasted * alpha, np.uint8)
        if as_target:
            return image, cut, 0.0
        return image, np.where(cut == 1, np.uint8(0), target), hidden

    def _prompts(self, target: U8, rng: np.random.Generator) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """First prompts: one click, sometimes more, sometimes a box."""
        clicks = np.zeros((CLICKS, 3), np.float32)
        box = np.zeros(4, np.float32)
        object_ = (target == 1).astype(np.uint8)
        depth = cv2.distanceTransform(cv2.copyMakeBorder(object_, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 3)[
            1:-1, 1:-1
        ]
        count = 1 if rng.random() < 0.8 else int(rng.integers(2, 5))
        used = 0
        if rng.random() < self.settings.box:
            ys, xs = np.nonzero(object_)
            jitter = rng.normal(0, 0.04, 4) * max(float(np.ptp(xs)), float(np.ptp(ys)), 1.0)
            box[:] = np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]) + jitter
            if rng.random() < 0.5:
                count = 0
        for k in range(count):
            positive = k == 0 or rng.random() < 0.5
            if positive:
                style = rng.random()
                # Half near the middle, as people click; the rest anywhere inside.
                weight = depth >= (0.7 if style < 0.5 else 0.3 if style < 0.8 else 0.0) * depth.max()
                choice = np.flatnonzero((weight & (object_ == 1)).ravel())
            else:
                near = cv2.dilate(object_, np.ones((25, 25), np.uint8)) if rng.random() < 0.6 else np.ones_like(object_)
                choice = np.flatnonzero(((near == 1) & (target == 0)).ravel())
            if len(choice):
                row, column = divmod(int(choice[rng.integers(len(choice))]), self.size)
                clicks[used] = (column + 0.5, row + 0.5, 1.0 if positive else -1.0)
                used += 1
        return clicks, box


def _worth_learning(record: ObjectRecord, least: float) -> bool:
    """Large enough; unverified components ("cc") can be fragments and must be larger."""
    return record.area >= (0.02 if record.quality == "cc" else least)


def crop_matrix(crop: Crop, size: int) -> npt.NDArray[np.float64]:
    """(2, 3) affine from crop pixel centres to photo pixel coordinates (cv2 convention: integer = pixel centre)."""
    step_x = crop.side / size * crop.aspect**0.5 * (-1 if crop.flip else 1)
    step_y = crop.side / size * crop.aspect**-0.5
    # The area of a crop pixel is the same for every aspect.
    cos, sin = np.cos(np.radians(crop.angle)), np.sin(np.radians(crop.angle))
    linear = np.array([[cos * step_x, -sin * step_y], [sin * step_x, cos * step_y]])
    centre = np.array([crop.cx - 0.5, crop.cy - 0.5])
    offset = centre - linear @ np.array([(size - 1) / 2, (size - 1) / 2])
    return np.concatenate([linear, offset[:, None]], 1)


def warp_image(photo: U8, crop: Crop, size: int) -> tuple[U8, U8]:
    """(size, size, 3) uint8 crop and (size, size) uint8 of where it shows the photo; averages when shrinking."""
    matrix = crop_matrix(crop, size)
    ones = np.ones(photo.shape[:2], np.uint8)
    valid = cv2.warpAffine(ones, matrix, (size, size), flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    shrink = crop.side / size
    if shrink > 1.3:
        height, width = photo.shape[:2]
        small = (max(1, round(width / shrink)), max(1, round(height / shrink)))
        sx, sy = small[0] / width, small[1] / height
        photo = np.asarray(cv2.resize(photo, small, interpolation=cv2.INTER_AREA), np.uint8)
        scale = np.diag([sx, sy])
        centre = scale @ (matrix[:, 2] + 0.5) - 0.5
        matrix = np.concatenate([scale @ matrix[:, :2], centre[:, None]], 1)
    image = cv2.warpAffine(
        photo, matrix, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(image, np.uint8), np.asarray(valid, np.uint8)


def warp_mask(mask: U8, crop: Crop, size: int) -> U8:
    """(size, size) uint8 target, nearest neighbour; outside the photo is background."""
    matrix = crop_matrix(crop, size)
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    out = cv2.warpAffine(mask, matrix, (size, size), flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    return np.array(out, np.uint8)
