"""Training samples of the DeepMask family: patches with an object in the middle, patches without, whole photos.

Frame: windows are in pixels of the cached photo, clicks in pixels of the 192 input, pixel centre at +0.5.
Source: the sampler that was published with DeepMask, with the click of DeepCrop (Kurenkov, section 4).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torchvision.transforms.v2 import functional as tv

from engine.crop.patch import cut, patch_window, squash
from engine.errors import InputError
from engine.imaging.window import Window
from engine.nets.deepmask import INPUT, LABEL, OBJECT, PATCH, RING
from training.data.records import VOID, ObjectRecord

U8 = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]
Sample = dict[str, Tensor]

SHIFT = 16.0
"""An object's centre lies within this many pixels of the patch's centre in a positive, per axis."""
OCTAVES = 0.25
"""An object's size lies within 2 to the plus or minus this of the canonical size in a positive."""
FAR_SHIFT = 48.0
"""From this distance on, in pixels, a patch is not about the object any more."""
FAR_OCTAVES = 1.0
"""From this many octaves on, a patch is not about the object any more."""
TRIES = 100


class Cache(Protocol):
    """Decoded photos and masks of the same size, e.g. `training.data.cache.PhotoCache`."""

    def photo(self, record: ObjectRecord) -> U8:
        """(H, W, 3) uint8 RGB."""

    def mask(self, record: ObjectRecord) -> U8:
        """(H, W) uint8: 0 background, 1 object, 255 void."""


class BalancedDraw:
    """Draws objects so that neither a large set nor a frequent category dominates.

    A group of objects is drawn by its weight, then one of its categories uniformly, then an object of it uniformly.

    Args:
        records: Objects; those too small to learn from are left out (area below 100 px or a side below 5 px).
        set_weights: Weight of the group "SET/QUALITY", or of the whole "SET"; 0 leaves it out.
        other_weight: Weight of sets that are not named.

    Raises:
        InputError: No object is left.
    """

    def __init__(
        self, records: Sequence[ObjectRecord], set_weights: Mapping[str, float], other_weight: float = 1.0
    ) -> None:
        groups: dict[str, dict[str, list[ObjectRecord]]] = defaultdict(lambda: defaultdict(list))
        for record in filter(_large_enough, records):
            full = f"{record.set}/{record.quality}"
            groups[full if full in set_weights else record.set][record.category].append(record)
        weights = {name: set_weights.get(name, other_weight) for name in groups}
        names = [name for name in groups if weights[name] > 0]
        if not names:
            raise InputError("There is no object to train on.", "Check the folder, the split and the set weights.")
        self._groups = [list(groups[name].values()) for name in names]
        share = np.array([weights[name] for name in names])
        self._cumulative = np.cumsum(share / share.sum())

    def __call__(self, rng: np.random.Generator) -> ObjectRecord:
        """One object."""
        index = int(np.searchsorted(self._cumulative, rng.random(), side="right"))
        categories = self._groups[min(index, len(self._groups) - 1)]
        objects = categories[rng.integers(len(categories))]
        return objects[rng.integers(len(objects))]


