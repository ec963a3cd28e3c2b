"""Cut-outs: exact alpha arithmetic, trimming, emptiness."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.errors import InputError
from engine.imaging.colour import srgb_profile
from engine.imaging.cutout import bounding_box, cut_out
from engine.imaging.photo import Photo


def photo(height: int, width: int, channels: int, dtype: Any, seed: int = 0) -> Photo:
    samples = np.random.default_rng(seed).integers(1, np.iinfo(dtype).max, (height, width, channels), dtype)
    return Photo.from_array(samples)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("dtype", "factor"), [(np.uint8, 1), (np.uint16, 257)])
def test_every_alpha_value_is_scaled_exactly(channels: int, dtype: Any, factor: int) -> None:
    source = photo(1, 256, channels, dtype)
    alpha = np.arange(256, dtype=np.uint8)[None]
    cut = cut_out(source, alpha)
    assert cut.alpha.dtype == cut.pixels.dtype == dtype
    np.testing.assert_array_equal(cut.alpha, alpha.astype(int) * factor)
    np.testing.assert_array_equal(cut.pixels[:, 1:], source.pixels[:, 1:])
    assert (cut.pixels[:, 0] == 0).all(), "nothing of the background is left"


@pytest.mark.parametrize("channels", [2, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_photos_own_alpha_is_multiplied_in(channels: int, dtype: Any) -> None:
    source = photo(8, 9, channels, dtype)
    assert source.alpha is not None
    alpha = np.random.default_rng(1).integers(0, 256, (8, 9), np.uint8)
    cut = cut_out(source, alpha)
    for row, column in np.ndindex(8, 9):
        exact = Fraction(int(alpha[row, column]), 255) * int(source.alpha[row, column])
        assert abs(int(cut.alpha[row, column]) - exact) <= Fraction(1, 2)


@given(arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12)), elements=st.sampled_from([0, 0, 0, 1, 255])))
def test_trim_is_the_tightest_box_and_knows_its_place(alpha: np.ndarray) -> None:
    source = photo(*alpha.shape, 3, np.uint8)
    whole, trimmed = cut_out(source, alpha), cut_out(source, alpha, trim=True)
    if not alpha.any():
        assert (trimmed.left, trimmed.top, trimmed.size) == (0, 0, source.size)
    else:
        assert trimmed.alpha[0].any()
        assert trimmed.alpha[-1].any()
        assert trimmed.alpha[:, 0].any()
        assert trimmed.alpha[:, -1].any()
    back = np.zeros_like(whole.samples)
    width, height = trimmed.size
    back[trimmed.top : trimmed.top + height, trimmed.left : trimmed.left + width] = trimmed.samples
    np.testing.assert_array_equal(back, whole.samples)
    assert trimmed.source_size == source.size


def test_trim_respects_the_photos_own_transparency() -> None:
    samples = np.full((6, 7, 4), 200, np.uint8)
    samples[:, :3, 3] = 0
    cut = cut_out(Photo.from_array(samples), np.full((6, 7), 255, np.uint8), trim=True)
    assert (cut.left, cut.top, cut.size) == (3, 0, (4, 6))


def test_grey_with_an_rgb_profile_becomes_rgb() -> None:
    source = Photo.from_array(np.full((2, 3), 90, np.uint8), icc=srgb_profile())
    cut = cut_out(source, np.full((2, 3), 7, np.uint8))
    assert cut.samples[0, 0].tolist() == [90, 90, 90, 7]


@pytest.mark.parametrize(
    "alpha", [np.zeros((3, 4), np.float32), np.zeros((4, 3), np.uint8), np.zeros((3, 4, 1), np.uint8)]
)
def test_a_mask_that_does_not_fit_is_refused(alpha: np.ndarray) -> None:
    with pytest.raises(InputError, match="does not fit"):
        cut_out(photo(3, 4, 3, np.uint8), alpha)


def test_bounding_box_by_hand() -> None:
    mask = np.zeros((5, 6), np.uint8)
    mask[1, 4] = mask[3, 2] = 1
    assert bounding_box(mask) == (2, 1, 5, 4)


def test_profile_and_source_travel_along() -> None:
    icc = imagecodecs.cms_profile("gray", whitepoint=[0.3127, 0.3290, 1.0], gamma=1.8)
    source = Photo.from_array(np.full((2, 3), 90, np.uint8), icc=icc)
    cut = cut_out(source, np.full((2, 3), 255, np.uint8))
    assert cut.metadata is source.metadata
    assert cut.samples.shape == (2, 3, 2)
