"""Asks the pose networks in the inference thread and brings their hypotheses back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.method import PoseFactory, PoseReady
from app.sessions import Sessions
from app.worker import Task, Worker
from engine.errors import InputError
from engine.imaging.photo import Photo
from engine.pose.project.person import Person
from engine.pose.project.prepare import predict
from engine.pose.session import PosePrediction

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
        self._worker, self._sessions = worker, Sessions(worker, factory, device)
        self.asked: Asked | None = None

    def use_device(self, device: str) -> None:
        """Load the method on another device when it is needed next."""
        self._sessions.use_device(device, "pose method")

    def ask(self, asked: Asked) -> None:
        """Read; the answer arrives as `read` unless something newer is asked before."""
        self.asked = asked
        self._worker.cancel(AHEAD)
        label = self.tr("Reading the pose…") if self._sessions.loaded else self.tr("Loading the pose networks…")

        def job(task: Task) -> tuple[PosePrediction, PoseReady]:
            session, ready = self._sessions.begin(asked.photo)
            task.check()
            return predict(asked.person, asked.photo, session, cancelled=task.cancelled), ready

        def then(answer: tuple[PosePrediction, PoseReady]) -> None:
            prediction, ready = answer
            self.asked = None
            if self._sessions.is_news(ready):
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
            session, _ = self._sessions.begin(photo)
            task.check()
            return predict(person, photo, session, cancelled=task.cancelled)

        self._worker.submit(job, then, lane=AHEAD, failed=lambda error: True)

    def cancel(self) -> bool:
        """Drop what has been asked; True when there was anything."""
        self.asked = None
        self._worker.cancel(AHEAD)
        return self._worker.cancel(READ)
