"""Thinning in stacks equals the library's, map by map."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.morphology import thin

from engine.skeleton.thinning import thinned, without_isolated


@pytest.mark.parametrize("density", [0.2, 0.5, 0.8, 0.95, 1.0])
def test_as_the_library(density: float) -> None:
    rng = np.random.default_rng(int(100 * density))
    maps = rng.random((6, 23, 31)) < density
    assert np.array_equal(thinned(maps), np.stack([thin(one) for one in maps]))


def test_maps_do_not_touch_each_other() -> None:
    maps = np.zeros((3, 5, 7), np.bool_)
    maps[0, 4], maps[1, 0], maps[2, :, 0] = True, True, True
    assert np.array_equal(thinned(maps), maps)  # already thin, although the rows are neighbours in memory
    assert np.array_equal(thinned(maps.transpose(0, 2, 1)), maps.transpose(0, 2, 1))


def test_isolated_pixels_go_and_pairs_stay() -> None:
    one = np.zeros((1, 6, 6), np.bool_)
    one[0, 0, 0] = one[0, 2, 2] = one[0, 3, 3] = one[0, 5, 0] = True
    assert np.argwhere(without_isolated(one)[0]).tolist() == [[2, 2], [3, 3]]


def test_nothing() -> None:
    for shape in ((0, 4, 4), (2, 4, 4), (1, 1, 1)):
        assert not thinned(np.zeros(shape, np.bool_)).any()
        assert not without_isolated(np.zeros(shape, np.bool_)).any()
