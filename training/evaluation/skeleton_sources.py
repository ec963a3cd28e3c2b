"""Where the pictures of a run come from: photos with masks, or sets published with skeletons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from engine.errors import InputError
from training.data.open import open_records
from training.data.records import ObjectRecord
from training.data.skeleton_sets import SkeletonRecord, holds_skeletons, open_skeletons
from training.evaluation.sample import check_photos, equal_shares, read_photo, sample_records, seeded
from training.evaluation.skeleton_views import Kind, View, is_measured, photo_views


@dataclass(frozen=True, slots=True)
class SkeletonOptions:
    """What to measure.

    Args:
        view: "object": each object in a picture of its own; "photo": whole photos.
        limit: Most objects or photos, see `sample_records`; None measures all.
        thresholds: How many.
        seed: Of the sample.
        multi_scale: Networks look at each picture at several scales.
    """

    view: Kind = "object"
    limit: int | None = None
    thresholds: int = 100
    seed: int = 0
    multi_scale: bool = False


@dataclass(frozen=True, eq=False)
class Views:
    """The pictures of a run, made one after another.

    Args:
        total: How many at most.
        sets: Names of their sets.
        kind: What a picture is.
        make: Begins again with the first.
    """

    total: int
    sets: frozenset[str]
    kind: Kind
    make: Callable[[], Iterator[View]]

    def __iter__(self) -> Iterator[View]:
        return self.make()


def open_views(paths: Sequence[Path], split: str | None, sets: Sequence[str], options: SkeletonOptions) -> Views:
    """Views of data in any known format.

    Args:
        paths: Files or folders: all with masks, or all published with skeletons; the latter are shown whole.
        split: Take this split alone; None takes all.
        sets: Take these sets alone; empty takes all.
        options: What to measure.

    Raises:
        InputError: Nothing there, an unknown format, split or set, both kinds of data, no object that is large enough.
        PhotoError: A photo or a truth is missing.
    """
    published = [path.exists() and holds_skeletons(path) for path in paths]
    if not any(published):
        return views_of([record for path in paths for record in open_records(path, split, sets)], options)
    if not all(published):
        raise InputError("Masks and published skeletons cannot be measured in one run.", "Measure them one by one.")
    return skeleton_views([record for path in paths for record in open_skeletons(path, split)], sets, options)


def sample_objects(records: Sequence[ObjectRecord], options: SkeletonOptions) -> list[ObjectRecord]:
    """The objects whose views are measured; for whole photos one object of each.

    Raises:
        InputError: No object is large enough.
    """
    measured = [record for record in records if is_measured(record)]
    if options.view == "photo":
        measured = list({str(record.image): record for record in reversed(measured)}.values())
    sample = sample_records(measured, options.limit, options.seed)
    if not sample:
        raise InputError(
            "There is no object to measure.",
            "Whole objects of at least 32 x 32 pixels are; parts and fragments are not.",
        )
    return sample


def views_of(records: Sequence[ObjectRecord], options: SkeletonOptions) -> Views:
    """Views of a sample of objects (or photos) with masks.

    Raises:
        InputError: No object is large enough.
        PhotoError: A photo is missing.
    """
    sample = sample_objects(records, options)
    check_photos(sample)
    of_photo: dict[str, list[ObjectRecord]] = defaultdict(list)
    for record in records:
        of_photo[str(record.image)].append(record)

    def views() -> Iterator[View]:
        for image, together in groupby(sample, key=lambda record: str(record.image)):
            yield from photo_views(of_photo[image], list(together), options.view)

    return Views(len(sample), frozenset(record.set for record in sample), options.view, views)


def skeleton_views(records: Sequence[SkeletonRecord], sets: Sequence[str], options: SkeletonOptions) -> Views:
    """Views of whole photos with a published skeleton.

    Args:
        records: The photos.
        sets: Take these sets alone; empty takes all.
        options: What to measure; the view is always the photo.

    Raises:
        InputError: There is no such set.
    """
    known = {record.set for record in records}
    if unknown := [name for name in sets if name not in known]:
        raise InputError(f"There is no set {unknown[0]}.", f"Sets there: {', '.join(sorted(known))}.")
    chosen = [record for record in records if not sets or record.set in sets]

    def key(record: SkeletonRecord) -> int:
        return seeded(options.seed, record.set, record.split, record.image.name)

    sample = equal_shares(chosen, options.limit, key)

    def views() -> Iterator[View]:
        for record in sorted(sample, key=lambda record: (record.set, str(record.image))):
            truth = record.read()
            diameter = truth.skeleton.astype(np.float32)
            if truth.diameter is not None:
                diameter *= np.maximum(truth.diameter, 1)
            nothing = np.zeros(diameter.shape, np.bool_)
            photo, scaled = read_photo(record.image).rgb8, truth.diameter is not None
            yield View(photo, diameter, nothing, (), record.set, "", str(record.image), scaled=scaled)

    return Views(len(sample), frozenset(record.set for record in sample), "photo", views)
