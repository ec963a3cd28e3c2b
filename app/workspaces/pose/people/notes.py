"""What is said about the open person: reviewed, flagged, a note; and the time that was spent."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QWidget

from app.widgets import make
from app.workspaces.pose.people.words import time_words
from engine.pose.project.person import Person

PAUSE_S = 2.0
"""Letters that follow one another faster are undone together."""
HEIGHT = 74


class Notes(QWidget):
    """Shows a Person and asks for changes."""

    notes_changed = Signal(str, object)
    """The text, and a token of the gesture that it is part of: equal for what was typed without a pause."""
    reviewed_asked = Signal(bool)
    flagged_asked = Signal(bool)
    left = Signal()
    """Esc in the note."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._person = ""
        self._gesture, self._last = object(), 0.0
        self.reviewed, self.flagged = _mark(self.tr("Reviewed"), "check"), _mark(self.tr("Flagged"), "flag")
        self.field = _Field()
        self.field.setPlaceholderText(self.tr("Note"))
        self.field.setAccessibleName(self.tr("Note about this person"))
        self.field.setFixedHeight(HEIGHT)
        self._time = make.label(role="muted")
        row = make.row(8)
        row.addWidget(self.reviewed, 1)
        row.addWidget(self.flagged, 1)
        column = make.column(8, parent=self)
        column.addLayout(row)
        column.addWidget(self.field)
        column.addWidget(self._time)
        self.reviewed.clicked.connect(self.reviewed_asked)
        self.flagged.clicked.connect(self.flagged_asked)
        self.field.textChanged.connect(self._on_text)
        self.field.left.connect(self.left)

    def show_person(self, person: Person | None) -> None:
        """Show what holds; the cursor stays where somebody is typing."""
        self.setEnabled(person is not None)
        who = "" if person is None else person.person
        if who != self._person:
            self._person, self._gesture = who, object()
        text = "" if person is None else person.notes
        if self.field.toPlainText() != text:
            with QSignalBlocker(self.field):
                self.field.setPlainText(text)
                self.field.moveCursor(self.field.textCursor().MoveOperation.End)
        self.reviewed.setChecked(person is not None and person.reviewed)
        self.flagged.setChecked(person is not None and person.flagged)
        spent = 0.0 if person is None else person.seconds
        self._time.setText(self.tr("Time spent: {time}").format(time=time_words(spent)))

    def begin(self) -> None:
        """Go to the note."""
        self.field.setFocus()

    def _on_text(self) -> None:
        now = time.monotonic()
        if now - self._last > PAUSE_S:
            self._gesture = object()
        self._last = now
        self.notes_changed.emit(self.field.toPlainText(), self._gesture)


class _Field(QPlainTextEdit):
    """Tab goes on, Esc leaves; undo is the window's, which knows this text too."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if _is_undo(event):
                event.ignore()
                return False
            if event.key() == Qt.Key.Key_Escape:  # a shortcut of the window
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif _is_undo(event):
            event.ignore()
        else:
            super().keyPressEvent(event)


def _is_undo(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)


def _mark(text: str, picture: str) -> QPushButton:
    made = make.button(text, picture)
    made.setCheckable(True)
    made.setProperty("mark", True)
    return made
