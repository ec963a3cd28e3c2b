"""How skeletons are drawn into files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.skeleton.colours import By

Backdrop = Literal["none", "embed", "link"]


@dataclass(frozen=True, slots=True)
class Style:
    """Choices for SVG and PNG.

    Args:
        by: What the colours tell.
        backdrop: What lies beneath: nothing (transparent), the photo in the file itself, or (SVG only) a reference to
            the photo's file; None takes what is usual, which is the photo for PNG and nothing for SVG. A viewer that
            does not know EXIF orientation shows a referenced photo as the camera held it.
    """

    by: By = "scale"
    backdrop: Backdrop | None = None


def line_width(size: tuple[int, int]) -> float:
    """Width of the skeleton's lines in a picture of `size` (width, height), pixels; circles get half of it."""
    return max(1.5, max(size) / 400)
