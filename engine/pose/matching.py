"""Hypotheses against the joints seen in the picture (skeleton-map paper §3.4).

The paper projects with the known camera of its studio. A photo's camera is not known: each hypothesis gets the weak
perspective that fits it best.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.pose.camera import fit_weak_perspective_arrays
from engine.pose.hypotheses import Detection

F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

SURE = 0.1
"""Least confidence of a joint that cameras are fitted to and errors are measured at."""


class Match(NamedTuple):
    """How N x K hypotheses fall on what was seen.

    Attributes:
        scale: (N, K) px/mm; NaN where no camera shows the hypothesis like this.
        shift: (N, K, 2) px, where the thorax falls.
        xy: (N, K, 16, 2) px, the hypotheses in the picture.
        distance: (N, K, 16) px between each joint and where it was seen; NaN where that is not sure.
        error: (N, K) px, the mean of `distance`; infinite without a camera.
    """

    scale: F64
    shift: F64
    xy: F64
    distance: F64
    error: F64


def sure(seen: Detection) -> Bools:
    """(N, 16) which joints the detector is sure of."""
    return np.asarray(np.isfinite(seen.xy).all(-1) & (seen.confidence >= SURE))


def match(pose: F64, seen: Detection) -> Match:
    """Fit a camera to every hypothesis and measure what it leaves over.

    Args:
        pose: (N, K, 16, 3) mm.
        seen: Joints of the N people.
    """
    n, k, joints, _ = pose.shape
    weight = np.repeat(sure(seen).astype(np.float64)[:, None], k, 1)
    points = np.repeat(seen.xy[:, None], k, 1)
    scale, shift = fit_weak_perspective_arrays(
        pose.reshape(n * k, joints, 3), points.reshape(n * k, joints, 2), weight.reshape(n * k, joints)
    )
    scale, shift = scale.reshape(n, k), shift.reshape(n, k, 2)
    xy = pose[..., :2] * scale[..., None, None] + shift[..., None, :]
    distance = np.where(weight > 0, np.linalg.norm(xy - points, axis=-1), np.nan)
    total = np.where(weight > 0, distance, 0.0).sum(-1) / np.maximum(weight.sum(-1), 1)
    return Match(scale, shift, xy, distance, np.where(np.isfinite(scale), total, np.inf))