class PatchSamples:
    """Patches for DeepMask, SharpMask (no click) and DeepCropV2 (click).

    A sample has `image` (3, 192, 192) uint8 RGB; `target` (label, label) uint8 over the central 160 pixels, 0, 1 or
    255; `has_mask` bool, whether the target teaches the mask; `score` float32, +1 or -1, 0 to ignore; `click` (2,)
    float32.

    The click is a uniformly random pixel of the object in the patch, in positives and negatives alike, and nothing
    else distinguishes the two kinds but what they are: what marks the class must be seen in the picture.

    Args:
        records: Objects.
        cache: Their photos and masks.
        seed: Sample n depends on (seed, n) alone.
        clicked: The target is what was clicked. Negatives are then wrong for that object alone, and some have the
            click beside the object; otherwise they are away from every object of the photo.
        negatives: Fraction of the samples that are score negatives.
        whole_photo: Fraction of the samples that show the whole photo; they teach the mask, not the score.
        label: Side of the target in pixels.
        set_weights, other_weight: See BalancedDraw.
    """

    def __init__(
        self,
        records: Sequence[ObjectRecord],
        cache: Cache,
        seed: int,
        *,
        clicked: bool,
        negatives: float = 0.5,
        whole_photo: float = 0.0,
        label: int = LABEL,
        set_weights: Mapping[str, float] | None = None,
        other_weight: float = 1.0,
    ) -> None:
        self._seed = seed
        self._draw = BalancedDraw(records, set_weights or {}, other_weight)
        self._cache = cache
        self._clicked = clicked
        self._negatives = negatives
        self._whole_photo = whole_photo
        self._label = label
        self._together: dict[Path, list[ObjectRecord]] = defaultdict(list)
        for record in records:
            self._together[record.image].append(record)

    def sample(self, n: int) -> Sample:
        rng = np.random.default_rng([self._seed, n])
        record = self._draw(rng)
        photo, mask = self._cache.photo(record), self._cache.mask(record)
        size = photo.shape[1], photo.shape[0]
        box = _scaled_box(record, size)
        kind = rng.random()
        beside = False
        if kind < self._negatives:
            beside = self._clicked and rng.random() < 1 / 3
            others = [record] if self._clicked else self._together[record.image]
            boxes = [_scaled_box(other, size) for other in others]
            away = None if beside else far_window(box, boxes, rng)
            window = away or centred_window(box, rng)
            # A photo so full of objects that no place is away from all of them teaches nothing here.
            score = -1.0 if beside or away else 0.0
        elif kind < self._negatives + self._whole_photo:
            window, score = photo_window(size, rng), 0.0
        else:
            window, score = centred_window(box, rng), 1.0
        inside, target = cut_target(mask, window, self._label)
        image = cut(photo, window)
        click = _pixel_of(~inside if beside else inside, rng)
        if rng.random() < 0.5:
            image, target = image[:, ::-1], target[:, ::-1]
            click = (INPUT - click[0], click[1])
        return {
            "image": vary_colour(image, rng),
            "target": torch.from_numpy(np.ascontiguousarray(target)),
            "has_mask": torch.tensor(kind >= self._negatives),
            "score": torch.tensor(score),
            "click": torch.tensor(click, dtype=torch.float32),
        }


class SquashedSamples:
    """Whole photos for DeepCropV1: squashed to the central 160 pixels, the border mirrored around them.

    A sample has `image` (3, 192, 192) uint8, `target` (112, 112) uint8 over the whole photo, `click` (2,) float32.
    """

    def __init__(
        self,
        records: Sequence[ObjectRecord],
        cache: Cache,
        seed: int,
        *,
        set_weights: Mapping[str, float] | None = None,
        other_weight: float = 1.0,
    ) -> None:
        self._seed = seed
        self._draw = BalancedDraw(records, set_weights or {}, other_weight)
        self._cache = cache

    def sample(self, n: int) -> Sample:
        rng = np.random.default_rng([self._seed, n])
        record = self._draw(rng)
        image = squash(self._cache.photo(record))
        mask = self._cache.mask(record)
        ys, xs = np.nonzero(mask == 1)
        pick = int(rng.integers(len(xs))) if len(xs) else 0
        at = (xs[pick], ys[pick]) if len(xs) else (mask.shape[1] / 2, mask.shape[0] / 2)
        click = [RING + (v + 0.5) * PATCH / side for v, side in zip(at, mask.shape[::-1], strict=True)]
        target = _shrink_target(mask == 1, mask == VOID, LABEL)
        if rng.random() < 0.5:
            image, target = image[:, ::-1], target[:, ::-1]
            click[0] = INPUT - click[0]
        return {
            "image": vary_colour(image, rng),
            "target": torch.from_numpy(np.ascontiguousarray(target)),
            "click": torch.tensor(click, dtype=torch.float32),
        }


def centred_window(box: Box, rng: np.random.Generator) -> Window:
    """A positive: the object in the middle at canonical size, jittered by `SHIFT` and `OCTAVES`."""
    unit = _unit(box) * 2 ** rng.uniform(-OCTAVES, OCTAVES)
    dx, dy = rng.uniform(-SHIFT, SHIFT, 2) * unit
    x, y = _centre(box)
    return patch_window(x + dx, y + dy, unit)


def far_window(box: Box, boxes: Sequence[Box], rng: np.random.Generator) -> Window | None:
    """A negative: near `box` at a wrong scale or a wrong place, and about none of `boxes`.

    Returns:
        None when no such window was found.
    """
    x, y = _centre(box)
    for _ in range(TRIES):
        if rng.random() < 0.5:
            octaves = rng.choice([-1, 1]) * rng.uniform(FAR_OCTAVES, 2.5)
            dx, dy = rng.uniform(-SHIFT, SHIFT, 2)
        else:
            octaves = rng.uniform(-1.5, 1.5)
            angle, distance = rng.uniform(0, 2 * np.pi), rng.uniform(FAR_SHIFT, 2 * FAR_SHIFT)
            dx, dy = distance * np.cos(angle), distance * np.sin(angle)
        unit = _unit(box) * 2**octaves
        window = patch_window(x + dx * unit, y + dy * unit, unit)
        if not any(is_about(window, other) for other in boxes):
            return window
    return None


