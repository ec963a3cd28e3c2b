"""Training samples of the skeleton networks: square crops of photos with the skeletons of the objects in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
import torch
from pydantic import BaseModel, ConfigDict

from training.data.cache import PhotoCache
from training.data.click_samples import Crop, crop_matrix, warp_image, warp_mask
from training.data.degrade import degraded_mask
from training.data.object_samples import ObjectSamples, Sample, weight_name
from training.data.object_skeletons import ObjectSkeletons, has_skeleton
from training.data.records import VOID, ObjectRecord

U8 = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]


class SkeletonSamplerSettings(BaseModel):
    """How samples are drawn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    set_weights: dict[str, float] = {}
    """Sampling weight of "SET/QUALITY" or "SET"; other sets are not drawn. Empty: every set alike."""
    min_area: float = 0.003
    """Fraction of the photo below which an object has no skeleton to be learned."""
    whole: float = 0.2
    """Share of crops of the whole photo."""
    any_scale: float = 0.2
    """Share of crops around a place of the object at any scale; the rest shows the whole object."""
    composite: float = 0.15
    """Share of samples with another object pasted in."""
    prompted: float = 0.0
    """Share of samples with a click on one object, whose skeleton and mask alone are then wanted."""
    earlier: float = 0.25
    """Share of those with an earlier mask made from the truth."""
    augmentation: Literal["continuous", "papers"] = "continuous"
    """"papers": scales 0.8, 1, 1.2 times rotations by 0, 90, 180, 270 degrees times none, left-right and up-down
    flips of the object's crop. "continuous": any scale, small rotations, left-right flips."""


