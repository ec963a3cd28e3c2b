"""Pixels of masks, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from training.metrics.iou import iou
from training.metrics.overlap import Overlap, pooled_overlap


def test_void_counts_for_nothing() -> None:
    target = np.array([[1, 1, 1, 0, 0, 255, 255]], np.uint8)
    mask = np.array([[1, 1, 0, 1, 0, 1, 0]], np.bool_)
    overlap = Overlap.of(mask, target)
    assert overlap == Overlap(right=2, found=3, wanted=3)
    assert overlap.iou == pytest.approx(2 / 4) == iou(mask, target)
    assert overlap.f == pytest.approx(4 / 6)


def test_empty_masks_agree() -> None:
    nothing = Overlap.of(np.zeros((2, 2), np.bool_), np.zeros((2, 2), np.uint8))
    assert nothing.iou == nothing.f == 1
    assert Overlap(0, 0, 4).iou == Overlap(0, 4, 0).f == 0


def test_pooling_adds_pixels() -> None:
    assert pooled_overlap([Overlap(1, 2, 3), Overlap(0, 5, 1)]) == Overlap(1, 7, 4)
