"""Hand-made people: standing, arms out to the sides, facing the photo's camera."""

from __future__ import annotations

import numpy as np

from engine.pose.joints import MPII_16

PLACES = {
    "thorax": (0, 0, 0), "upper_neck": (0, -80, 0), "head_top": (0, -280, 0), "pelvis": (0, 500, 0),
    "r_shoulder": (-180, 20, 0), "r_elbow": (-450, 20, 0), "r_wrist": (-700, 20, 0),
    "l_shoulder": (180, 20, 0), "l_elbow": (450, 20, 0), "l_wrist": (700, 20, 0),
    "r_hip": (-120, 520, 0), "r_knee": (-120, 950, -50), "r_ankle": (-120, 1380, 0),
    "l_hip": (120, 520, 0), "l_knee": (120, 950, -50), "l_ankle": (120, 1380, 0),
}  # fmt: skip


def standing() -> np.ndarray:
    """(16, 3) mm in camera axes."""
    return np.array([PLACES[joint] for joint in MPII_16.joints], np.float64)


def joint(name: str) -> int:
    return MPII_16.index(name)
