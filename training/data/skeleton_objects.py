"""Photos of a skeleton set as objects to train on: what is known of them is the skeleton, not the mask."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np
from skimage.morphology import skeletonize

from engine.errors import InputError
from engine.skeleton.graph import SkeletonGraph
from engine.skeleton.recover import recover_mask
from engine.skeleton.trace import trace
from training.data.masks import U8, extent
from training.data.records import ObjectRecord
from training.data.skeleton_sets import SkeletonRecord


def skeleton_objects(records: Iterable[SkeletonRecord]) -> list[ObjectRecord]:
    """One object a photo, all its skeletons together, the mask being what they recover. Reads every truth once.

    Photos without any skeleton are left out.

    Raises:
        InputError: A set stores no scale.
        PhotoError: A file is missing or damaged, or the sizes differ.
    """
    objects = []
    for record in records:
        graph = _graph(record)
        facts = extent(_mask(graph))
        if facts is None:
            continue
        objects.append(
            ObjectRecord(
                image=record.image,
                read_mask=partial(_read_mask, record),
                set=record.set,
                split=record.split,
                id=1,
                category="",
                quality="",
                bbox=facts.bbox,
                size=graph.size,
                area=facts.area,
                border=facts.border,
                read_skeleton=partial(_graph, record),
            )
        )
    return objects


def _graph(record: SkeletonRecord) -> SkeletonGraph:
    """The skeleton in pixels of the photo; thinned, as annotations are not always one pixel wide."""
    truth = record.read()
    if truth.diameter is None:
        raise InputError(
            f"The set {record.set} stores skeletons without contours or distances: no scale can be learned from it.",
            "Such sets can be measured on: python -m training evaluate skeleton.",
        )
    thin = np.asarray(skeletonize(truth.skeleton), np.bool_)  # type: ignore[no-untyped-call]
    return trace(thin, truth.diameter * np.float32(0.5))


def _mask(graph: SkeletonGraph) -> U8:
    return (recover_mask(graph) > 0).astype(np.uint8)


def _read_mask(record: SkeletonRecord) -> U8:
    return _mask(_graph(record))
