"""The eight EXIF orientations."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def upright(array: npt.NDArray[Any], orientation: int) -> npt.NDArray[Any]:
    """Turn a stored picture the way it is to be seen.

    Args:
        array: (H, W) or (H, W, C), as stored in the file.
        orientation: EXIF tag 274, 1 to 8 (where the stored first row and first column belong in the seen picture);
            any other value counts as 1.

    Returns:
        The seen picture, C-contiguous: `array` itself for 1; width and height are exchanged for 5 to 8.
    """
    seen = array.swapaxes(0, 1) if orientation in (5, 6, 7, 8) else array
    if orientation in (2, 3, 6, 7):
        seen = seen[:, ::-1]
    if orientation in (3, 4, 7, 8):
        seen = seen[::-1]
    return np.ascontiguousarray(seen)
