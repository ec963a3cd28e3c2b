import numpy as np
import pytest

from engine.crop.belief import Belief, joined, overlap, square_around
from engine.crop.prompts import Box, Click
from engine.imaging.window import Window


def test_bounds_are_in_source_pixels():
    probability = np.zeros((10, 10), np.float32)
    probability[2:4, 5:9] = 0.9
    assert Belief(Window(100, 50, 20, 20), probability).bounds() == Box(110, 54, 118, 58)
    assert Belief(Window(0, 0, 1, 1), np.zeros((4, 4), np.float32)).bounds() is None


def test_the_same_window_shows_the_same_belief():
    probability = np.random.default_rng(0).random((12, 12), dtype=np.float32)
    belief = Belief(Window(3, 4, 30, 30), probability)
    np.testing.assert_allclose(belief.seen_through(belief.window, 12), probability, atol=1e-3)


def test_a_shifted_window_shifts_by_whole_pixels_and_is_empty_outside():
    probability = np.random.default_rng(0).random((12, 12), dtype=np.float32)
    belief = Belief(Window(0, 0, 24, 24), probability)
    seen = belief.seen_through(Window(4, -6, 24, 24), 12)
    np.testing.assert_allclose(seen[3:, :10], probability[:9, 2:], atol=1e-3)
    assert (seen[:3] == 0).all()
    assert (seen[:, 10:] == 0).all()


@pytest.mark.parametrize(("side", "size"), [(24.0, 48), (96.0, 12), (48.0, 16)])
def test_mass_and_centre_survive_any_zoom(side: float, size: int):
    ys, xs = np.mgrid[:48, :48] + 0.5
    probability = np.exp(-((xs - 24) ** 2 + (ys - 22) ** 2) / (2 * 4.0**2)).astype(np.float32)
    belief = Belief(Window(0, 0, 48, 48), probability)
    seen = belief.seen_through(Window(24 - side / 2, 24 - side / 2, side, side), size)
    unit = side / size
    if side >= 48:
        assert float(seen.sum()) * unit**2 == pytest.approx(float(probability.sum()), rel=0.03)
    ys, xs = np.mgrid[:size, :size] + 0.5
    x = float((seen * xs).sum() / seen.sum()) * unit + 24 - side / 2
    assert x == pytest.approx(24, abs=0.1)


def test_boxes():
    assert square_around(Box(10, 20, 30, 26), 1.5, 5) == Window(5, 8, 30, 30)
    assert square_around(Box(10, 20, 12, 22), 1.5, 24).width == 24
    clicks = (Click(50, 5), Click(-90, 0, positive=False))
    assert joined(Box(10, 20, 30, 26), clicks) == Box(10, 5, 50, 26)
    assert overlap(Box(0, 0, 2, 2), Box(1, 0, 3, 2)) == pytest.approx(1 / 3)
    assert overlap(Box(0, 0, 2, 2), Box(2, 0, 3, 2)) == 0
