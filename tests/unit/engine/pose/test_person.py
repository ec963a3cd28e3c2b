import numpy as np
import pytest

from engine.errors import InputError
from engine.pose.person import BOX_MARGIN, MARGIN, SMALLEST, box_window, person_window, scaled


def test_the_window_is_the_square_around_the_known_joints():
    xy = np.array([[10.0, 20.0], [30.0, 100.0], [900.0, 900.0], [np.nan, np.nan]])
    window = person_window(xy, [2, 1, 0, 2])
    assert (window.x0 + window.width / 2, window.y0 + window.height / 2) == (20, 60)
    assert window.width == window.height == 80 * MARGIN


def test_one_joint_still_has_a_window_and_none_has_not():
    assert person_window([[5.0, 5.0]]).width == SMALLEST
    with pytest.raises(InputError):
        person_window([[np.nan, 1.0]])


def test_a_box_becomes_a_square_and_one_without_area_is_refused():
    assert box_window(0, 0, 50, 200).width == 200 * BOX_MARGIN
    for box in ((0, 0, 0, 9), (5, 5, 1, 9), (0, 0, np.nan, 1)):
        with pytest.raises(InputError):
            box_window(*box)


def test_scaling_keeps_the_centre():
    window = scaled(box_window(10, 20, 110, 220), 1.25)
    assert (window.x0 + window.width / 2, window.y0 + window.height / 2) == (60, 120)
    assert window.width == 200 * BOX_MARGIN * 1.25
