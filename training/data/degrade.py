"""Plausible earlier masks, made from the truth: what a coarse pass could have answered."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt


def degraded_mask(truth: npt.NDArray[np.bool_], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """(H, W) uint8 probability: the truth at low resolution with wobbling edges, missing parts and leaks."""
    size = truth.shape[0]
    low = int(rng.integers(10, 49))
    small = cv2.resize(truth.astype(np.float32), (low, low), interpolation=cv2.INTER_AREA)
    strength = rng.uniform(0.1, 0.7)
    noise = cv2.resize(rng.normal(0, 1, (5, 5)).astype(np.float32), (low, low), interpolation=cv2.INTER_CUBIC)
    fine = rng.normal(0, 1, (low, low)).astype(np.float32)
    soft = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.6, 2.5))
    # Low-frequency noise moves whole stretches of the border, fine noise roughens it.
    logit = (soft - rng.uniform(0.35, 0.65)) * 8 + strength * (2.5 * noise + 0.6 * fine)
    probability = 1 / (1 + np.exp(-logit * rng.uniform(0.6, 2.0)))
    if rng.random() < 0.35:
        cx, cy = rng.uniform(0, low, 2)
        radius = rng.uniform(0.1, 0.3) * low
        ys, xs = np.mgrid[:low, :low]
        blob = (xs - cx) ** 2 + (ys - cy) ** 2 < radius**2
        probability[blob] = 0.9 if rng.random() < 0.4 else 0.05
    full = cv2.resize(probability.astype(np.float32), (size, size), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(full * 255, 0, 255), np.uint8)
