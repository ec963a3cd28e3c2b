"""Outcomes as figures with stable keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from training.evaluation.arguments import in_group
from training.evaluation.outcome import Kind, Outcome
from training.metrics.bootstrap import bootstrap_interval
from training.metrics.clicks import failed, miou_at, noc
from training.metrics.iou import recall_at
from training.metrics.ranking import average_precision, precision_recall, score_error

CLICKS = (1, 2, 3, 5, 10, 20)
THRESHOLDS = (80, 85, 90)
Figures = dict[str, Any]


def summarise(outcomes: Sequence[Outcome], limit: int, groups: Mapping[str, Sequence[str]], seed: int) -> Figures:
    """`{NAME: {"sets": {SET: figures, SET/QUALITY: figures}, "groups": {GROUP: figures}, "patch": figures}}`.

    Args:
        outcomes: Of every method, object and kind.
        limit: Most clicks of a dialogue.
        groups: Name -> sets, or SET/QUALITY, whose objects are pooled under it.
        seed: Of the bootstrap.
    """
    return {name: _model(found, limit, groups, seed) for name, found in _split(outcomes, lambda o: o.method).items()}


def of_kind(outcomes: Sequence[Outcome], kind: Kind) -> list[Outcome]:
    """Those of one kind."""
    return [outcome for outcome in outcomes if outcome.kind == kind]


def _model(outcomes: Sequence[Outcome], limit: int, groups: Mapping[str, Sequence[str]], seed: int) -> Figures:
    figures: Figures = {"sets": {}, "groups": {}}
    photos = [outcome for outcome in outcomes if outcome.kind != "patch"]
    for name, found in _split(photos, lambda o: o.record.set).items():
        figures["sets"][name] = _both_kinds(found, limit, seed)
        for quality, part in _split(found, lambda o: o.record.quality).items():
            if quality:
                figures["sets"][f"{name}/{quality}"] = _both_kinds(part, limit, seed)
    for name, members in groups.items():
        if found := [o for o in photos if in_group(members, o.record.set, o.record.quality)]:
            figures["groups"][name] = _both_kinds(found, limit, seed)
    if patches := of_kind(outcomes, "patch"):
        figures["patch"] = _patches(patches, seed)
    return figures


def _both_kinds(outcomes: Sequence[Outcome], limit: int, seed: int) -> Figures:
    figures = _dialogues(of_kind(outcomes, "centre"), limit, seed)
    if hand := of_kind(outcomes, "jittered"):
        figures["jittered"] = _dialogues(hand, limit, seed)
    return figures


def _dialogues(outcomes: Sequence[Outcome], limit: int, seed: int) -> Figures:
    curves = np.array([outcome.curve(limit) for outcome in outcomes])
    photos = [str(outcome.record.image) for outcome in outcomes]
    clicks = [click for click in CLICKS if click <= limit]
    return {
        "objects": len(outcomes),
        "photos": len(set(photos)),
        "miou": {str(click): round(miou_at(curves, click), 6) for click in clicks},
        "interval": {str(click): _rounded(bootstrap_interval(curves[:, click - 1], photos, seed)) for click in clicks},
        "noc": {str(t): round(float(noc(curves, t / 100).mean()), 6) for t in THRESHOLDS},
        "noc_failed": {str(t): round(float(failed(curves, t / 100).mean()), 6) for t in THRESHOLDS},
        "seconds_per_click": round(float(np.median([second for o in outcomes for second in o.seconds])), 6),
        "best_candidate_miou": round(float(np.mean([outcome.best_candidate for outcome in outcomes])), 6),
        **_score(outcomes),
    }


def _patches(outcomes: Sequence[Outcome], seed: int) -> Figures:
    ious = np.array([outcome.ious[0] for outcome in outcomes])
    photos = [str(outcome.record.image) for outcome in outcomes]
    return {
        "patches": len(outcomes),
        "mean_iou": round(float(ious.mean()), 6),
        "interval": _rounded(bootstrap_interval(ious, photos, seed)),
        "median_iou": round(float(np.median(ious)), 6),
        "iou_at_50": round(recall_at(ious, 0.5), 6),
        "seconds_per_click": round(float(np.median([outcome.seconds[0] for outcome in outcomes])), 6),
        **_score(outcomes),
    }


def _score(outcomes: Sequence[Outcome]) -> Figures:
    """Figures of the first click: share of good masks, and how the predicted IoU tells them."""
    ious = np.array([outcome.ious[0] for outcome in outcomes])
    scores = np.array([outcome.scores[0] for outcome in outcomes])
    precision, recall = precision_recall(scores, ious, 0.7)
    return {
        "iou_at_70": round(recall_at(ious, 0.7), 6),
        "score_error": round(score_error(scores, ious), 6),
        "score_average_precision": round(average_precision(precision, recall), 6),
    }


def _rounded(interval: tuple[float, float]) -> list[float]:
    return [round(value, 6) for value in interval]


def _split(outcomes: Sequence[Outcome], key: Callable[[Outcome], str]) -> dict[str, list[Outcome]]:
    parts: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        parts[key(outcome)].append(outcome)
    return dict(parts)
