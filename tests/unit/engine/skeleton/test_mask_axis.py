import numpy as np
import pytest

from engine.skeleton.mask_axis import soft_axis, with_mask


def bar(height: int = 60, width: int = 160) -> np.ndarray:
    """A sure bar, 20 pixels high, with an unsure one of the same height beside it."""
    mask = np.zeros((height, width), np.float32)
    mask[20:40, 10:90] = 0.9
    mask[20:40, 90:150] = 0.4
    return mask


def test_the_ridge_runs_along_the_middle_and_is_as_high_as_levels_agree():
    ridge = soft_axis(bar(), (0.35, 0.5, 0.65))
    assert ridge.shape == (60, 160)
    assert ridge[:, 50].argmax() in (19 + 10, 20 + 10)
    sure, unsure = ridge[:, 50].max(), ridge[:, 130].max()
    assert sure > 0.7
    assert unsure == pytest.approx(sure / 3, rel=0.05), "one level of three"
    assert ridge[:15].max() == 0


def test_an_empty_mask_has_no_axis():
    assert not soft_axis(np.zeros((30, 40), np.float32)).any()


def test_the_mean_of_both_and_the_circles_of_the_mask():
    mask = bar()
    learned = np.full(mask.shape, 0.2, np.float32)
    probability, diameter = with_mask(learned, np.full(mask.shape, 7, np.float32), mask)
    assert np.allclose(probability, (0.2 + soft_axis(mask)) / 2)
    assert diameter[30, 50] == pytest.approx(20, abs=1)
    assert diameter[30, 130] == 7, "no mask at one half there"
    assert probability.dtype == diameter.dtype == np.float32
