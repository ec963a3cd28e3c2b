"""The people of a run: which are measured, and the window each is shown in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.errors import InputError
from engine.imaging.window import Window
from engine.pose.person import person_window
from training.data.people import PersonRecord, open_people
from training.evaluation.sample import check_photos, equal_shares, seeded


def sample_people(
    paths: Sequence[Path], split: str | None, sets: Sequence[str], limit: int | None, seed: int
) -> list[PersonRecord]:
    """People to measure, equally many of each set, photo by photo.

    Args:
        paths: Sets of people with joints.
        split: Take this split alone; None takes all.
        sets: Take these sets alone; empty takes all.
        limit: Most people; None takes all.
        seed: Of the sample.

    Raises:
        InputError: No such data, split or set, or nobody with a known joint.
        PhotoError: A photo is missing.
    """
    return chosen_people([record for path in paths for record in open_people(path, split)], sets, limit, seed)


def chosen_people(
    records: Sequence[PersonRecord], sets: Sequence[str], limit: int | None, seed: int
) -> list[PersonRecord]:
    """As `sample_people`, of people that were read already."""
    known = sorted({record.set for record in records})
    if unknown := [name for name in sets if name not in known]:
        raise InputError(f"There is no set {unknown[0]}.", f"Sets there: {', '.join(known)}.")
    usable = [r for r in records if (not sets or r.set in sets) and (r.visibility > 0).any()]
    if not usable:
        raise InputError("There is no person with a known joint to measure.")
    chosen = equal_shares(usable, limit, lambda record: seeded(seed, record.person))
    chosen.sort(key=lambda record: (record.set, str(record.image), record.person))
    check_photos(chosen)
    return chosen


def window_of(record: PersonRecord, jitter: float, seed: int) -> Window:
    """The window around a person's annotated joints, as a person's box would give it.

    Args:
        record: The person.
        jitter: How far it misses: its centre by a Gaussian of this share of its side, its side by as many octaves.
        seed: Of the jitter; every method gets the same windows.
    """
    window = person_window(record.joints, record.visibility)
    if not jitter:
        return window
    x, y, octaves = np.random.default_rng(seeded(seed, record.person)).normal(0, jitter, 3)
    side = window.width
    centre = (window.x0 + side / 2 + x * side, window.y0 + side / 2 + y * side)
    return Window.around(*centre, side * 2.0**octaves)
