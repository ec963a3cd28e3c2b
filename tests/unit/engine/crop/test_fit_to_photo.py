import numpy as np
import pytest

from engine.crop.belief import Belief
from engine.crop.colour_models import fit_to_photo
from engine.crop.guided import GuidedFilter
from engine.crop.prompts import Click
from engine.crop.upsample import to_source
from engine.imaging.window import Pyramid, Window
from tests.unit.engine.crop.oracle import ellipse, iou


def scene(width: int, height: int, truth: np.ndarray, noise: float = 8.0) -> np.ndarray:
    rng = np.random.default_rng(0)
    pixels = np.where(truth[..., None], (200, 120, 40), (40, 90, 140)) + rng.normal(0, noise, (height, width, 3))
    return np.clip(pixels, 0, 255).astype(np.uint8)


def test_colours_mend_a_rough_mask():
    truth = ellipse(160, 160, 80, 80, 50, 30)
    rough = ellipse(160, 160, 90, 84, 42, 34) * 0.7 + 0.15
    belief = Belief(Window(0, 0, 160, 160), rough.astype(np.float32))
    fitted = fit_to_photo(belief, Pyramid(scene(160, 160, truth)), ())
    assert iou(rough > 0.5, truth) < 0.8
    assert iou(fitted.probability > 0.5, truth) > 0.97


def test_a_photo_without_colour_changes_little():
    truth = ellipse(160, 160, 80, 80, 50, 30)
    belief = Belief(Window(0, 0, 160, 160), (truth * 0.9 + 0.05).astype(np.float32))
    fitted = fit_to_photo(belief, Pyramid(np.full((160, 160, 3), 128, np.uint8)), ())
    assert iou(fitted.probability > 0.5, truth) > 0.9


@pytest.mark.parametrize("fill", [0.0, 1.0])
def test_nothing_to_learn_from_changes_nothing(fill: float):
    belief = Belief(Window(0, 0, 64, 64), np.full((64, 64), fill, np.float32))
    pyramid = Pyramid(scene(64, 64, ellipse(64, 64, 32, 32, 10, 10)))
    assert fit_to_photo(belief, pyramid, ()) is belief


def test_clicks_are_heeded():
    truth = ellipse(160, 160, 80, 80, 50, 30)
    belief = Belief(Window(0, 0, 160, 160), (truth * 0.3 + 0.3).astype(np.float32))
    pyramid = Pyramid(np.full((160, 160, 3), 128, np.uint8))
    fitted = fit_to_photo(belief, pyramid, (Click(10.5, 10.5), Click(80.5, 80.5, positive=False)))
    assert fitted.probability[10, 10] > 0.5
    assert fitted.probability[80, 80] < 0.5


def test_outside_the_photo_is_never_object():
    belief = Belief(Window(-40, -40, 160, 160), np.full((160, 160), 0.6, np.float32))
    fitted = fit_to_photo(belief, Pyramid(scene(80, 80, ellipse(80, 80, 40, 40, 20, 20))), ())
    assert (fitted.probability[:40] == 0).all()


def test_guided_filter_matches_the_definition_solved_window_by_window():
    rng = np.random.default_rng(0)
    rgb = rng.integers(0, 256, (9, 11, 3), dtype=np.uint8)
    p = rng.random((9, 11), dtype=np.float32)
    radius, epsilon = 1, 1e-2
    padded_i = np.pad(rgb / 255.0, ((2, 2), (2, 2), (0, 0)), mode="symmetric")
    padded_p = np.pad(p.astype(np.float64), 2, mode="symmetric")
    a = np.zeros((11, 13, 3))
    b = np.zeros((11, 13))
    for y in range(11):
        for x in range(13):
            colours = padded_i[y : y + 3, x : x + 3].reshape(-1, 3)
            values = padded_p[y : y + 3, x : x + 3].ravel()
            covariance = np.cov(colours.T, bias=True) + epsilon * np.eye(3)
            cross = ((colours - colours.mean(0)) * (values - values.mean())[:, None]).mean(0)
            a[y, x] = np.linalg.solve(covariance, cross)
            b[y, x] = values.mean() - a[y, x] @ colours.mean(0)
    expected = np.zeros((9, 11))
    for y in range(9):
        for x in range(11):
            mean_a = a[y : y + 3, x : x + 3].reshape(-1, 3).mean(0)
            expected[y, x] = mean_a @ (rgb[y, x] / 255.0) + b[y : y + 3, x : x + 3].mean()
    result = GuidedFilter(rgb, radius, epsilon)(p)
    np.testing.assert_allclose(result[2:-2, 2:-2], expected[2:-2, 2:-2], atol=2e-4)


def test_upsampling_follows_the_edges_of_the_photo():
    truth = ellipse(1600, 1200, 800, 600, 500, 350)
    photo = scene(1600, 1200, truth)
    small = ellipse(100, 100, 50, 50, 31.25, 21.9)
    import cv2

    soft = cv2.GaussianBlur(small.astype(np.float32), (0, 0), 1.0)
    belief = Belief(Window(0, -200, 1600, 1600), soft)
    left, top, patch = to_source(belief, photo, Pyramid(photo))
    full = np.zeros((1200, 1600), np.uint8)
    full[top : top + patch.shape[0], left : left + patch.shape[1]] = patch
    plain = np.asarray(cv2.resize(soft, (1600, 1600), interpolation=cv2.INTER_LINEAR))[200:1400] > 0.5
    guided_errors, plain_errors = ((full > 127) ^ truth).sum(), (plain ^ truth).sum()
    assert guided_errors < 0.6 * plain_errors
    assert iou(full > 127, truth) > 0.985


def test_upsampling_is_registered_to_the_pixel():
    probability = np.zeros((8, 8), np.float32)
    probability[2:5, 3:6] = 1
    left, top, patch = to_source(
        Belief(Window(10, 20, 8, 8), probability),
        np.zeros((40, 30, 3), np.uint8),
        Pyramid(np.zeros((40, 30, 3), np.uint8)),
    )
    ys, xs = np.nonzero(patch == 255)
    assert (xs.min() + left, xs.max() + left, ys.min() + top, ys.max() + top) == (13, 15, 22, 24)


def test_upsampling_nothing_is_nothing():
    pixels = np.zeros((4, 4, 3), np.uint8)
    left, top, patch = to_source(Belief(Window(0, 0, 4, 4), np.zeros((4, 4), np.float32)), pixels, Pyramid(pixels))
    assert (left, top, patch.shape) == (0, 0, (0, 0))
