"""A first pose for everybody in a set, by lifting, in the background."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal

from app.document.annotation_set import AnnotationSet
from app.worker import Task, Worker
from engine.pose.project.person import Person
from engine.pose.project.prepare import lift_people

LANE = "lift set"
PART = 256
"""People lifted between two looks at whether somebody wants to stop."""


class Preparing(QObject):
    """Lifts who has no pose; the person on the screen is somebody else's business."""

    lifted = Signal(object)
    """dict of index to Person, on the window's thread."""
    _part = Signal(object, object)

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._set: AnnotationSet | None = None
        self._part.connect(self._on_part, Qt.ConnectionType.QueuedConnection)

    def lift(self, annotations: AnnotationSet) -> None:
        """Begin with a set."""
        self._set = annotations
        people = annotations.project.people
        wanted = [(i, p) for i, p in enumerate(people) if p.state.pose is None and p.state.known.any()]
        if not wanted:
            return

        def job(task: Task) -> None:
            for start in range(0, len(wanted), PART):
                task.check()
                part = wanted[start : start + PART]
                after = lift_people([person for _, person in part])
                found = {i: p for (i, _), p in zip(part, after, strict=True) if p.state.pose is not None}
                self._part.emit(annotations, found)
                task.progress((start + len(part)) / len(wanted))

        label = self.tr("Lifting {n} people into space…").format(n=f"{len(wanted):,}")
        self._worker.submit(job, lambda nothing: None, lane=LANE, label=label)

    def stop(self) -> None:
        """The set is no longer open."""
        self._set = None
        self._worker.cancel(LANE)

    def cancel(self, lane: str) -> bool:
        """Stop for now; people without a pose get theirs when they are opened. True when there was anything."""
        return lane == LANE and self._worker.cancel(LANE)

    def _on_part(self, annotations: AnnotationSet, found: dict[int, Person]) -> None:
        if annotations is self._set:
            self.lifted.emit(found)
