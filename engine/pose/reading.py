"""What a way to read poses is, whatever its networks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Protocol

from engine.errors import Cancelled
from engine.pose.hypotheses import Detection, Look, PoseReading
from engine.pose.network import JointDetector

BATCH = 8
"""People that go through the networks at once."""


class PoseMethod(Protocol):
    """A named way to read poses, its weights loaded. The session and the evaluation use nothing else."""

    def detect(self, looks: Sequence[Look]) -> Detection:
        """Joints in the picture alone."""

    def read_people(
        self, looks: Sequence[Look], *, keep_maps: bool = False, cancelled: Callable[[], bool] | None = None
    ) -> PoseReading:
        """Read people, each in its own window.

        Args:
            looks: At least one.
            keep_maps: Keep the skeleton maps, if the method has any.
            cancelled: Asked between steps; when it answers True, Cancelled is raised.

        Raises:
            Cancelled: Nobody waits any more.
            WeightsError: A network answered with something that is not a number.
        """


class Batched(ABC):
    """A method that is told people in portions; subclasses read one portion."""

    def __init__(self, detector: JointDetector) -> None:
        self.detect = detector

    def read_people(
        self, looks: Sequence[Look], *, keep_maps: bool = False, cancelled: Callable[[], bool] | None = None
    ) -> PoseReading:
        """See PoseMethod."""

        def check() -> None:
            if cancelled and cancelled():
                raise Cancelled

        parts = []
        for start in range(0, len(looks), BATCH):
            check()
            seen = self.detect(looks[start : start + BATCH])
            check()
            parts.append(self._read(looks[start : start + BATCH], seen, keep_maps=keep_maps))
        check()
        return PoseReading.joined(parts)

    @abstractmethod
    def _read(self, looks: Sequence[Look], seen: Detection, *, keep_maps: bool) -> PoseReading: ...
