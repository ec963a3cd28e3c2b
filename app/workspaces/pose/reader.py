"""Asks the pose networks in the inference thread and brings their hypotheses back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.method import PoseFactory, PoseReady
from app.worker import Task, Worker
from engine.errors import InputError
from engine.imaging.photo import Photo
from engine.pose.project.person import Person
from engine.pose.project.prepare import predict
from engine.pose.session import PosePrediction, PoseSession

READ, AHEAD = "read pose", "read pose ahead"


@dataclass(frozen=True, eq=False)
class Asked:
    """A question.

    Args:
        index: Of the person in the set.
        person: As they were when it was asked.
        photo: Where they are.
    """

    index: int
    person: Person
    photo: Photo


class PoseReader(QObject):
    """The method is loaded when it is first needed; it and its session are touched in the inference thread only."""

    ready = Signal(object)
    """A PoseReady: method loaded, device known."""
    read = Signal(object, object)
    """What was Asked, and the PosePrediction."""
    failed = Signal(object, object)
    """What was Asked, and the error. An InputError is about this person; the worker tells of any other."""

    def __init__(self, worker: Worker, factory: PoseFactory, device: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker, self._factory, self._device = worker, factory, device
        self._ready: PoseReady | None = None
        self._told: PoseReady | None = None
        self._session: tuple[Photo, PoseSession] | None = None
        self.asked: Asked | None = None

    def use_device(self, device: str) -> None:
        """Load the method on another device when it is needed next."""
        self._device = device

        def drop(task: Task) -> None:
            self._ready, self._session = None, None

        self._worker.submit(drop, lambda nothing: None, lane="pose method")

    def ask(self, asked: Asked) -> None:
        """Read; the answer arrives as `read` unless something newer is asked before."""
        self.asked = asked
        self._worker.cancel(AHEAD)
        label = self.tr("Reading the pose…") if self._ready else self.tr("Loading the pose networks…")

        def job(task: Task) -> tuple[PosePrediction, PoseReady]:
            session, ready = self._begin(asked.photo)
            task.check()
            return predict(asked.person, asked.photo, session, cancelled=task.cancelled), ready

        def then(answer: tuple[PosePrediction, PoseReady]) -> None:
            prediction, ready = answer
            self.asked = None
            if ready is not self._told:
                self._told = ready
                self.ready.emit(ready)
            self.read.emit(asked, prediction)

        def failed(error: Exception) -> bool:
            self.asked = None
            self.failed.emit(asked, error)
            return isinstance(error, InputError)

        self._worker.submit(job, then, lane=READ, label=label, failed=failed)

    def ahead(self, person: Person, photo: Photo, then: Callable[[PosePrediction], None]) -> None:
        """Read before anybody asks, without a sign of it; whatever is asked comes first, and a failure is not told."""

        def job(task: Task) -> PosePrediction:
            session, _ = self._begin(photo)
            task.check()
            return predict(person, photo, session, cancelled=task.cancelled)

        self._worker.submit(job, then, lane=AHEAD, failed=lambda error: True)

    def cancel(self) -> bool:
        """Drop what has been asked; True when there was anything."""
        self.asked = None
        self._worker.cancel(AHEAD)
        return self._worker.cancel(READ)

    def _begin(self, photo: Photo) -> tuple[PoseSession, PoseReady]:
        """In the worker's thread: the session of a photo."""
        if self._ready is None:
            self._ready = self._factory(self._device)
        if self._session is None or self._session[0] is not photo:
            self._session = None  # let go of the old photo before the new one's memory is needed
            self._session = (photo, self._ready.session(photo))
        return self._session[1], self._ready
