"""Whole photos: a simulated person and a session take turns."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import numpy.typing as npt

from engine.crop.prediction import Session
from engine.crop.prompts import Click
from engine.crop.simulate import jittered, next_click
from engine.imaging.photo import Photo
from training.data.records import ObjectRecord
from training.evaluation.outcome import Kind, Outcome, object_seed
from training.evaluation.protocol import Method
from training.metrics.iou import iou

Mask = npt.NDArray[np.bool_]
U8 = npt.NDArray[np.uint8]
Place = Callable[[Click, Mask], Click]
"""(intended click, present mask) -> click as made."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One click and what came of it.

    Args:
        click: As made.
        iou: Of the mask at probability 0.5.
        score: The IoU that the method itself predicted.
        seconds: Wall-clock time.
        candidates: Number of readings offered.
    """

    click: Click
    iou: float
    score: float
    seconds: float
    candidates: int


def converse(session: Session, target: U8, limit: int, place: Place | None = None) -> Iterator[Turn]:
    """Click the worst error until nothing is wrong or `limit` clicks are made (RITM, see `engine.crop.simulate`).

    Args:
        session: Of the photo, without prompts.
        target: (H, W) uint8, 0 background, 1 object, 255 void.
        limit: Most clicks.
        place: How clicks deviate from what is intended; None does not.
    """
    mask = np.zeros(target.shape, np.bool_)
    clicks: list[Click] = []
    while len(clicks) < limit and (click := next_click(mask, target, clicks)) is not None:
        clicks.append(place(click, mask) if place else click)
        start = perf_counter()
        session.set_prompts(tuple(clicks))
        prediction = session.predict()
        seconds = perf_counter() - start
        mask = prediction.mask()
        yield Turn(clicks[-1], iou(mask, target), prediction.score, seconds, len(prediction.candidates))


def best_candidate(method: Method, photo: Photo, target: U8, turn: Turn) -> float:
    """IoU of the best reading that a first click offers: what a person gets who picks among the candidates.

    Args:
        method: Asked in a session of its own, as asking for a candidate may decide what later clicks build on.
        photo: The photo.
        target: (H, W) uint8.
        turn: The first click and what came of it.
    """
    if turn.candidates < 2:
        return turn.iou
    session = method.session(photo)
    session.set_prompts((turn.click,))
    return max(iou(session.predict(candidate=index).mask(), target) for index in range(turn.candidates))


def measure_object(
    record: ObjectRecord, photo: Photo, methods: Mapping[str, Method], limit: int, jitter: float, seed: int
) -> list[Outcome]:
    """Every method on one object, with centre clicks and, when `jitter` is above 0, with jittered ones.

    Args:
        record: The object.
        photo: Its photo.
        methods: By name.
        limit: Most clicks.
        jitter: Standard deviation of a click in x and y as a fraction of the square root of the object's area.
        seed: Of the jitter. Every method gets the same deviations.

    Returns:
        Nothing for an object without a pixel.
    """
    target = record.read_mask()
    sigma = jitter * math.sqrt(np.count_nonzero(target == 1))
    if not (target == 1).any():
        return []
    kinds: tuple[Kind, ...] = ("centre", "jittered") if jitter > 0 else ("centre",)
    outcomes = []
    for name, method in methods.items():
        for kind in kinds:
            place = _hand(target, sigma, object_seed(record, seed)) if kind == "jittered" else None
            turns = list(converse(method.session(photo), target, limit, place))
            outcomes.append(
                Outcome(
                    record,
                    name,
                    kind,
                    tuple(turn.click for turn in turns),
                    tuple(turn.iou for turn in turns),
                    tuple(turn.score for turn in turns),
                    tuple(turn.seconds for turn in turns),
                    best_candidate(method, photo, target, turns[0]),
                )
            )
    return outcomes


def _hand(target: U8, sigma: float, seed: int) -> Place:
    rng = np.random.default_rng(seed)
    return lambda click, mask: jittered(click, target, rng, sigma, mask)
