"""Intersection over union with void."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from training.data.records import VOID


def iou(prediction: npt.NDArray[np.bool_], target: npt.NDArray[np.uint8]) -> float:
    """Intersection over union of a mask and a target, in [0, 1]. Two empty masks agree: 1.

    Args:
        prediction: (H, W) bool.
        target: (H, W) uint8, 0 background, 1 object, 255 void: void pixels count for nothing.

    Raises:
        InputError: The shapes differ.
    """
    if prediction.shape != target.shape:
        raise InputError(f"A mask of {prediction.shape} cannot be compared with a target of {target.shape}.")
    inside = target == 1
    intersection = np.count_nonzero(prediction & inside)
    union = np.count_nonzero((prediction | inside) & (target != VOID))
    return intersection / union if union else 1.0


def recall_at(ious: Sequence[float] | npt.NDArray[np.float64], threshold: float) -> float:
    """Share of objects whose IoU is at least `threshold`; nan for no object."""
    return float(np.mean(np.asarray(ious) >= threshold)) if len(ious) else float("nan")
