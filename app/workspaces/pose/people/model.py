"""The rows of the list: the people who pass the filter."""

from __future__ import annotations

from enum import IntEnum
from pathlib import PurePath
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QStringListModel, Qt

from app.document.annotation_set import AnnotationSet
from app.workspaces.pose.people.roster import Roster
from app.workspaces.pose.people.words import error_words, status_of, status_words
from engine.pose.project.person import Person

Ints = npt.NDArray[np.intp]
Index = QModelIndex | QPersistentModelIndex


class Role(IntEnum):
    """What a row tells besides its text."""

    PERSON_INDEX = Qt.ItemDataRole.UserRole + 1
    PERSON = Qt.ItemDataRole.UserRole + 2
    PLACE = Qt.ItemDataRole.UserRole + 3
    OPEN = Qt.ItemDataRole.UserRole + 4


class PeopleModel(QStringListModel):
    """Rows are looked up when they are painted: nothing is made for the thousands that are not on the screen.

    The view asks for the number of rows several times a row when it lays them out. It is a list of empty strings that
    answers, because for 25,000 rows a `rowCount` in Python would take a tenth of a second.
    """

    def __init__(self, roster: Roster, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._roster = roster
        self._set: AnnotationSet | None = None
        self.rows: Ints = np.zeros(0, np.intp)
        """Indices of the people, ascending."""

    def show_rows(self, annotations: AnnotationSet | None, rows: Ints) -> None:
        """Show these people of a set."""
        self._set, self.rows = annotations, rows
        self.setStringList([""] * len(rows))

    def row_of(self, person: int) -> int | None:
        """Where somebody is; None when they are left out."""
        at = int(np.searchsorted(self.rows, person))
        return at if at < len(self.rows) and self.rows[at] == person else None

    def index_of(self, person: int) -> QModelIndex:
        """Somebody's row; invalid when they are left out."""
        row = self.row_of(person)
        return QModelIndex() if row is None else self.index(row)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        annotations = self._set
        if annotations is None or not index.isValid() or index.row() >= len(self.rows):
            return None
        at = int(self.rows[index.row()])
        person = annotations.person(at)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return PurePath(person.image).name
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._in_words(at, person)
            case Role.PERSON_INDEX:
                return at
            case Role.PERSON:
                return person
            case Role.PLACE:
                return self._roster.place(at)
            case Role.OPEN:
                return at == annotations.current
        return None

    def error(self, index: int, person: Person) -> float:
        """Somebody's relative reprojection error."""
        summary = self._roster.summary
        return person.relative_error() if summary is None else float(summary.relative[index])

    def _in_words(self, index: int, person: Person) -> str:
        number, together = self._roster.place(index)
        parts = [PurePath(person.image).name]
        if together > 1:
            parts.append(self.tr("person {n} of {all}").format(n=number, all=together))
        parts.append(status_words(status_of(person)))
        if person.flagged:
            parts.append(self.tr("flagged"))
        parts.append(error_words(self.error(index, person)))
        if person.notes:
            parts.append(self.tr("“{note}”").format(note=person.notes.strip()))
        return self.tr(", ").join(parts)
