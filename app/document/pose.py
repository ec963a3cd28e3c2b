"""The person whose pose is open: every act takes it from one value to another, through an undo stack of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from engine.pose.project.person import Person, PoseState


class PosePart(QObject):
    """One person and the history of their pose. It outlives the document: one comes back to a person.

    Args:
        person: As they were opened.
    """

    person_changed = Signal(object, object)
    """New Person, and the one before."""

    def __init__(self, person: Person, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.person = person
        self.undo_stack = QUndoStack(self)
        self.giving_up = False
        self._gesture: object = None

    @property
    def state(self) -> PoseState:
        return self.person.state

    def edit(self, state: PoseState, text: str, gesture: object = None) -> None:
        """Change the pose by hand.

        Args:
            state: The new one.
            text: What this act is called.
            gesture: Acts of one gesture (a drag) become one act; None stands alone.
        """
        if not state.same_as(self.person.state):
            self.undo_stack.push(_Change(self, self.person.edited(state), text, gesture))
            self._gesture = gesture

    def give_up(self, gesture: object) -> None:
        """Undo a gesture that was broken off, for good: nothing of it can be done again.

        Args:
            gesture: Nothing happens unless it is what was done last.
        """
        if gesture is not None and gesture == self._gesture and self.undo_stack.canUndo():
            self._gesture, self.giving_up = None, True
            self.undo_stack.undo()
            self.giving_up = False

    def mark(self, text: str, gesture: object = None, **fields: object) -> None:
        """Change what is said about the person: `reviewed`, `flagged`, `notes`, or `box` and `state` at once."""
        after = replace(self.person, **fields)  # type: ignore[arg-type]  # the caller's names
        if not after.same_as(self.person):
            self.undo_stack.push(_Change(self, after, text, gesture))

    def prepare(self, person: Person) -> None:
        """Take over what was computed for a person without a pose; nobody's act, so nothing to undo."""
        self.show_person(person)

    def show_person(self, person: Person) -> None:
        """Called by the undo stack. Time spent is not undone."""
        before = self.person
        self.person = replace(person, seconds=before.seconds)
        self.person_changed.emit(self.person, before)

    def spend(self, seconds: float) -> None:
        """Count time spent on the person."""
        before = self.person
        self.person = replace(before, seconds=before.seconds + seconds)
        self.person_changed.emit(self.person, before)


class _Change(QUndoCommand):
    """Both ends are kept whole, so that undo restores every bit."""

    ID = 2

    def __init__(self, part: PosePart, after: Person, text: str, gesture: object) -> None:
        super().__init__(text)
        self._part, self._before, self._after, self._gesture = part, part.person, after, gesture

    def id(self) -> int:
        return self.ID

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802 - Qt's name
        later = cast("_Change", other)
        if self._gesture is None or later._gesture != self._gesture:
            return False
        self._after = later._after
        self.setObsolete(self._after.same_as(self._before))
        return True

    def redo(self) -> None:
        self._part.show_person(self._after)

    def undo(self) -> None:
        self._part.show_person(self._before)
        self.setObsolete(self._part.giving_up)
