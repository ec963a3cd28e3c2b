"""The simulated clicker against hand-worked cases and an independent distance transform."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import distance_transform_edt

from engine.crop.prompts import Click
from engine.crop.simulate import corrective_click, first_click, jittered, next_click, random_click
from engine.errors import InputError

NOTHING = np.zeros((7, 9), np.bool_)


def square(x0: int, y0: int, x1: int, y1: int, shape: tuple[int, int] = (7, 9)) -> np.ndarray:
    target = np.zeros(shape, np.uint8)
    target[y0:y1, x0:x1] = 1
    return target


def test_first_click_is_the_middle_of_a_square() -> None:
    assert first_click(square(2, 1, 7, 6)) == Click(4.5, 3.5)


def test_the_edge_of_the_photo_is_a_border() -> None:
    """A 5 x 5 square in the corner has its middle inside, not in the photo's corner."""
    assert first_click(square(0, 0, 5, 5)) == Click(2.5, 2.5)


def test_equal_pixels_are_taken_in_row_major_order() -> None:
    """In a 3-row bar the middle row is equally deep from its second to its last but one pixel."""
    assert first_click(square(1, 2, 8, 5)) == Click(2.5, 3.5)


def test_taken_pixels_are_not_clicked_again() -> None:
    target = square(1, 2, 8, 5)
    assert next_click(NOTHING, target, [Click(2.5, 3.5)]) == Click(3.5, 3.5)
    # A click anywhere in the pixel counts as that pixel.
    assert next_click(NOTHING, target, [Click(2.99, 3.0), Click(3.1, 3.9)]) == Click(4.5, 3.5)


def test_one_wrong_pixel_that_is_already_clicked_ends_the_dialogue() -> None:
    target = square(3, 3, 4, 4)
    assert next_click(NOTHING, target) == Click(3.5, 3.5)
    assert next_click(NOTHING, target, [Click(3.5, 3.5)]) is None


def test_the_larger_error_wins() -> None:
    target = square(0, 0, 3, 3)
    prediction = NOTHING.copy()
    prediction[1:6, 4:9] = True
    assert next_click(prediction, target) == Click(6.5, 3.5, positive=False)
    assert next_click(prediction, square(0, 0, 4, 7)) == Click(6.5, 3.5, positive=False)
    prediction[:, 6:] = False
    assert next_click(prediction, target) == Click(1.5, 1.5)


def test_a_tie_is_negative() -> None:
    target = square(0, 0, 3, 3)
    prediction = NOTHING.copy()
    prediction[3:6, 5:8] = True
    assert next_click(prediction, target) == Click(6.5, 4.5, positive=False)


def test_void_is_no_error() -> None:
    target = square(2, 1, 7, 6)
    target[:, 4:] = 255
    assert first_click(target) == Click(2.5, 1.5)  # void is outside: of the two columns left all pixels are equal
    prediction = (target == 1) | (target == 255)
    assert next_click(prediction, target) is None
    assert first_click(np.full((4, 4), 255, np.uint8)) is None


def test_a_perfect_mask_needs_no_click() -> None:
    target = square(2, 1, 7, 6)
    assert next_click(target == 1, target) is None
    assert first_click(np.zeros((3, 4), np.uint8)) is None


def test_shapes_must_agree() -> None:
    with pytest.raises(InputError):
        next_click(NOTHING, np.zeros((9, 7), np.uint8))


shapes = st.tuples(st.integers(1, 24), st.integers(1, 24))


def reference(prediction: np.ndarray, target: np.ndarray) -> Click | None:
    """The protocol word for word over whole maps, with SciPy's distance transform."""
    missed = distance_transform_edt(np.pad((target == 1) & ~prediction, 1))[1:-1, 1:-1]
    extra = distance_transform_edt(np.pad((target == 0) & prediction, 1))[1:-1, 1:-1]
    positive = bool(missed.max() > extra.max())
    depth = missed if positive else extra
    if depth.max() == 0:
        return None
    row, column = np.argwhere(depth == depth.max())[0]
    return Click(column + 0.5, row + 0.5, positive)


