"""Figures of interactive segmentation, from the IoU after each click.

A curve is the IoU after click 1, 2, ... of one object, as many as were allowed; where no error was left to click, it
goes on with its last value. Source: Sofiiuk et al. 2021 (RITM), its evaluation.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Curves = npt.NDArray[np.float64]


def noc(curves: Curves, threshold: float) -> npt.NDArray[np.int64]:
    """Number of clicks: the first click whose IoU is at least `threshold`, or all of them when none is.

    Args:
        curves: (N, K) IoU of N objects after each of K clicks.

    Returns:
        (N,) int64 from 1 to K.
    """
    reached = curves >= threshold
    return np.asarray(np.where(reached.any(axis=1), reached.argmax(axis=1) + 1, curves.shape[1]), np.int64)


def failed(curves: Curves, threshold: float) -> npt.NDArray[np.bool_]:
    """(N,) bool: objects that no click brought to `threshold`."""
    return np.asarray((curves < threshold).all(axis=1))


def miou_at(curves: Curves, click: int) -> float:
    """Mean IoU over the objects after `click` clicks, counted from 1."""
    return float(curves[:, click - 1].mean())
