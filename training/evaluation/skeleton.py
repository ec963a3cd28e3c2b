"""One evaluation run of skeletons: the same pictures for every method."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.skeleton.precision_recall import count_pixels, thresholds_of
from engine.skeleton.reading import SkeletonMethod
from engine.skeleton.recover import recover_mask
from training.evaluation.skeleton_outcome import Crests, SkeletonOutcome
from training.evaluation.skeleton_sources import SkeletonOptions, Views
from training.evaluation.skeleton_views import View
from training.metrics.overlap import Overlap
from training.metrics.skeleton_pr import ods

Advance = Callable[[str, int, int], None]


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
                outcome, crests = _measure(method, network, view, thresholds, options)
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
    name: str, method: SkeletonMethod, view: View, thresholds: npt.NDArray[np.float64], options: SkeletonOptions
) -> tuple[SkeletonOutcome, Crests]:
    start = perf_counter()
    reading = method.read(view.rgb, view.clicks, multi_scale=options.multi_scale)
    seconds = perf_counter() - start
    scaled = view.scaled and bool((reading.diameter > 0).any())
    crests = Crests.of(reading)
    diameters = (reading.diameter, view.diameter) if scaled else None
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
