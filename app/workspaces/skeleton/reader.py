"""Asks the skeleton method in the inference thread and brings its readings back, drawn."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.document.document import Document
from app.document.reading import DrawnReading
from app.document.skeleton import Question
from app.method import SkeletonFactory, SkeletonReady
from app.sessions import Sessions
from app.worker import Task, Worker
from engine.crop.prediction import Prediction

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
        self._worker, self._sessions = worker, Sessions(worker, factory, device)

    def use_device(self, device: str) -> None:
        """Load the method on another device when it is needed next."""
        self._sessions.use_device(device, "skeleton method")

    def ask(self, document: Document, question: Question, cut_out: Prediction | None) -> None:
        """Read; the answer arrives as `read` unless something newer is asked before.

        Args:
            cut_out: The object to keep to when the question has prompts.
        """
        photo, label = document.photo, self.tr("Reading the skeleton…")
        if not self._sessions.loaded:
            label = self.tr("Loading the skeleton network…")

        def job(task: Task) -> tuple[DrawnReading, SkeletonReady]:
            session, ready = self._sessions.begin(photo)
            task.check()
            within = cut_out.probability() if cut_out and question.prompts else None
            prediction = session.predict(within=within, multi_scale=question.multi_scale, cancelled=task.cancelled)
            task.check()
            return DrawnReading.draw(prediction), ready

        def then(answer: tuple[DrawnReading, SkeletonReady]) -> None:
            reading, ready = answer
            document.skeleton.readings.put(question, reading)
            if self._sessions.is_news(ready):
                self.ready.emit(ready)
            self.read.emit(question, reading)

        def failed(error: Exception) -> bool:
            self.failed.emit(question)
            return False

        self._worker.submit(job, then, lane=READ, label=label, failed=failed)

    def cancel(self) -> bool:
        """Drop what has been asked; True when there was anything."""
        return self._worker.cancel(READ)
