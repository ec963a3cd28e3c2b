"""Asks the skeleton method in the inference thread and brings its readings back, drawn."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.document.document import Document
from app.document.reading import DrawnReading
from app.document.skeleton import Question
from app.method import SkeletonFactory, SkeletonReady
from app.worker import Task, Worker
from engine.crop.prediction import Prediction
from engine.imaging.photo import Photo
from engine.skeleton.session import SkeletonSession

READ = "read skeleton"


class Reader(QObject):
    """The method is loaded when it is first needed; it and its session are touched in the inference thread only."""

    ready = Signal(object)
    """A SkeletonReady: method loaded, device known."""
    read = Signal(object, object)
    """A Question and the DrawnReading."""
    failed = Signal(object)
    """A Question that has no answer; the worker tells why."""

    def __init__(self, worker: Worker, factory: SkeletonFactory, device: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker, self._factory, self._device = worker, factory, device
        self._ready: SkeletonReady | None = None
        self._told: SkeletonReady | None = None
        self._session: tuple[Photo, SkeletonSession] | None = None

    def use_device(self, device: str) -> None:
        """Load the method on another device when it is needed next."""
        self._device = device

        def drop(task: Task) -> None:
            self._ready, self._session = None, None

        self._worker.submit(drop, lambda nothing: None, lane="skeleton method")

    def ask(self, document: Document, question: Question, cut_out: Prediction | None) -> None:
        """Read; the answer arrives as `read` unless something newer is asked before.

        Args:
            cut_out: The object to keep to when the question has prompts.
        """
        photo, label = document.photo, self.tr("Reading the skeleton…")
        if self._ready is None:
            label = self.tr("Loading the skeleton network…")

        def job(task: Task) -> tuple[DrawnReading, SkeletonReady]:
            session, ready = self._begin(photo)
            task.check()
            within = cut_out.probability() if cut_out and question.prompts else None
            prediction = session.predict(within=within, multi_scale=question.multi_scale, cancelled=task.cancelled)
            task.check()
            return DrawnReading.draw(prediction), ready

        def then(answer: tuple[DrawnReading, SkeletonReady]) -> None:
            reading, ready = answer
            document.skeleton.readings.put(question, reading)
            if ready is not self._told:
                self._told = ready
                self.ready.emit(ready)
            self.read.emit(question, reading)

        def failed(error: Exception) -> bool:
            self.failed.emit(question)
            return False

        self._worker.submit(job, then, lane=READ, label=label, failed=failed)

    def cancel(self) -> bool:
        """Drop what has been asked; True when there was anything."""
        return self._worker.cancel(READ)

    def _begin(self, photo: Photo) -> tuple[SkeletonSession, SkeletonReady]:
        """In the worker's thread: the session of a photo."""
        if self._ready is None:
            self._ready = self._factory(self._device)
        if self._session is None or self._session[0] is not photo:
            self._session = None  # let go of the old photo before the new one's memory is needed
            self._session = (photo, self._ready.session(photo))
        return self._session[1], self._ready