def is_about(window: Window, box: Box) -> bool:
    """Whether an object is neither far from the window's centre nor far from canonical size in it."""
    x, y = window.to_window(_centre(box), INPUT, INPUT)
    near = np.hypot(x - INPUT / 2, y - INPUT / 2) < FAR_SHIFT
    return bool(near and abs(np.log2(window.width / INPUT / _unit(box))) < FAR_OCTAVES)


def photo_window(size: tuple[int, int], rng: np.random.Generator) -> Window:
    """The whole photo in the central 160 pixels, jittered as a positive is."""
    unit = max(size) / PATCH * 2 ** rng.uniform(0, 2 * OCTAVES)
    dx, dy = rng.uniform(-SHIFT / 2, SHIFT / 2, 2) * unit
    return patch_window(size[0] / 2 + dx, size[1] / 2 + dy, unit)


def cut_target(mask: U8, window: Window, label: int) -> tuple[npt.NDArray[np.bool_], U8]:
    """The mask in a window.

    Returns:
        (192, 192) bool: pixels of the object, only those in the central 160 when there are any; and the target
        (label, label) uint8 of the central 160 pixels.
    """
    central = slice(RING, RING + PATCH)
    inside = cut((mask == 1).astype(np.uint8) * 255, window, fill=0)
    void = mask == VOID
    unknown = cut(void.astype(np.uint8) * 255, window, fill=0)[central, central] if void.any() else None
    target = _shrink_target(inside[central, central], unknown, label)
    clickable = np.zeros((INPUT, INPUT), np.bool_)
    clickable[central, central] = inside[central, central] > 127
    return clickable, target


def vary_colour(image: U8, rng: np.random.Generator) -> Tensor:
    """(H, W, 3) uint8 -> (3, H, W) uint8 with light random brightness, contrast and saturation."""
    brightness, contrast, saturation = rng.uniform(0.8, 1.25, 3)
    pixels = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)
    pixels = tv.adjust_brightness(pixels, brightness)
    pixels = tv.adjust_contrast(pixels, contrast)
    varied: Tensor = tv.adjust_saturation(pixels, saturation)
    return varied.contiguous()


def _shrink_target(inside: npt.NDArray[np.generic], void: npt.NDArray[np.generic] | None, label: int) -> U8:
    def shrink(values: npt.NDArray[np.generic]) -> npt.NDArray[np.bool_]:
        grey = values.astype(np.uint8) * 255 if values.dtype == np.bool_ else values
        return np.asarray(cv2.resize(np.asarray(grey), (label, label), interpolation=cv2.INTER_AREA)) > 127

    target = shrink(inside).astype(np.uint8)
    if void is not None:
        target[shrink(void)] = VOID
    return target


def _pixel_of(where: npt.NDArray[np.bool_], rng: np.random.Generator) -> tuple[float, float]:
    """Centre (x, y) of a uniformly random true pixel of the patch; its middle when there is none."""
    rows, columns = np.nonzero(where[RING : RING + PATCH, RING : RING + PATCH])
    if not len(rows):
        return INPUT / 2, INPUT / 2
    pick = int(rng.integers(len(rows)))
    return float(columns[pick]) + RING + 0.5, float(rows[pick]) + RING + 0.5


def _large_enough(record: ObjectRecord) -> bool:
    x0, y0, x1, y1 = record.bbox
    return record.area * record.size[0] * record.size[1] >= 100 and min(x1 - x0, y1 - y0) >= 5


def _scaled_box(record: ObjectRecord, size: tuple[int, int]) -> Box:
    """The record's box in pixels of its cached photo."""
    sx, sy = size[0] / record.size[0], size[1] / record.size[1]
    x0, y0, x1, y1 = record.bbox
    return x0 * sx, y0 * sy, x1 * sx, y1 * sy


def _centre(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _unit(box: Box) -> float:
    """Photo pixels per patch pixel at which the box has canonical size."""
    return max(box[2] - box[0], box[3] - box[1], 1.0) / OBJECT
