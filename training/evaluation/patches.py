"""The patch protocol of DeepMask and DeepCrop: one object of canonical size, one random click on it.

A category is drawn uniformly, then one of its objects. The object's longer side becomes 92 of 160 pixels, scale and
place are jittered as in training, and the mask is compared over those 160 pixels; networks see 192. Objects below 100
pixels or 5 pixels of side are left out. Source: Pinheiro et al. 2015, the released sampler; Kurenkov, "DeepCrop".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import numpy.typing as npt

from engine.crop.patch import cut
from engine.crop.prompts import Click
from engine.crop.simulate import random_click
from engine.errors import InputError
from engine.imaging.photo import Photo
from engine.nets.deepmask import PATCH, RING
from training.data.patches import centred_window, cut_target
from training.data.records import ObjectRecord
from training.evaluation.outcome import Outcome
from training.evaluation.protocol import Method, PatchMethod
from training.evaluation.sample import load_photo
from training.metrics.iou import iou

U8 = npt.NDArray[np.uint8]

_CENTRE = slice(RING, RING + PATCH)
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Patch:
    """One question of the protocol.

    Args:
        record: The object.
        image: (192, 192, 3) uint8 RGB.
        target: (160, 160) uint8 of the central pixels: 0 background, 1 object, 255 void.
        click: On the object, in pixels of `image`.
    """

    record: ObjectRecord
    image: U8
    target: U8
    click: Click


def sample_patches(records: Sequence[ObjectRecord], count: int, seed: int) -> Iterator[Patch]:
    """Draw `count` patches; patch n depends on (records, seed, n) alone.

    Raises:
        InputError: No object is large enough.
    """
    categories: dict[str, list[ObjectRecord]] = defaultdict(list)
    for record in records:
        x0, y0, x1, y1 = record.bbox
        if record.area * record.size[0] * record.size[1] >= 100 and min(x1 - x0, y1 - y0) >= 5:
            categories[record.category].append(record)
    names = sorted(categories)
    if not names:
        raise InputError("No object is large enough for the patch protocol.", "Use --patches 0 to leave it out.")
    for n in range(count):
        rng = np.random.default_rng([seed, n])
        for _ in range(_TRIES):
            members = categories[names[rng.integers(len(names))]]
            patch = _patch(members[rng.integers(len(members))], rng)
            if patch is not None:
                yield patch
                break


def _patch(record: ObjectRecord, rng: np.random.Generator) -> Patch | None:
    """One patch of an object; None when no pixel of it lies inside (a hollow object, a box wider than its mask)."""
    window = centred_window(record.bbox, rng)
    _, target = cut_target(record.read_mask(), window, PATCH)
    if not (target == 1).any():
        return None
    click = random_click(target, rng)
    image = cut(load_photo(record).rgb8, window)
    return Patch(record, image, target, Click(click.x + RING, click.y + RING))


def measure_patch(patch: Patch, methods: Mapping[str, Method]) -> list[Outcome]:
    """Every method on one patch. Methods that read photos get the 192 pixels as a photo and the click."""
    outcomes = []
    for name, method in methods.items():
        start = perf_counter()
        if isinstance(method, PatchMethod):
            logits, score = method.patch(patch.image, patch.click)
            mask = logits >= 0
        else:
            session = method.session(Photo.from_array(patch.image))
            session.set_prompts((patch.click,))
            prediction = session.predict()
            mask, score = prediction.mask()[_CENTRE, _CENTRE], prediction.score
        seconds = perf_counter() - start
        quality = iou(mask, patch.target)
        outcomes.append(Outcome(patch.record, name, "patch", (patch.click,), (quality,), (score,), (seconds,), quality))
    return outcomes