class SkeletonSamples(ObjectSamples):
    """Square crops, most of them around an object.

    A sample is a dict: image (3, S, S) uint8 RGB; diameter (1, S, S) float32, of the inscribed circle on the skeleton,
    in crop pixels, 0 elsewhere; known (1, S, S) uint8, 0 on void and outside the photo; valid (1, S, S) uint8, 0
    outside the photo; mask (1, S, S) uint8 0/1/255; click (1, 3) float32 x, y, 1 (zeros: no click, every object is
    wanted); previous (1, S, S) uint8, 255 = certain, an earlier mask of the clicked object, or zeros;
    offset (2, S, S) float16, xy from each pixel to the nearest pixel of the skeleton; near (1, S, S) float32, the
    diameter there (both 0 where there is no skeleton at all).
    """

    def __init__(
        self,
        records: Sequence[ObjectRecord],
        cache: PhotoCache,
        settings: SkeletonSamplerSettings,
        seed: int,
        *,
        size: int = 128,
    ) -> None:
        weights = settings.set_weights
        drawn = [r for r in records if has_skeleton(r, settings.min_area)]
        if weights:
            drawn = [r for r in drawn if weight_name(r, weights) in weights]
        super().__init__(drawn, weights, 1.0, seed)
        self.settings, self.cache, self.size = settings, cache, size
        self.skeletons = ObjectSkeletons(records, cache, settings.min_area)

    def _make(self, record: ObjectRecord, rng: np.random.Generator) -> Sample | None:
        photo, truth = self.cache.photo(record), self.skeletons.of(record)
        if record.id not in truth.objects:
            return None
        factor = photo.shape[1] / record.size[0]
        crop = self._choose_crop(photo.shape[:2], tuple(v * factor for v in record.bbox), rng)
        image, valid = warp_image(photo, crop, self.size)
        prompted = rng.random() < self.settings.prompted
        labels = self.cache.mask(record) if prompted else truth.labels
        mask = warp_mask(labels, crop, self.size)
        diameter = np.zeros((self.size, self.size), np.float32)
        for segments in [truth.objects[record.id]] if prompted else truth.objects.values():
            segments.draw(diameter, to_crop(crop, self.size))
        if rng.random() < self.settings.composite:
            image, mask, diameter = self._paste(image, mask, diameter, rng, alone=prompted)
        click, previous = np.zeros((1, 3), np.float32), np.zeros((self.size, self.size), np.uint8)
        if prompted:
            click, previous = self._prompt(mask, rng)
        if int((diameter > 0).sum()) < 6 or (prompted and not click[0, 2]):
            return None
        known = ((mask != VOID) & (valid != 0)).astype(np.uint8)
        offset, near = nearest_skeleton(diameter)
        return {
            "image": torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1))),
            "diameter": torch.from_numpy(diameter)[None],
            "known": torch.from_numpy(known)[None],
            "valid": torch.from_numpy(valid)[None],
            "click": torch.from_numpy(click),
            "previous": torch.from_numpy(previous)[None],
            "mask": torch.from_numpy(mask)[None],
            "offset": torch.from_numpy(offset),
            "near": torch.from_numpy(near)[None],
        }

    def _prompt(self, mask: U8, rng: np.random.Generator) -> tuple[F32, U8]:
        """A click on the object of a mask, half the time near its middle, as people click; perhaps an earlier mask."""
        click, previous = np.zeros((1, 3), np.float32), np.zeros(mask.shape, np.uint8)
        inside = mask == 1
        if not inside.any():
            return click, previous
        depth = cv2.distanceTransform(np.pad(inside, 1).astype(np.uint8), cv2.DIST_L2, 3)[1:-1, 1:-1]
        style = rng.random()
        least = (0.7 if style < 0.5 else 0.3 if style < 0.8 else 0.0) * depth.max()
        choice = np.flatnonzero((inside & (depth >= least)).ravel())
        row, column = divmod(int(choice[rng.integers(len(choice))]), self.size)
        click[0] = (column + 0.5, row + 0.5, 1.0)
        if rng.random() < self.settings.earlier:
            previous = degraded_mask(inside, rng)
        return click, previous

    def _choose_crop(self, shape: tuple[int, ...], bbox: tuple[float, ...], rng: np.random.Generator) -> Crop:
        """Similarities only: circles stay circles."""
        height, width = shape
        longer = max(height, width)
        x0, y0, x1, y1 = bbox
        extent, cx, cy = max(x1 - x0, y1 - y0), (x0 + x1) / 2, (y0 + y1) / 2
        if self.settings.augmentation == "papers":
            scale, quarter, flip = rng.choice((0.8, 1.0, 1.2)), int(rng.integers(4)), int(rng.integers(3))
            # Upside down is left-right and half a turn.
            return Crop(cx, cy, 1.4 * extent / scale, 90.0 * quarter + (180.0 if flip == 2 else 0.0), 1.0, flip > 0)
        angle = float(rng.normal(0, 10)) if rng.random() < 0.5 else 0.0
        flip = bool(rng.random() < 0.5)
        kind = rng.random()
        if kind < self.settings.whole:
            shift = rng.uniform(-0.05, 0.05, 2) * longer
            return Crop(width / 2 + shift[0], height / 2 + shift[1], longer * rng.uniform(0.9, 1.1), angle, 1.0, flip)
        if kind < self.settings.whole + self.settings.any_scale:
            side = max(longer * float(np.exp(rng.uniform(np.log(0.3), np.log(1.0)))), 32.0)
            at = rng.uniform(0, 1, 2)
            return Crop(x0 + at[0] * (x1 - x0), y0 + at[1] * (y1 - y0), side, angle, 1.0, flip)
        shift = rng.uniform(-0.08, 0.08, 2) * extent
        side = max(extent * rng.uniform(1.1, 1.8), 32.0)
        return Crop(cx + shift[0], cy + shift[1], side, angle, 1.0, flip)

    def _paste(
        self, image: U8, mask: U8, diameter: F32, rng: np.random.Generator, *, alone: bool
    ) -> tuple[U8, U8, F32]:
        """Put another object in front; what it hides a fair part of becomes void, its skeleton being another now.

        With `alone` one object is wanted: half the time the new one, else the old one if it stays visible.
        """
        other = self._draw(rng)
        truth = self.skeletons.of(other)
        if other.id not in truth.objects:
            return image, mask, diameter
        photo = self.cache.photo(other)
        factor = photo.shape[1] / other.size[0]
        x0, y0, x1, y1 = (v * factor for v in other.bbox)
        fraction = rng.uniform(0.3, 0.8)
        side = max(x1 - x0, y1 - y0) / fraction
        shift = rng.uniform(-0.5, 0.5, 2) * side * (1.05 - fraction)
        crop = Crop((x0 + x1) / 2 + shift[0], (y0 + y1) / 2 + shift[1], side, float(rng.normal(0, 10)), 1.0, False)
        cut = (warp_mask(self.cache.mask(other), crop, self.size) == 1).astype(np.uint8)
        pasted, _ = warp_image(photo, crop, self.size)
        drawn = np.zeros_like(diameter)
        truth.objects[other.id].draw(drawn, to_crop(crop, self.size))
        # A soft, slightly shrunk edge: a hard one would teach the network to look for paste seams.
        alpha = cv2.GaussianBlur(cv2.erode(cut, np.ones((3, 3), np.uint8)).astype(np.float32), (0, 0), 0.8)[..., None]
        joined = np.asarray(image * (1 - alpha) + pasted * alpha, np.uint8)
        if alone and rng.random() < 0.5:
            return joined, cut, drawn
        _, parts = cv2.connectedComponents((mask == 1).astype(np.uint8))
        hidden = np.bincount(parts[cut == 1], minlength=int(parts.max()) + 1)
        spoiled = hidden > 0.03 * np.bincount(parts.ravel(), minlength=len(hidden))
        spoiled[0] = False
        if alone and spoiled.any():
            return image, mask, diameter
        mask, diameter = mask.copy(), diameter.copy()
        mask[spoiled[parts]] = VOID
        diameter[(mask == VOID) | (cut == 1)] = 0
        mask[cut == 1] = 0 if alone else 1
        if not alone:
            diameter[drawn > 0] = drawn[drawn > 0]
        return joined, mask, diameter


def to_crop(crop: Crop, size: int) -> npt.NDArray[np.float64]:
    """(2, 3) affine from photo pixels to crop pixels, corner convention."""
    back = crop_matrix(crop, size)
    linear = np.linalg.inv(back[:, :2])
    # crop_matrix counts from pixel centres: p = L c + o with both half a pixel less.
    return np.concatenate([linear, (0.5 - linear @ (back[:, 2] + 0.5))[:, None]], 1)


def nearest_skeleton(diameter: F32) -> tuple[npt.NDArray[np.float16], F32]:
    """Offset (2, H, W) float16, xy, to the nearest skeleton pixel, and (H, W) the diameter there; 0 without one."""
    on = diameter > 0
    if not on.any():
        return np.zeros((2, *diameter.shape), np.float16), np.zeros_like(diameter)
    _, labels = cv2.distanceTransformWithLabels((~on).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    rows, columns = np.nonzero(on)
    of_label = np.zeros((len(rows) + 1, 2), np.int64)
    of_label[labels[rows, columns]] = np.stack([columns, rows], 1)
    x, y = of_label[labels].transpose(2, 0, 1)
    grid_y, grid_x = np.mgrid[: diameter.shape[0], : diameter.shape[1]]
    return np.stack([x - grid_x, y - grid_y]).astype(np.float16), diameter[y, x]
