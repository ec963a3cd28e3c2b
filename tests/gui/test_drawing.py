"""Pyramids and outlines: what is drawn agrees with the arrays that it is drawn from."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF

from app.canvas.outline import Outline
from app.canvas.pyramid import SMALLEST, Pyramid
from app.document.answer import Answer
from engine.crop.prediction import Prediction

SIDES = st.integers(1, 700)


@given(SIDES, SIDES)
def test_pyramids_of_odd_sizes_cover_the_same_place(width: int, height: int) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    pyramid = Pyramid.of_photo(rgb)
    assert (pyramid.rect.width(), pyramid.rect.height()) == (width, height)
    sizes = [(level.width(), level.height()) for level in pyramid.levels]
    assert sizes[0] == (width, height)
    assert max(sizes[-1]) <= SMALLEST
    assert all(b == ((a[0] + 1) // 2, (a[1] + 1) // 2) for a, b in pairwise(sizes))
    assert pyramid.levels[0].pixelColor(width - 1, height - 1).getRgb()[:3] == tuple(rgb[-1, -1])


def test_the_level_has_a_pixel_for_every_pixel_of_the_screen() -> None:
    pyramid = Pyramid.of_photo(np.zeros((3000, 4000, 3), np.uint8))
    for scale in (3.0, 1.0, 0.51, 0.5, 0.26, 0.2, 0.01):
        level = pyramid.level(scale)
        smaller = [each for each in pyramid.levels if each.width() < level.width()]
        assert level.width() >= min(4000 * scale, 4000) or level is pyramid.levels[0]
        assert all(each.width() < 4000 * scale for each in smaller[:1])


@pytest.mark.parametrize("size", [(1, 5000), (5000, 1), (1, 1), (3, 7)])
def test_extreme_photos_have_pyramids(size: tuple[int, int]) -> None:
    pyramid = Pyramid.of_photo(np.zeros((size[1], size[0], 3), np.uint8))
    assert max(pyramid.levels[-1].width(), pyramid.levels[-1].height()) <= SMALLEST


def test_an_empty_object_draws_nothing() -> None:
    answer = Answer.draw(Prediction.empty(40, 30))
    assert answer.empty
    assert answer.nbytes == 0


def test_an_unsure_object_without_a_certain_pixel_counts_as_empty() -> None:
    patch = np.full((9, 9), 127, np.uint8)
    assert Answer.draw(Prediction(40, 30, 3, 4, patch, 0.2)).empty


@given(st.integers(0, 2**32 - 1), st.integers(5, 60), st.integers(5, 60))
def test_the_outline_goes_around_every_pixel_of_the_object(seed: int, width: int, height: int) -> None:
    noise = cv2.GaussianBlur(np.random.default_rng(seed).random((height, width), np.float32), (0, 0), 2)
    patch = (255 * (noise - noise.min()) / max(float(np.ptp(noise)), 1e-6)).astype(np.uint8)
    mask = Pyramid.of_mask(patch, 11, 7)
    path = Outline.of(mask).path(1.0)
    eroded = cv2.erode((patch >= 128).astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0)
    for row, column in np.argwhere(eroded)[:40]:
        assert path.contains(QPointF(11 + column + 0.5, 7 + row + 0.5))
    far = cv2.dilate((patch >= 128).astype(np.uint8), np.ones((3, 3), np.uint8)) == 0
    for row, column in np.argwhere(far)[:40]:
        assert not path.contains(QPointF(11 + column + 0.5, 7 + row + 0.5))


def test_coarser_outlines_lie_on_the_same_edge() -> None:
    patch = np.zeros((1500, 2200), np.uint8)
    cv2.circle(patch, (1100, 700), 500, 255, -1)
    outline = Outline.of(Pyramid.of_mask(patch, 100, 50))
    assert len(outline.paths) > 2
    fine = outline.paths[0].boundingRect()
    for level, path in enumerate(outline.paths):
        box, step = path.boundingRect(), 2**level  # one pixel of that level
        for a, b in zip(box.getCoords(), fine.getCoords(), strict=True):
            assert a == pytest.approx(b, abs=step)
    assert outline.paths[-1].elementCount() < outline.paths[0].elementCount()
