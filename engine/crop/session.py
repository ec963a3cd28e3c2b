"""CropSession: one photo, many prompts, each prediction as cheap as what is new about it.

The click gives the place, so only the scale is unknown: the first click is looked at in the whole photo and in closer
squares around it, the reading with the best predicted IoU wins, and a second look zooms on it. Every later click is one
look at the zoomed object with the mask so far. What the session knows after some prompts depends on the prompts alone
and is kept, so that undo costs nothing and the same clicks always give the same mask.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from engine.crop.belief import Belief, joined, overlap, square_around
from engine.crop.colour_models import fit_to_photo
from engine.crop.network import ClickSegmenter, Look, Reading
from engine.crop.prediction import Candidate, Prediction
from engine.crop.prompts import Box, Click
from engine.crop.upsample import to_source
from engine.errors import Cancelled
from engine.imaging.photo import Photo
from engine.imaging.window import Pyramid, Window

THUMBNAIL = 96
REMEMBERED = 64
"""Prompt states kept; each holds a few maps of some hundred kilobytes."""


@dataclass(frozen=True, slots=True)
class CropSettings:
    """How the session looks.

    Args:
        coarse_size, zoom_size: Network input in pixels of the scale search and of the zoom.
        scales: Sides of the squares of the scale search as fractions of the photo's longer side; 1 is the whole photo.
        margin: Zoom window over the object's extent.
        least_side: No window is smaller than this many source pixels: nothing but blur would be seen.
        colour_models: Fit colour models to the photo after the last look.
    """

    coarse_size: int = 128
    zoom_size: int = 128
    scales: tuple[float, ...] = (1.0, 0.5, 0.25)
    margin: float = 1.4
    least_side: float = 24.0
    colour_models: bool = True


@dataclass(frozen=True, slots=True)
class Prompts:
    """Everything a person has said: a state is a function of this."""

    clicks: tuple[Click, ...] = ()
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class _State:
    """What is known after some prompts: readings, best first; none when nothing was asked."""

    readings: tuple[Reading, ...] = ()

    def reading(self, index: int | None) -> Reading | None:
        """The asked-for reading, the nearest there is, or the best for None."""
        if not self.readings:
            return None
        return self.readings[min(max(index or 0, 0), len(self.readings) - 1)]


Looks = Generator[list[Look], list[list[Reading]], _State]


class CropSession:
    """Click-directed segmentation of one photo by the default network (see engine.crop.prediction.Session).

    Not for several threads at a time.

    Args:
        photo: The photo; its sRGB pixels and a pyramid of them are kept.
        net: The network, ready to look.
        settings: How to look.
    """

    def __init__(self, photo: Photo, net: ClickSegmenter, settings: CropSettings = CropSettings()) -> None:
        self.photo = photo
        self.net = net
        self.settings = settings
        self.pyramid = Pyramid(photo.rgb8)
        self.prompts = Prompts()
        self._states: OrderedDict[Prompts, _State] = OrderedDict()

    # Prompts ---------------------------------------------------------------------------------------------------------

    def set_prompts(self, clicks: tuple[Click, ...], box: Box | None = None) -> None:
        """Replace every click and the box.

        Raises:
            InputError: A click lies outside the photo, or the box does not touch it.
        """
        width, height = self.photo.size
        inside = tuple(click.check_inside(width, height) for click in clicks)
        self.prompts = Prompts(inside, box.clipped(width, height) if box else None)

    def add_click(self, click: Click) -> None:
        """Add a click after the others (InputError outside the photo)."""
        self.set_prompts((*self.prompts.clicks, click), self.prompts.box)

    def move_click(self, index: int, x: float, y: float) -> None:
        """Move click number `index` to (x, y) in source pixels."""
        clicks = list(self.prompts.clicks)
        clicks[index] = replace(clicks[index], x=x, y=y)
        self.set_prompts(tuple(clicks), self.prompts.box)

    def remove_click(self, index: int) -> None:
        """Take click number `index` away."""
        clicks = list(self.prompts.clicks)
        del clicks[index]
        self.set_prompts(tuple(clicks), self.prompts.box)

    # Prediction ------------------------------------------------------------------------------------------------------

    def predict(self, *, candidate: int | None = None, cancelled: Callable[[], bool] | None = None) -> Prediction:
        """Segment with the present prompts.

        Args:
            candidate: Index into the candidates of an ambiguous click; None takes the best. A later click that
                corrects this candidate says so (Click.builds_on).
            cancelled: Asked between passes; Cancelled is raised when it answers True.

        Returns:
            The prediction; empty when nothing was clicked or nothing found.

        Raises:
            Cancelled: As asked.
            WeightsError: The network's answer is not finite.
        """
        return predict_batch([self], candidate=candidate, cancelled=cancelled)[0]

    def looks(self, prompts: Prompts) -> Looks:
        """Yield the looks that `prompts` need, receive their readings, return the state they lead to."""
        if not prompts.clicks and prompts.box is None:
            return _State()
        known = self._states.get(prompts)
        if known is not None:
            self._states.move_to_end(prompts)
            return known
        if not any(c.positive for c in prompts.clicks) and prompts.box is None:
            # Only "not this": there is no object to take it from.
            return _State()
        base = None
        if prompts.clicks:
            before: _State = yield from self.looks(Prompts(prompts.clicks[:-1], prompts.box))
            base = before.reading(prompts.clicks[-1].builds_on)
        if base is None or base.belief.bounds() is None:
            belief = yield from self._search(prompts)
        else:
            belief = base.belief
        state = yield from self._zoom(prompts, belief)
        self._remember(prompts, state)
        return state

    def _search(self, prompts: Prompts) -> Generator[list[Look], list[list[Reading]], Belief]:
        """The scale search: which square around the click shows the object best?"""
        s = self.settings
        looks = [self._look(window, s.coarse_size, prompts) for window in self._search_windows(prompts)]
        answers = yield looks
        best = max((reading for readings in answers for reading in readings), key=lambda r: r.score)
        return best.belief

    def _search_windows(self, prompts: Prompts) -> list[Window]:
        s, (width, height) = self.settings, self.photo.size
        if prompts.box is not None:
            return [square_around(joined(prompts.box, prompts.clicks), s.margin, s.least_side)]
        click = next(c for c in reversed(prompts.clicks) if c.positive)
        longer = max(width, height)
        windows = []
        for scale in s.scales:
            side = longer * scale
            if scale == 1:
                windows.append(Window((width - side) / 2, (height - side) / 2, side, side))
            elif side >= 2 * s.least_side:
                windows.append(Window(click.x - side / 2, click.y - side / 2, side, side))
        return windows

    def _zoom(self, prompts: Prompts, belief: Belief) -> Generator[list[Look], list[list[Reading]], _State]:
        """Look at the object itself, once more when it turns out to be larger than it seemed."""
        s = self.settings
        for again in (True, False):
            bounds = belief.bounds() or _around_clicks(prompts, belief.window)
            window = square_around(joined(bounds, prompts.clicks), s.margin, s.least_side)
            readings = (yield [self._look(window, s.zoom_size, prompts, belief)])[0]
            ranked = _ranked(readings, prompts)
            found = ranked[0].belief.bounds()
            if not again or found is None or _fits(found, window, bounds, self.photo.size):
                break
            belief = ranked[0].belief
        return _State(ranked)

    def _look(self, window: Window, size: int, prompts: Prompts, previous: Belief | None = None) -> Look:
        return Look(self.pyramid, window, size, prompts.clicks, prompts.box, previous)

    def _remember(self, prompts: Prompts, state: _State) -> None:
        self._states[prompts] = state
        while len(self._states) > REMEMBERED:
            self._states.popitem(last=False)

    def finish(self, state: _State, candidate: int | None, started: float) -> Prediction:
        """From a state to source pixels: colour models, upsampling, thumbnails."""
        width, height = self.photo.size
        reading = state.reading(candidate)
        if reading is None:
            return Prediction.empty(width, height)
        chosen = state.readings.index(reading)
        looked = time.perf_counter()
        belief = reading.belief
        if self.settings.colour_models:
            belief = fit_to_photo(belief, self.pyramid, self.prompts.clicks)
        fitted = time.perf_counter()
        left, top, patch = to_source(belief, self.photo.rgb8, self.pyramid)
        candidates = tuple(Candidate(r.score, self._thumbnail(r.belief)) for r in state.readings)
        now = time.perf_counter()
        timings = {"network": looked - started, "colour_models": fitted - looked, "upsampling": now - fitted}
        return Prediction(width, height, left, top, patch, reading.score, candidates, chosen, now - started, timings)

    def _thumbnail(self, belief: Belief) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
        width, height = self.photo.size
        longer = max(width, height)
        square = belief.seen_through(Window(0.0, 0.0, float(longer), float(longer)), THUMBNAIL)
        w, h = max(1, round(THUMBNAIL * width / longer)), max(1, round(THUMBNAIL * height / longer))
        return cv2.convertScaleAbs(square[:h, :w], alpha=255.0)  # type: ignore[return-value]


def predict_batch(
    sessions: Sequence[CropSession], *, candidate: int | None = None, cancelled: Callable[[], bool] | None = None
) -> list[Prediction]:
    """Predictions of several sessions that share a network, their looks of equal size in common batches.

    Args and errors as in `CropSession.predict`.
    """
    started = time.perf_counter()
    states: dict[int, _State] = {}
    waiting: dict[int, tuple[Looks, list[Look]]] = {}

    def advance(index: int, generator: Looks, answer: list[list[Reading]] | None) -> None:
        try:
            waiting[index] = (generator, next(generator) if answer is None else generator.send(answer))
        except StopIteration as stop:
            waiting.pop(index, None)
            states[index] = stop.value

    for index, session in enumerate(sessions):
        advance(index, session.looks(session.prompts), None)
    while waiting:
        if cancelled is not None and cancelled():
            raise Cancelled
        size = next(iter(waiting.values()))[1][0].size
        turn = {index: looks for index, (_, looks) in waiting.items() if looks[0].size == size}
        answers = iter(sessions[0].net([look for looks in turn.values() for look in looks]))
        for index, looks in turn.items():
            advance(index, waiting[index][0], [next(answers) for _ in looks])
    if cancelled is not None and cancelled():
        raise Cancelled
    return [session.finish(states[index], candidate, started) for index, session in enumerate(sessions)]


def _ranked(readings: list[Reading], prompts: Prompts) -> tuple[Reading, ...]:
    """Best first. From the third click on nothing is ambiguous and the expected mask leads."""
    if len(prompts.clicks) >= 3:
        return (readings[0], *sorted(readings[1:], key=lambda r: -r.score))
    return tuple(sorted(readings, key=lambda r: -r.score))


def _around_clicks(prompts: Prompts, window: Window) -> Box:
    """Where to look when the belief is empty: a quarter of its window around the last positive click."""
    positive = [c for c in prompts.clicks if c.positive]
    if not positive:
        return Box(window.x0, window.y0, window.x0 + window.width, window.y0 + window.height)
    half = window.width / 8
    x, y = positive[-1].x, positive[-1].y
    return Box(x - half, y - half, x + half, y + half)


def _fits(found: Box, window: Window, looked_for: Box, size: tuple[int, int]) -> bool:
    """The zoom showed the whole object: it does not run out of the window and is about where it was expected."""
    edge = window.width * 0.02
    runs_out = (
        (found.x0 < window.x0 + edge and window.x0 > 0)
        or (found.y0 < window.y0 + edge and window.y0 > 0)
        or (found.x1 > window.x0 + window.width - edge and window.x0 + window.width < size[0])
        or (found.y1 > window.y0 + window.height - edge and window.y0 + window.height < size[1])
    )
    return not runs_out and overlap(found, looked_for) > 0.5
