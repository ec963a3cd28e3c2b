"""Photos at random, decoded when they are used."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from engine.errors import PhotoError

U8 = npt.NDArray[np.uint8]
Rng = np.random.Generator


class PhotoFiles:
    """Random photos out of files; the last few stay decoded."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = list(paths)

    def __call__(self, rng: Rng) -> U8 | None:
        """(H, W, 3) uint8 RGB, or None without files."""
        return _decoded(self.paths[int(rng.integers(len(self.paths)))]) if self.paths else None


@lru_cache(maxsize=256)
def _decoded(path: Path) -> U8:
    data = np.fromfile(path, np.uint8) if path.is_file() else np.zeros(0, np.uint8)
    photo = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB) if data.size else None
    if photo is None:
        raise PhotoError(f"The background photo {path} cannot be read.", "Restore it or take it out of the data set.")
    return np.asarray(photo, np.uint8)
