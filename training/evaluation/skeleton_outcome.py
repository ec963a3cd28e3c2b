"""What one skeleton method did with one picture, and its reading kept until the threshold for its mask is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from engine.skeleton.detect import detect
from engine.skeleton.graph import SkeletonGraph
from engine.skeleton.nms import suppress
from engine.skeleton.precision_recall import Counts
from engine.skeleton.reading import Reading
from training.metrics.overlap import Overlap

F32 = npt.NDArray[np.float32]

_REACH = 8
"""Detection bridges and fills gaps: it looks at no pixel farther than this from a crest."""


@dataclass(frozen=True, eq=False)
class SkeletonOutcome:
    """One picture given to one method.

    Args:
        method: Name of the method.
        set, quality, photo: See `View`.
        counts: Pixels at every threshold.
        seconds: Wall-clock time of the reading alone.
        scaled: Both the reading and the truth have diameters.
        mask: Recovered from the detected skeleton; None without masks, or when the method never says diameters.
        true_mask: Recovered from the true skeleton; None without masks.
    """

    method: str
    set: str
    quality: str
    photo: str
    counts: Counts
    seconds: float
    scaled: bool
    mask: Overlap | None = None
    true_mask: Overlap | None = None


@dataclass(frozen=True, eq=False)
class Crests:
    """A reading and its crests, both relative to the largest probability of the picture, as in the papers' tool.

    So the surest pixel of every picture is 1, even of one where nothing is seen: thresholds compare pixels of a
    picture rather than pictures.
    """

    reading: Reading
    suppressed: F32

    @classmethod
    def of(cls, reading: Reading) -> Crests:
        """Divide by the maximum, then suppress; what is thin already is not suppressed."""
        largest = float(reading.probability.max(initial=0))
        probability = reading.probability / np.float32(largest) if largest > 0 else reading.probability
        return cls(replace(reading, probability=probability), probability if reading.thin else suppress(probability))

    def graph(self, threshold: float) -> SkeletonGraph:
        """The skeleton as the window would show it."""
        return detect(self.suppressed, self.reading, threshold)

    def save(self, path: Path, least: float) -> None:
        """Write what `graph` needs for thresholds from `least` on."""
        crest = (self.suppressed >= least).astype(np.uint8)
        kernel = np.ones((2 * _REACH + 1, 2 * _REACH + 1), np.uint8)
        near = cv2.dilate(crest, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0
        r = self.reading
        np.savez(
            path, near=near, thin=np.array(r.thin), suppressed=self.suppressed[near], probability=r.probability[near],
            diameter=r.diameter[near], kind=r.kind[near],
        )  # fmt: skip

    @classmethod
    def load(cls, path: Path) -> Crests:
        """What `save` wrote; zeros far from the crests, and no side outputs."""
        with np.load(path) as stored:
            near = stored["near"]

            def spread(name: str) -> npt.NDArray[np.float32]:
                full = np.zeros(near.shape, stored[name].dtype)
                full[near] = stored[name]
                return full

            kind = np.asarray(spread("kind"), np.uint8)
            sides = np.zeros((0, *near.shape), np.float32)
            reading = Reading(spread("probability"), spread("diameter"), kind, sides, bool(stored["thin"]))
            return cls(reading, spread("suppressed"))
