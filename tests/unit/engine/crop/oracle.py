"""A segmenter that knows the truth: shows whether windows, scales and prompts are right, without a network."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from engine.crop.belief import Belief
from engine.crop.network import Look, Reading


class Oracle:
    """Answers every look with the truth as seen through its window; the score is the visible share of the object."""

    def __init__(self, truth: npt.NDArray[np.bool_]) -> None:
        self.truth = truth.astype(np.float32)
        self.looks: list[Look] = []
        self.batches: list[int] = []

    def __call__(self, looks: Sequence[Look]) -> list[list[Reading]]:
        self.looks += looks
        self.batches.append(len(looks))
        return [self._answer(look) for look in looks]

    def _answer(self, look: Look) -> list[Reading]:
        unit = look.window.width / look.size
        matrix = np.array([[unit, 0, look.window.x0 + unit / 2 - 0.5], [0, unit, look.window.y0 + unit / 2 - 0.5]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        blurred = cv2.blur(self.truth, (max(1, round(unit)),) * 2) if unit > 1 else self.truth
        seen = np.asarray(cv2.warpAffine(blurred, matrix, (look.size, look.size), flags=flags), np.float32)
        area = max(1.0, float(self.truth.sum()))
        visible = min(1.0, float(seen.sum()) * unit * unit / area)
        # Fine windows show more: among those that show all, the closest is the best.
        sharp = visible * (0.9 - 0.1 * min(1.0, unit / 20))
        part = seen * (np.arange(look.size) < look.size // 2)
        return [
            Reading(Belief(look.window, seen), sharp),
            Reading(Belief(look.window, np.asarray(part, np.float32)), sharp * 0.6),
            Reading(Belief(look.window, np.zeros_like(seen)), 0.01),
        ]


def ellipse(width: int, height: int, cx: float, cy: float, rx: float, ry: float) -> npt.NDArray[np.bool_]:
    """(height, width) bool."""
    ys, xs = np.mgrid[:height, :width] + 0.5
    return np.asarray(((xs - cx) / rx) ** 2 + ((ys - cy) / ry) ** 2 <= 1)


def iou(a: npt.NDArray[np.bool_], b: npt.NDArray[np.bool_]) -> float:
    """Intersection over union."""
    return float((a & b).sum() / max(1, (a | b).sum()))
