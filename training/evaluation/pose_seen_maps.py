"""How close a skeleton-map network's maps of people are to true ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from torch import Tensor

from engine.pose.hypotheses import Look
from engine.pose.maps import SINGLE, WIDTHS
from training.evaluation.portions import portions
from training.evaluation.pose_map_quality import MapQuality
from training.evaluation.pose_people import Person, true_maps

Figures = dict[str, Any]
Advance = Callable[[str, int, int], None]
Reader = Callable[[Sequence[Look], Sequence[float]], Tensor]
"""People and crops to maps (N, crops, widths, 6, s, s) in [0, 1]."""

BATCH = 8


def measure_seen_maps(
    reader: Reader,
    people: Iterable[tuple[Look, Person]],
    what: str,
    total: int,
    advance: Advance = lambda what, done, total: None,
) -> Figures:
    """Compare a network's maps with those drawn from what is known of people, at the single crop.

    Args:
        reader: The network.
        people: All made, or all in photos; those of whom a joint or the depth is unknown are left out.
        what: Name for `advance`.
        total: How many people there are.
        advance: Told (what is measured, how much of it is done, how much there is).

    Returns:
        `people`; figures of `MapQuality` of the single width; `widths.W.mae`, `.stick_mae`, `.iou`. Empty without
        people.
    """
    quality = {width: MapQuality() for width in WIDTHS}
    measured = done = 0
    for some in portions(people, BATCH):
        whole = [(look, person) for look, person in some if (person.visibility > 0).all() and _deep(person)]
        if whole:
            looks, known = [look for look, _ in whole], [person for _, person in whole]
            maps = reader(looks, (SINGLE[1],))[:, 0]
            for index, width in enumerate(WIDTHS):
                quality[width].add(maps[:, index], true_maps(known, width, SINGLE[1], maps.shape[-1]))
        measured, done = measured + len(whole), done + len(some)
        advance(what, done, total)
    if not measured:
        return {}
    figures = {width: one.figures() for width, one in quality.items()}
    widths = {f"{w:g}": {key: f[key] for key in ("mae", "stick_mae", "iou")} for w, f in figures.items()}
    return {"people": measured} | figures[SINGLE[0]] | {"widths": widths}


def _deep(person: Person) -> bool:
    return bool(np.isfinite(person.depth).all())
