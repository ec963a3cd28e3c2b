"""The set of people that is worked through: which one is open, and every change on its way to the disk."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from app.document.pose import PosePart
from app.worker import Task, Worker, explain
from engine.pose.project.person import Person
from engine.pose.project.project import Batch, Project

log = logging.getLogger(__name__)

WRITE_MS = 700
"""A change is given to the disk this long after it at the latest, while the disk keeps up."""
RETRY_MS = 10_000
"""After a failure (full disk, a drive that is gone) it is tried again this often."""
HISTORIES = 200
"""People whose undo history is kept."""


class AnnotationSet(QObject):
    """A project that is open. Everything is called on the window's thread; the keeper's thread writes.

    Args:
        project: Locked by whoever opened it.
        keeper: A worker that does nothing else, so that no change waits behind a photo.
        single: It is no set that somebody works through, but the person in a photo that was opened.

    Attributes:
        place: Who was open when somebody stopped the last time, by name; "" when it is not known.
        previous: Who was open before the one who is.
        problem: Why `finish` has failed, in words for people.
    """

    changed = Signal(int)
    """Index of a person with other values."""
    current_changed = Signal()
    kept = Signal(bool)
    """Whether everything is on the disk now."""
    trouble = Signal(object)
    """The error because of which changes cannot be written."""

    def __init__(
        self, project: Project, keeper: Worker, parent: QObject | None = None, *, single: bool = False
    ) -> None:
        super().__init__(parent)
        self.single = single
        self.project, self.current = project, -1
        self.previous: int | None = None
        self.place = self.problem = ""
        self._keeper = keeper
        self._batch: Batch | None = None
        self._parts: OrderedDict[int, PosePart] = OrderedDict()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._write)

    def __len__(self) -> int:
        return len(self.project.people)

    def person(self, index: int) -> Person:
        return self.project.people[index]

    def part(self, index: int) -> PosePart:
        """The person with their history, made when it is first needed."""
        part = self._parts.get(index)
        if part is None:
            part = self._parts[index] = PosePart(self.person(index), self)
            part.person_changed.connect(lambda after, before, at=index: self._take(at, after))
        self._parts.move_to_end(index)
        if len(self._parts) > HISTORIES:
            oldest = next(i for i in self._parts if i != self.current and i != index)
            self._parts.pop(oldest).deleteLater()
        return part

    def go(self, index: int) -> None:
        """Open another person."""
        if index != self.current and 0 <= index < len(self):
            self.previous = self.current if self.current >= 0 else None
            self.current = index
            self.current_changed.emit()

    def fill(self, people: dict[int, Person]) -> None:
        """Take over what was computed for people without a pose; nobody's act.

        Args:
            people: By index. Who has got a pose or other joints meanwhile keeps them, and whatever else was said.
        """
        for index, computed in people.items():
            now = self.person(index)
            joints = now.state.joints
            same = np.array_equal(joints, computed.state.joints, equal_nan=True) or not now.state.known.any()
            if now.state.pose is None and same:
                filled = replace(now, state=computed.state)
                self.part(index).prepare(filled) if index in self._parts else self._take(index, filled)

    # To the disk

    @property
    def clean(self) -> bool:
        """Whether everything is on the disk."""
        return self._batch is None and not self.project.unwritten

    @property
    def unkept(self) -> int:
        """How many people have changes that are not on the disk."""
        return self.project.unwritten + (len(self._batch) if self._batch else 0)

    def finish(self) -> bool:
        """Write what is left, here and now; False when the disk does not take it, and `problem` says why."""
        self._timer.stop()
        if self.project.path is None:
            return True
        try:
            if self._batch is not None:  # perhaps it is being written, perhaps it never will be: twice does no harm
                batch, self._batch = self._batch, None
                self.project.append(batch)
            if self.project.unwritten:
                self.project.append(self.project.take_unwritten())
        except Exception as error:
            log.exception("the last changes could not be written")
            self.problem = " ".join(part for part in explain(error) if part)
            self._later(RETRY_MS)
            return False
        return True

    def stop(self) -> None:
        """Try no more: what is not on the disk by now is given up, or there is nothing."""
        self._timer.stop()
        self.project.unlock()

    def _take(self, index: int, person: Person) -> None:
        self.project.replace(index, person)
        self.changed.emit(index)
        self._later(WRITE_MS)

    def _later(self, milliseconds: int) -> None:
        if self.project.path is not None and self._batch is None and not self._timer.isActive():
            self._timer.start(milliseconds)
            self.kept.emit(False)

    def _write(self) -> None:
        batch, project = self.project.take_unwritten(), self.project
        self._batch = batch

        def job(task: Task) -> None:
            project.append(batch)

        self._keeper.submit(job, lambda nothing: self._written(), lane="keep", failed=self._failed)

    def _written(self) -> None:
        self._batch = None
        if self.project.unwritten:
            self._later(WRITE_MS)
        else:
            self.kept.emit(True)

    def _failed(self, error: Exception) -> bool:
        """What was in the batch is unwritten again: `append` saw to it."""
        self._batch = None
        self.trouble.emit(error)
        self._later(RETRY_MS)
        return True