@given(st.data())
def test_agrees_with_an_independent_implementation(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    target = data.draw(arrays(np.uint8, shape, elements=st.sampled_from([0, 0, 1, 1, 1, 255])))
    prediction = data.draw(arrays(np.bool_, shape))
    assert next_click(prediction, target) == reference(prediction, target)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (3, 7), (5000, 1)])
def test_odd_sizes(shape: tuple[int, int]) -> None:
    target = np.ones(shape, np.uint8)
    click = first_click(target)
    assert click == reference(np.zeros(shape, np.bool_), target)


def test_random_clicks_cover_the_object_evenly() -> None:
    target = square(2, 1, 4, 3)
    target[0, 0] = 255
    rng = np.random.default_rng(0)
    clicks = [random_click(target, rng) for _ in range(4000)]
    counts = {click: clicks.count(click) for click in set(clicks)}
    assert set(counts) == {Click(x + 0.5, y + 0.5) for x in (2, 3) for y in (1, 2)}
    assert all(880 < count < 1120 for count in counts.values())  # 1000 expected, sigma 27


def test_random_click_takes_bool_masks_and_refuses_empty_ones() -> None:
    mask = square(8, 6, 9, 7) == 1
    assert random_click(mask, np.random.default_rng(0), positive=False) == Click(8.5, 6.5, positive=False)
    with pytest.raises(InputError):
        random_click(NOTHING, np.random.default_rng(0))


def test_corrective_clicks_fall_in_the_inner_half_of_the_worst_error() -> None:
    """Of a 9 x 9 square the depths are 1..5; deeper than 2.5 is the 5 x 5 middle."""
    target = square(3, 2, 12, 11, (16, 16))
    prediction = np.zeros((16, 16), np.bool_)
    prediction[13:16, 13:16] = True
    rng = np.random.default_rng(1)
    pixels = {corrective_click(prediction, target, rng) for _ in range(2000)}
    assert pixels == {Click(x + 0.5, y + 0.5) for x in range(5, 10) for y in range(4, 9)}
    prediction |= target == 1
    click = corrective_click(prediction, target, rng)
    assert click == Click(14.5, 14.5, positive=False)
    assert corrective_click(target == 1, target, rng) is None


def test_jitter_stays_on_the_object_and_has_the_stated_spread() -> None:
    target = square(0, 0, 200, 200, (200, 200))
    rng = np.random.default_rng(2)
    click = Click(100.5, 100.5)
    moved = [jittered(click, target, rng, 8.0) for _ in range(2000)]
    offsets = np.array([(m.x - click.x, m.y - click.y) for m in moved])
    assert np.abs(offsets.mean(axis=0)).max() < 0.8
    assert np.allclose(offsets.std(axis=0), 8.0, atol=0.5)
    small = square(98, 98, 103, 103, (200, 200))
    for _ in range(200):
        column, row = jittered(click, small, rng, 8.0).pixel
        assert small[row, column] == 1


def test_jitter_keeps_to_the_error_and_gives_up_on_slivers() -> None:
    rng = np.random.default_rng(3)
    target = square(0, 0, 20, 20, (20, 20))
    prediction = np.zeros((20, 20), np.bool_)
    prediction[:, 10:] = True
    for _ in range(100):
        assert jittered(Click(5.5, 5.5), target, rng, 6.0, prediction).pixel[0] < 10
    lonely = square(10, 10, 11, 11, (20, 20))
    assert jittered(Click(10.5, 10.5), lonely, rng, 1000.0) == Click(10.5, 10.5)
    negative = jittered(Click(15.5, 15.5, False), square(0, 0, 9, 20, (20, 20)), rng, 3.0)
    assert not negative.positive
    assert negative.pixel[0] >= 9


def test_a_photo_of_void_alone_gives_nothing_to_click() -> None:
    target = np.full((4, 5), 255, np.uint8)
    assert first_click(target) is None
    assert next_click(np.ones((4, 5), np.bool_), target) is None
