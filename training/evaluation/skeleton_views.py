"""Pictures that skeleton methods are measured on, with their truth: crops around objects, or whole photos.

The published sets show one object a picture; the view "object" makes such pictures of any photos with masks. The true
skeleton is the pruned medial axis of the whole mask of an object.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from engine.crop.prompts import Click
from engine.crop.simulate import first_click
from engine.skeleton.graph import SkeletonGraph
from engine.skeleton.matching import tolerance_of
from engine.skeleton.medial import medial_graph
from training.data.masks import extent
from training.data.object_skeletons import PARTIAL, Segments, has_skeleton
from training.data.records import VOID, ObjectRecord
from training.evaluation.sample import load_photo

U8 = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Kind = Literal["object", "photo"]

LEAST_PIXELS = 32**2
"""Smaller objects (COCO's "small") are not measured."""
ROOM = 1.4
"""Sides of an object's view relative to those of its box."""


@dataclass(frozen=True, eq=False)
class View:
    """One picture with its truth.

    Args:
        rgb: (H, W, 3) uint8.
        diameter: (H, W) float32, of the inscribed circle on the true skeleton, pixels, at least 1; 0 elsewhere.
        ignored: (H, W) bool: detections without a partner count neither way there.
        clicks: One on each measured object, in pixels of `rgb`.
        set, quality: Where its figures belong; quality "" where its objects differ or have none.
        photo: Name of the photo: views of one photo are not independent.
        target: (H, W) uint8 mask of the measured objects, 0, 1, 255 void; None when there are no masks.
        graphs: The true skeletons of the measured objects, in pixels of the view.
        scaled: The diameters are known; else they are 1 on the skeleton.
    """

    rgb: U8
    diameter: F32
    ignored: Bools
    clicks: tuple[Click, ...]
    set: str
    quality: str
    photo: str
    target: U8 | None = None
    graphs: tuple[SkeletonGraph, ...] = ()
    scaled: bool = True


@dataclass(frozen=True, eq=False)
class _Object:
    """An object: `mask` (h, w) bool begins at column `x0` and row `y0` of the photo."""

    record: ObjectRecord
    x0: int
    y0: int
    mask: Bools

    @cached_property
    def graph(self) -> SkeletonGraph:
        return medial_graph(self.mask)

    @cached_property
    def click(self) -> Click:
        click = first_click(self.mask.astype(np.uint8))
        assert click is not None  # noqa: S101 - an object has a pixel
        return click


def is_measured(record: ObjectRecord) -> bool:
    """Whole objects of a fair size."""
    width, height = record.size
    return has_skeleton(record, 0.0) and record.area * width * height >= LEAST_PIXELS


def photo_views(records: Iterable[ObjectRecord], wanted: Sequence[ObjectRecord], kind: Kind) -> Iterator[View]:
    """The views of one photo.

    Args:
        records: All objects of the photo, small ones and those that are not wanted too: where they lie, detections
            count neither way. Parts of objects hide nothing.
        wanted: "object": one view for each of these; "photo": one view of all measured objects if this has any.
        kind: See above.

    Yields:
        Nothing for an object without a pixel.

    Raises:
        PhotoError: The photo or a mask is missing or damaged.
    """
    objects, void = _objects([record for record in records if record.quality not in PARTIAL])
    rgb = load_photo(wanted[0]).rgb8
    height, width = rgb.shape[:2]
    if kind == "object":
        for one in (o for o in objects if any(o.record is record for record in wanted)):
            yield _view(rgb, void, objects, [one], _around(one, width, height))
    elif measured := [o for o in objects if is_measured(o.record)]:
        yield _view(rgb, void, objects, measured, (0, 0, width, height))


def _objects(records: Iterable[ObjectRecord]) -> tuple[list[_Object], Bools]:
    """Objects with a pixel, and (H, W) bool void of the photo."""
    objects, void = [], None
    for record in records:
        target = record.read_mask()
        void = target == VOID if void is None else void | (target == VOID)
        if found := extent(target):
            x0, y0, x1, y1 = found.bbox
            objects.append(_Object(record, x0, y0, target[y0:y1, x0:x1] == 1))
    assert void is not None  # noqa: S101 - the wanted objects are among the records
    return objects, void


def _around(one: _Object, width: int, height: int) -> tuple[int, int, int, int]:
    """Box (x0, y0, x1, y1) of an object's view, within the photo."""
    h, w = one.mask.shape
    more_x, more_y = w * (ROOM - 1) / 2, h * (ROOM - 1) / 2
    return (
        max(0, math.floor(one.x0 - more_x)),
        max(0, math.floor(one.y0 - more_y)),
        min(width, math.ceil(one.x0 + w + more_x)),
        min(height, math.ceil(one.y0 + h + more_y)),
    )


def _view(rgb: U8, void: Bools, objects: list[_Object], wanted: list[_Object], box: tuple[int, int, int, int]) -> View:
    x0, y0, x1, y1 = box
    labels = np.where(void, np.uint8(VOID), np.uint8(0))
    # Wanted ones last: where masks overlap, a pixel is of the measured object.
    for one in (*(o for o in objects if o not in wanted), *wanted):
        h, w = one.mask.shape
        labels[one.y0 : one.y0 + h, one.x0 : one.x0 + w][one.mask] = 1 if one in wanted else VOID
    target = np.ascontiguousarray(labels[y0:y1, x0:x1])
    size = (x1 - x0, y1 - y0)
    graphs = tuple(one.graph.moved((1, 1), (one.x0 - x0, one.y0 - y0), size) for one in wanted)
    diameter = np.zeros(target.shape, np.float32)
    for graph in graphs:
        Segments.of(graph).draw(diameter, np.eye(2, 3))
    records = [one.record for one in wanted]
    qualities = {record.quality for record in records}
    return View(
        np.ascontiguousarray(rgb[y0:y1, x0:x1]),
        diameter,
        within(target == VOID, tolerance_of(*target.shape)),
        tuple(Click(one.click.x + one.x0 - x0, one.click.y + one.y0 - y0) for one in wanted),
        records[0].set,
        qualities.pop() if len(qualities) == 1 else "",
        str(records[0].image),
        target,
        graphs,
    )


def within(mask: Bools, distance: float) -> Bools:
    """(H, W) bool: pixels whose centre is at most `distance` pixels from that of a pixel of the mask."""
    if not mask.any():
        return mask
    away = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(away <= distance)
