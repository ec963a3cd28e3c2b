"""Outcomes of skeletons as figures with stable keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from engine.skeleton.precision_recall import Counts, thresholds_of
from training.evaluation.arguments import in_group
from training.evaluation.skeleton_outcome import SkeletonOutcome
from training.metrics.bootstrap import bootstrap_interval
from training.metrics.overlap import Overlap, pooled_overlap
from training.metrics.skeleton_pr import ods, ods_interval, ois, pooled

Figures = dict[str, Any]


def summarise_skeletons(outcomes: Sequence[SkeletonOutcome], groups: Mapping[str, Sequence[str]], seed: int) -> Figures:
    """`{NAME: figures of all, "sets": {SET: figures, SET/QUALITY: figures}, "groups": {GROUP: figures}}`.

    A set has its own ODS threshold, as it has in the papers; its masks and scale errors are those at the method's
    threshold over all that was measured, for a user has one threshold.

    Args:
        outcomes: Of every method and picture.
        groups: Name -> sets, or SET/QUALITY, whose pictures are pooled under it.
        seed: Of the bootstrap.
    """
    models: Figures = {}
    for name, found in by_method(outcomes).items():
        _, at = ods([outcome.counts for outcome in found])
        model = models[name] = _figures(found, at, seed) | {"sets": {}, "groups": {}}
        for kind, part, members in parts(found, groups):
            model[kind][part] = _figures(members, at, seed)
    return models


def by_method(outcomes: Sequence[SkeletonOutcome]) -> dict[str, list[SkeletonOutcome]]:
    """Method -> its outcomes."""
    found: dict[str, list[SkeletonOutcome]] = defaultdict(list)
    for outcome in outcomes:
        found[outcome.method].append(outcome)
    return dict(found)


def parts(
    outcomes: Sequence[SkeletonOutcome], groups: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str, list[SkeletonOutcome]]]:
    """("groups" or "sets", name, outcomes) of each group, SET and SET/QUALITY that has any."""
    for name, members in groups.items():
        if chosen := [o for o in outcomes if in_group(members, o.set, o.quality)]:
            yield "groups", name, chosen
    sets: dict[str, list[SkeletonOutcome]] = defaultdict(list)
    for outcome in outcomes:
        sets[outcome.set].append(outcome)
        if outcome.quality:
            sets[f"{outcome.set}/{outcome.quality}"].append(outcome)
    for name in sorted(sets):
        yield "sets", name, sets[name]


def _figures(outcomes: Sequence[SkeletonOutcome], at: int, seed: int) -> Figures:
    counts = [outcome.counts for outcome in outcomes]
    photos = [outcome.photo for outcome in outcomes]
    best, own = ods(counts)
    total = pooled(counts)
    thresholds = thresholds_of(len(total.matched))
    figures = {
        "pictures": len(outcomes),
        "photos": len(set(photos)),
        "ods": best,
        "interval": list(ods_interval(counts, photos, seed)),
        "threshold": float(thresholds[own]),
        "precision": float(total.precision[own]),
        "recall": float(total.recall[own]),
        "ois": ois(counts),
        "f_at_model_threshold": float(total.f[at]),
        "seconds": float(np.median([outcome.seconds for outcome in outcomes])),
        **_scale(total, at, any(outcome.scaled for outcome in outcomes)),
        **_masks("mask", [(o.mask, o.photo) for o in outcomes], seed),
        **_masks("true_mask", [(o.true_mask, o.photo) for o in outcomes], seed),
    }
    return {key: _rounded(value) for key, value in figures.items()}


def _scale(total: Counts, at: int, scaled: bool) -> Figures:
    """Mean error of the diameter over matched pixels: relative to the true diameter, and in pixels."""
    matched = int(total.matched[at])
    if not (scaled and matched):
        return {}
    return {
        "scale_error": float(total.relative[at]) / matched,
        "scale_error_px": float(total.absolute[at]) / matched,
    }


def _masks(name: str, found: Sequence[tuple[Overlap | None, str]], seed: int) -> Figures:
    """Mean IoU over pictures with its interval, and F of all pixels pooled."""
    known = [(overlap, photo) for overlap, photo in found if overlap is not None]
    if not known:
        return {}
    ious = np.array([overlap.iou for overlap, _ in known])
    return {
        f"{name}_iou": float(ious.mean()),
        f"{name}_interval": list(bootstrap_interval(ious, [photo for _, photo in known], seed)),
        f"{name}_f": pooled_overlap(overlap for overlap, _ in known).f,
    }


def _rounded(value: float | int | list[float]) -> float | int | list[float]:
    if isinstance(value, list):
        return [round(one, 6) for one in value]
    return value if isinstance(value, int) else round(value, 6)
