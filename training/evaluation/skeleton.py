"""One evaluation run of skeletons: the same pictures for every method."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from time import perf_counter

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.skeleton.reading import SkeletonMethod
from engine.skeleton.recover import recover_mask
from training.data.records import ObjectRecord
from training.evaluation.sample import check_photos, sample_records
from training.evaluation.skeleton_outcome import Crests, SkeletonOutcome
from training.evaluation.skeleton_views import Kind, View, is_measured, photo_views
from training.metrics.overlap import Overlap
from training.metrics.skeleton_pr import count_pixels, ods, thresholds_of

Advance = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class SkeletonOptions:
    """What to measure.

    Args:
        view: "object": each object in a picture of its own; "photo": whole photos.
        limit: Most objects or photos, see `sample_records`; None measures all.
        thresholds: How many.
        seed: Of the sample.
    """

    view: Kind = "object"
    limit: int | None = None
    thresholds: int = 100
    seed: int = 0


class Views:
    """The views of a sample, made one after another."""

    def __init__(self, total: int, views: Callable[[], Iterator[View]]) -> None:
        self.total = total
        self._views = views

    def __iter__(self) -> Iterator[View]:
        return self._views()


def views_of(records: Sequence[ObjectRecord], options: SkeletonOptions) -> Views:
    """Views of a sample of objects (or photos) with masks.

    Raises:
        InputError: No object is large enough.
        PhotoError: A photo is missing.
    """
    measured = [record for record in records if is_measured(record)]
    if options.view == "photo":
        first = {str(record.image): record for record in reversed(measured)}
        measured = list(first.values())
    sample = sample_records(measured, options.limit, options.seed)
    if not sample:
        raise InputError(
            "There is no object to measure.",
            "Whole objects of at least 32 x 32 pixels are; parts and fragments are not.",
        )
    check_photos(sample)
    of_photo: dict[str, list[ObjectRecord]] = defaultdict(list)
    for record in records:
        of_photo[str(record.image)].append(record)

    def views() -> Iterator[View]:
        for image, together in groupby(sample, key=lambda record: str(record.image)):
            yield from photo_views(of_photo[image], list(together), options.view)

    return Views(len(sample), views)


def evaluate(
    methods: Mapping[str, SkeletonMethod],
    views: Views,
    options: SkeletonOptions,
    advance: Advance = lambda what, done, total: None,
) -> list[SkeletonOutcome]:
    """Measure every method. Besides times, the outcome depends on the arguments alone.

    Masks are recovered at each method's own ODS threshold, which is known only when all pictures were read: readings
    wait on disk.

    Args:
        methods: By name.
        views: The pictures.
        options: What to measure.
        advance: Told (what is measured, how much of it is done, how much there is).

    Raises:
        InputError: Nothing to measure.
        PhotoError: A photo or mask is missing or damaged.
    """
    thresholds = thresholds_of(options.thresholds)
    outcomes: dict[str, list[SkeletonOutcome]] = {name: [] for name in methods}
    with tempfile.TemporaryDirectory(prefix="deepskel-") as name:
        shelf = Path(name)
        for number, view in enumerate(views):
            true_mask = _true_mask(view)
            if view.target is not None:
                np.save(shelf / f"{number}.npy", view.target)
            for index, (method, network) in enumerate(methods.items()):
                outcome, crests = _measure(method, network, view, thresholds)
                outcomes[method].append(replace(outcome, true_mask=true_mask))
                if view.target is not None:
                    crests.save(shelf / f"{number}-{index}.npz", thresholds[0])
            advance("skeletons", number + 1, views.total)
        if not any(outcomes.values()):
            raise InputError("There was nothing to measure.", "Every object is empty.")
        for index, method in enumerate(methods):
            found = outcomes[method]
            best = thresholds[ods([outcome.counts for outcome in found])[1]]
            if not any(outcome.scaled for outcome in found):
                continue
            for number, outcome in enumerate(found):
                if (path := shelf / f"{number}-{index}.npz").exists():
                    mask = recover_mask(Crests.load(path).graph(best)) > 0
                    found[number] = replace(outcome, mask=Overlap.of(mask, np.load(shelf / f"{number}.npy")))
                advance(f"masks of {method}", number + 1, len(found))
    return [outcome for found in outcomes.values() for outcome in found]


def _measure(
    name: str, method: SkeletonMethod, view: View, thresholds: npt.NDArray[np.float64]
) -> tuple[SkeletonOutcome, Crests]:
    start = perf_counter()
    reading = method.read(view.rgb, view.clicks)
    seconds = perf_counter() - start
    scaled = bool((reading.diameter > 0).any())
    crests = Crests.of(reading)
    diameters = reading.diameter, view.diameter
    truth = view.diameter > 0
    counts = count_pixels(crests.suppressed, truth, thresholds, ignored=view.ignored, diameters=diameters)
    return SkeletonOutcome(name, view.set, view.quality, view.photo, counts, seconds, scaled), crests


def _true_mask(view: View) -> Overlap | None:
    if view.target is None:
        return None
    mask = np.zeros(view.target.shape, np.bool_)
    for graph in view.graphs:
        mask |= recover_mask(graph) > 0
    return Overlap.of(mask, view.target)
