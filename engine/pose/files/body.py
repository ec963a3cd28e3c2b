"""The 17 joints of motion capture: MPII's 16 by name and one of the spine.

Axes of motion capture are +Y up, right-handed; who faces +Z has their left at +X.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.pose.joints import MPII_16

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

BODY_17 = (*MPII_16.joints, "spine")
"""Names in order."""


def at_pelvis(joints: F64) -> F32:
    """(T, 17, 3) mm -> the same as float32 with the pelvis at the origin."""
    pelvis = BODY_17.index("pelvis")
    return (joints - joints[:, pelvis : pelvis + 1]).astype(np.float32)
