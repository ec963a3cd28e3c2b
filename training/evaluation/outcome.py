"""What one method did with one object."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any, Literal

from engine.crop.prompts import Click
from training.data.records import ObjectRecord

Kind = Literal["centre", "jittered", "patch"]
"""Whole photo with clicks in the middle of the error, whole photo with clicks as a hand places them, one patch."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One object given to one method.

    Args:
        record: The object.
        method: Name of the method.
        kind: How it was asked.
        clicks: The clicks given, in order; in patches the one click in patch pixels.
        ious: IoU after each click.
        scores: IoU that the method itself predicted, after each click.
        seconds: Wall-clock time of each click.
        best_candidate: IoU of the best of all readings offered after the first click; the first IoU where one only is.
    """

    record: ObjectRecord
    method: str
    kind: Kind
    clicks: tuple[Click, ...]
    ious: tuple[float, ...]
    scores: tuple[float, ...]
    seconds: tuple[float, ...]
    best_candidate: float

    def curve(self, length: int) -> list[float]:
        """IoU after click 1 to `length`; where nothing was left to click, the last value goes on."""
        return [*self.ious, *[self.ious[-1]] * (length - len(self.ious))]

    def as_json(self) -> dict[str, Any]:
        """Everything a failure analysis needs."""
        return {
            "kind": self.kind,
            "model": self.method,
            "set": self.record.set,
            "quality": self.record.quality,
            "category": self.record.category,
            "image": str(self.record.image),
            "id": self.record.id,
            "area": round(self.record.area, 6),
            "iou": [round(value, 6) for value in self.ious],
            "score": [round(value, 6) for value in self.scores],
            "seconds": [round(value, 6) for value in self.seconds],
            "best_candidate_iou": round(self.best_candidate, 6),
            "clicks": [[click.x, click.y, click.positive] for click in self.clicks],
        }


def object_seed(record: ObjectRecord, seed: int) -> int:
    """A number that depends on the object and the run's seed alone, on every machine the same.

    Unlike `ObjectRecord.key` it tells apart frames of the same name in two videos, and annotations of two kinds that
    number the objects of one photo independently.
    """
    photo = f"{record.set}/{record.image.parent.name}/{record.image.name}"
    return zlib.crc32(f"{seed}/{photo}/{record.id}/{record.quality}/{record.category}".encode())
