"""The patch protocol: geometry, click and comparison."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from engine.crop.prompts import Click
from engine.errors import InputError
from tests.unit.training.evaluation.colours import GREY, RED, ColourMethod
from training.data.manifest import read_manifest
from training.evaluation.patches import measure_patch, sample_patches


def test_objects_have_canonical_size_and_place(data: Path) -> None:
    """A square object of one side: its side is 92 px within a quarter octave, its centre within 16 px of the middle."""
    records = [record for record in read_manifest(data) if record.set == "flat"]
    sides, centres = [], []
    for patch in sample_patches(records, 150, 0):
        assert patch.image.shape == (192, 192, 3)
        assert patch.target.shape == (160, 160)
        rows, columns = np.nonzero(patch.target == 1)
        sides.append(columns.max() - columns.min() + 1)
        centres.append(((columns.min() + columns.max() + 1) / 2, (rows.min() + rows.max() + 1) / 2))
        column, row = patch.click.pixel
        assert patch.target[row - 16, column - 16] == 1
        assert patch.image[row, column, 0] > patch.image[row, column, 2] + 20  # reddish: image and label agree
    # 2 ** 0.25 = 1.19; a pixel of tolerance for rounding.
    assert 92 / 1.19 - 1.5 <= min(sides) < 80
    assert 105 < max(sides) <= 92 * 1.19 + 1.5
    offsets = np.array(centres) - 80
    assert 12 < np.abs(offsets).max() <= 17
    assert np.abs(offsets.mean(axis=0)).max() < 3


def test_categories_are_drawn_evenly_and_the_draw_is_seeded(data: Path) -> None:
    records = read_manifest(data)
    patches = list(sample_patches(records, 200, 1))
    counts = Counter(patch.record.category for patch in patches)
    assert 70 < counts["pair"] < 130  # 100 expected, sigma 7; by objects it would be 80
    again = list(sample_patches(records, 5, 1))
    for first, second in zip(patches, again, strict=False):
        np.testing.assert_array_equal(first.image, second.image)
        assert first.click == second.click
    assert next(sample_patches(records, 1, 2)).click != patches[0].click


def test_small_objects_are_refused(data: Path) -> None:
    empty = [record for record in read_manifest(data) if record.id == 2]
    with pytest.raises(InputError, match="large enough"):
        next(sample_patches(empty, 1, 0))


class PatchNet(ColourMethod):
    """Reads patches itself and must therefore never be given a session."""

    def session(self, photo: object) -> object:  # type: ignore[override]
        raise AssertionError

    def patch(self, image: np.ndarray, click: Click) -> tuple[np.ndarray, float]:
        inside = np.abs(image.astype(int) - RED).sum(axis=2) < np.abs(image.astype(int) - GREY).sum(axis=2)
        return np.where(inside[16:176, 16:176], 3.0, -3.0).astype(np.float32), 0.8


class Everything(ColourMethod):
    def patch(self, image: np.ndarray, click: Click) -> tuple[np.ndarray, float]:
        return np.zeros((160, 160), np.float32), 0.2


def test_masks_are_compared_over_the_central_160_pixels(data: Path) -> None:
    records = [record for record in read_manifest(data) if record.set == "flat"]
    for patch in sample_patches(records, 5, 3):
        methods = {"net": PatchNet(), "everything": Everything(), "session": ColourMethod()}
        net, everything, session = measure_patch(patch, methods)
        assert net.kind == "patch"
        assert net.ious[0] > 0.97  # the colour's border lies where the label's is
        assert net.scores == (0.8,)
        # Logit 0 is probability 0.5, and that is inside.
        assert everything.ious[0] == pytest.approx((patch.target == 1).mean())
        assert 0 < session.ious[0] <= 1
        assert session.clicks == (patch.click,)
