"""A method that selects colours, and one that selects nothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.crop.prediction import Prediction
from engine.crop.prompts import Box, Click
from engine.imaging.photo import Photo

RED, BLUE, GREY = (200, 30, 30), (30, 30, 200), (120, 120, 120)


class ColourSession:
    """Selects every pixel of exactly a colour that was clicked; a negative click takes its colour away again.

    The score is `score` at the first click and 0.1 more at each later one.
    """

    def __init__(self, photo: Photo, score: float = 0.5) -> None:
        self._photo, self._score = photo, score
        self._clicks: tuple[Click, ...] = ()

    def set_prompts(self, clicks: tuple[Click, ...], box: Box | None = None) -> None:
        self._clicks = tuple(click.check_inside(*self._photo.size) for click in clicks)

    def predict(self, *, candidate: int | None = None, cancelled: Callable[[], bool] | None = None) -> Prediction:
        mask = np.zeros((self._photo.height, self._photo.width), np.bool_)
        for click in self._clicks:
            column, row = click.pixel
            same = (self._photo.rgb8 == self._photo.rgb8[row, column]).all(axis=2)
            mask = mask | same if click.positive else mask & ~same
        score = self._score + 0.1 * (len(self._clicks) - 1)
        return Prediction(*self._photo.size, 0, 0, mask.astype(np.uint8) * 255, score)


class ColourMethod:
    def __init__(self, score: float = 0.5) -> None:
        self._score = score

    def session(self, photo: Photo) -> ColourSession:
        return ColourSession(photo, self._score)


class EmptyMethod:
    """Never selects anything."""

    def session(self, photo: Photo) -> ColourSession:
        session = ColourSession(photo)
        session.predict = lambda **_: Prediction.empty(*photo.size)  # type: ignore[method-assign]
        return session
