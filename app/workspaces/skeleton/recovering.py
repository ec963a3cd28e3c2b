"""The mask that a skeleton gives back, and how well it fits. Made in a worker's thread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.canvas.pyramid import U8, Pyramid
from engine.crop.prediction import Prediction
from engine.skeleton.graph import SkeletonGraph
from engine.skeleton.recover import recover_mask


@dataclass(frozen=True, eq=False)
class Recovered:
    """A recovered mask.

    Args:
        overlay: The mask, drawn.
        with_object, with_truth: IoU with the object that is cut out and with the true mask; None without one.
    """

    overlay: Pyramid
    with_object: float | None
    with_truth: float | None

    @classmethod
    def of(cls, graph: SkeletonGraph, cut_out: Prediction | None, truth: U8 | None) -> Recovered:
        mask = recover_mask(graph)
        return cls(
            Pyramid.of_mask(mask, 0, 0),
            None if cut_out is None else iou(mask, cut_out.mask().view(np.uint8)),
            None if truth is None else iou(mask, truth),
        )


def iou(a: U8, b: U8) -> float:
    """Intersection over union of two (H, W) masks, non-zero inside; 1 for two empty ones."""
    a_in, b_in = a != 0, b != 0
    union = np.count_nonzero(a_in | b_in)
    return np.count_nonzero(a_in & b_in) / union if union else 1.0
