"""Follows the prompts: asks the method in the worker's thread and brings the answers back, drawn."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.document.answer import Answer
from app.document.document import Document
from app.document.prompts import Prompts
from app.method import MethodFactory, Ready
from app.worker import Task, Worker
from engine.crop.prediction import Prediction, Session
from engine.imaging.photo import Photo

PREDICT, PREVIEW = "predict", "preview"


class Segmenter(QObject):
    """One document at a time. The method and its session are touched in the worker's thread only."""

    ready = Signal(object)
    """A Ready: method loaded, device known."""
    answered = Signal(object, object)
    """Prompts and their Answer."""
    previewed = Signal(object, object)
    """Prompts and the Answer that they would lead to."""

    def __init__(self, worker: Worker, factory: MethodFactory, device: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker, self._factory, self._device = worker, factory, device
        self._ready: Ready | None = None
        self._session: tuple[Photo, Session] | None = None
        self._document: Document | None = None

    def use_device(self, device: str) -> None:
        """Load the method on another device, in the background."""
        self._device = device

        def load(task: Task) -> Ready:
            self._ready, self._session = None, None
            return self._load()

        self._worker.submit(load, self.ready.emit, lane="method", label=self.tr("Loading the network…"))

    def warm_up(self) -> None:
        """Load the method before the first click needs it."""
        self.use_device(self._device)

    def open(self, document: Document) -> None:
        """Answers from now on are about `document`; what was asked about another one is dropped."""
        self.cancel()
        self._document = document
        document.crop.prompts_changed.connect(self._follow)

    def _follow(self, prompts: Prompts) -> None:
        self.cancel()
        document = self._document
        if document is None:
            return
        unknown = not prompts.empty and document.crop.known_answer(prompts) is None
        document.crop.wait(unknown)
        if unknown:
            self._ask(document, prompts)

    def _ask(self, document: Document, prompts: Prompts) -> None:
        def then(answer: Answer) -> None:
            document.crop.wait(False)
            document.crop.take_answer(prompts, answer)
            self.answered.emit(prompts, answer)

        def failed(error: Exception) -> bool:
            document.crop.wait(False)
            return False

        self._worker.submit(
            lambda task: Answer.draw(self._predict(document.photo, prompts, task)),
            then,
            lane=PREDICT,
            label=self.tr("Looking for the object…"),
            failed=failed,
        )

    def preview(self, prompts: Prompts) -> None:
        """Predict without a sign of work; a failure is not worth a message."""
        document = self._document
        if document is None:
            return
        photo = document.photo
        self._worker.submit(
            lambda task: Answer.draw(self._predict(photo, prompts, task)),
            lambda answer: self.previewed.emit(prompts, answer),
            lane=PREVIEW,
            failed=lambda error: True,
        )

    def cancel_preview(self) -> None:
        self._worker.cancel(PREVIEW)

    def cancel(self) -> bool:
        """Drop what has been asked; True when there was anything."""
        self._worker.cancel(PREVIEW)
        return self._worker.cancel(PREDICT)

    def take_back(self) -> bool:
        """Give up the running prediction and undo what asked for it; True when there was one."""
        running, document = self.cancel(), self._document
        if running and document:
            prompts, stack = document.crop.prompts, document.undo_stack
            while stack.canUndo() and document.crop.prompts == prompts:
                stack.undo()
        return running

    # In the worker's thread

    def _load(self) -> Ready:
        if self._ready is None:
            self._ready = self._factory(self._device)
        return self._ready

    def _predict(self, photo: Photo, prompts: Prompts, task: Task) -> Prediction:
        if self._session is None or self._session[0] is not photo:
            self._session = None  # let go of the old photo before the new one's memory is needed
            self._session = (photo, self._load().method.session(photo))
        task.check()
        session = self._session[1]
        session.set_prompts(prompts.clicks, prompts.box)
        return session.predict(candidate=prompts.candidate, cancelled=task.cancelled)
