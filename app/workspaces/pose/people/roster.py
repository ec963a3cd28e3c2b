"""The people of an open set in arrays that follow every change, for the list and the statistics alike."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from app.document.annotation_set import AnnotationSet
from app.worker import Task, Worker
from engine.pose.project.person import Person
from engine.pose.project.summary import Summary

LANE = "people of the set"
PAUSE_MS = 250
"""Changes within this time are told together."""


class Roster(QObject):
    """Looks at all people in the worker's thread when a set is opened, then at each one that changes."""

    changed = Signal()
    """Somebody's values have changed, or all are known now."""

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self.set: AnnotationSet | None = None
        self.summary: Summary | None = None
        """None until everybody has been looked at."""
        self._by_image: dict[str, list[int]] | None = None
        self._meanwhile: set[int] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.changed)

    def open(self, annotations: AnnotationSet | None) -> None:
        """Another set, or none."""
        if self.set is not None:
            self.set.changed.disconnect(self._on_changed)
        self._worker.cancel(LANE)
        self._timer.stop()
        self._meanwhile.clear()
        self.set, self.summary, self._by_image = annotations, None, None
        if annotations is None:
            return
        annotations.changed.connect(self._on_changed)
        people, project = tuple(annotations.project.people), annotations.project

        def job(task: Task) -> tuple[Summary, dict[str, list[int]]]:
            by_image: dict[str, list[int]] = {}
            for index, person in enumerate(people):
                by_image.setdefault(person.image, []).append(index)
            return Summary.of(people, project.missing), by_image  # to look for photos may take a while, too

        def then(answer: tuple[Summary, dict[str, list[int]]]) -> None:
            if self.set is annotations:
                self._take(*answer)

        self._worker.submit(job, then, lane=LANE)

    def find_photos(self) -> None:
        """Photos were looked for again."""
        if self.set is not None and self.summary is not None:
            self.summary.find_photos(self.set.project.people, self.set.project.missing)
            self.changed.emit()

    def people_of(self, image: str) -> list[Person]:
        """Everybody in a photo, in the set's order."""
        annotations = self.set
        if annotations is None:
            return []
        if self._by_image is None:
            return [person for person in annotations.project.people if person.image == image]
        return [annotations.person(index) for index in self._by_image.get(image, ())]

    def place(self, index: int) -> tuple[int, int]:
        """Which person of their photo somebody is, from 1, and how many there are; (1, 1) until that is known."""
        summary = self.summary
        return (1, 1) if summary is None else (int(summary.number[index]), int(summary.together[index]))

    def _take(self, summary: Summary, by_image: dict[str, list[int]]) -> None:
        self.summary, self._by_image = summary, by_image
        if self.set is not None:
            for index in self._meanwhile:
                summary.update(index, self.set.person(index))
        self._meanwhile.clear()
        self.changed.emit()

    def _on_changed(self, index: int) -> None:
        if self.set is None:
            return
        if self.summary is None:
            self._meanwhile.add(index)
            return
        self.summary.update(index, self.set.person(index))
        if not self._timer.isActive():
            self._timer.start()
