"""Errors of 3D poses as figures with stable keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.pose.joints import MPII_16
from engine.pose.metrics import joint_errors, mpjpe, n_mpjpe, pa_mpjpe
from training.metrics.bootstrap import bootstrap_interval

F64 = npt.NDArray[np.float64]
Figures = dict[str, Any]


def pose_figures(predicted: F64, truth: F64, people: Sequence[str], seed: int) -> Figures:
    """Errors in mm, means over poses.

    Args:
        predicted, truth: (N, 16, 3) mm.
        people: N names; the interval resamples these, so poses that resemble each other share one.
        seed: Of the interval.

    Returns:
        `mpjpe` (thorax as root), `interval` (its 95 % bootstrap), `mpjpe_pelvis`, `n_mpjpe`, `pa_mpjpe`.
    """
    errors = mpjpe(predicted, truth)
    figures = {
        "mpjpe": errors.mean(),
        "mpjpe_pelvis": mpjpe(predicted, truth, "pelvis").mean(),
        "n_mpjpe": n_mpjpe(predicted, truth).mean(),
        "pa_mpjpe": pa_mpjpe(predicted, truth).mean(),
    }
    interval = bootstrap_interval(errors, people, seed)
    return {key: _mm(value) for key, value in figures.items()} | {"interval": [_mm(end) for end in interval]}


def error_of(predicted: F64, truth: F64) -> float:
    """Mean MPJPE in mm, thorax as root, of (..., 16, 3) poses."""
    return _mm(mpjpe(predicted, truth).mean())


def joints_of(predicted: F64, truth: F64) -> dict[str, float]:
    """Mean distance in mm of every joint but the root, thorax as root, of (N, 16, 3) poses."""
    errors = joint_errors(predicted, truth).mean(0)
    return {joint: _mm(e) for joint, e in zip(MPII_16.joints, errors, strict=True) if joint != MPII_16.root}


def _mm(value: float) -> float:
    return round(float(value), 3)
