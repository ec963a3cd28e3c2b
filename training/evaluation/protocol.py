"""What evaluation asks of a method."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from engine.crop.prediction import Session
from engine.crop.prompts import Click
from engine.imaging.photo import Photo


class Method(Protocol):
    """A named way to segment by clicks."""

    def session(self, photo: Photo) -> Session:
        """Begin with a photo: the session that the window and the command line use too."""


@runtime_checkable
class PatchMethod(Protocol):
    """A method whose network reads patches of canonical object size, as DeepMask's family does."""

    def patch(self, image: npt.NDArray[np.uint8], click: Click) -> tuple[npt.NDArray[np.float32], float]:
        """Segment one patch.

        Args:
            image: (192, 192, 3) uint8 RGB.
            click: In pixels of `image`.

        Returns:
            (160, 160) float32 logits of the central 160 pixels, and the score in [0, 1].
        """
