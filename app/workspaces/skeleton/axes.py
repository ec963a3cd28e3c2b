"""The medial axis of the object that is cut out."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.document.answer import Answer
from app.worker import Worker
from app.workspaces.skeleton.latest import Latest
from engine.skeleton.graph import SkeletonGraph
from engine.skeleton.medial import medial_graph


class Axes(QObject):
    """Finds axes in a worker's thread and keeps the last one."""

    found = Signal()
    """The axis that was asked for is there."""

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._latest = Latest(worker, "axis", self)
        self._latest.done.connect(self._take)
        self._asked: Answer | None = None
        self._known: tuple[Answer, SkeletonGraph] | None = None

    def of(self, answer: Answer) -> SkeletonGraph | None:
        """The axis of an answer's mask; None while it is being found."""
        if self._known and self._known[0] is answer:
            return self._known[1]
        if answer is not self._asked:
            self._asked = answer
            self._latest.ask(lambda: (answer, medial_graph(answer.prediction.mask())))
        return None

    def forget(self) -> None:
        """The photo is another."""
        self._latest.forget()
        self._asked, self._known = None, None

    def _take(self, result: tuple[Answer, SkeletonGraph]) -> None:
        self._known = result
        self.found.emit()
