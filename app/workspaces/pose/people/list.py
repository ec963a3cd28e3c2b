"""The people of a set: who is shown, who is open, who comes next."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QModelIndex, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QProgressBar, QWidget

from app.canvas.sides import colours_on
from app.document.annotation_set import AnnotationSet
from app.widgets import make
from app.worker import Worker
from app.workspaces.pose.people.delegate import HEIGHT, PersonDelegate
from app.workspaces.pose.people.filter_bar import FilterBar
from app.workspaces.pose.people.model import PeopleModel
from app.workspaces.pose.people.roster import Roster
from app.workspaces.pose.people.thumbnails import Look, Thumbnails
from app.workspaces.pose.people.view import PeopleView
from engine.pose.project.filtering import Filter, counts, matching
from engine.pose.project.person import Person

Ints = npt.NDArray[np.intp]
WIDTH = 272


class PeopleList(QFrame):
    """Shows and asks; who is opened is the workspace's business.

    Who is open stays in the list, though a change may have taken them out of the filter, until somebody else is opened.

    Args:
        worker: Looks at everybody when a set is opened, and makes thumbnails.
    """

    person_chosen = Signal(int)
    """Index of the person to open."""
    left_list = Signal()
    """Esc: back to the pictures."""

    def __init__(self, worker: Worker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("people")
        self.setFixedWidth(WIDTH)
        self.set: AnnotationSet | None = None
        self.roster = Roster(worker, self)
        self.thumbnails = Thumbnails(worker, self)
        self.model = PeopleModel(self.roster, self)
        self.bar = FilterBar()
        self.view = PeopleView()
        self.view.setModel(self.model)
        self.view.setItemDelegate(PersonDelegate(self.model, self.thumbnails, self.view))
        self._nobody = _Nobody()
        self._status = make.label(role="muted")
        self._done = QProgressBar()
        self._done.setTextVisible(False)
        self._done.setAccessibleName(self.tr("Reviewed"))
        top, foot = make.column(0, (12, 12, 12, 8)), make.column(6, (14, 8, 14, 10))
        top.addWidget(self.bar)
        foot.addWidget(self._status)
        foot.addWidget(self._done)
        column = make.column(0, (0, 0, 1, 0), self)
        column.addLayout(top)
        column.addWidget(self.view, 1)
        column.addWidget(self._nobody, 1)
        column.addWidget(make.frame("separator"))
        column.addLayout(foot)
        self.roster.changed.connect(self._refresh)
        self.thumbnails.ready.connect(self._repaint)
        self.bar.changed.connect(lambda what: self._show_rows(self._matching(what), keep_place=False))
        self.bar.left.connect(self.left_list)
        self.bar.down.connect(self._enter_list)
        self.view.chosen.connect(self._on_chosen)
        self.view.left.connect(self.left_list)
        self._nobody.everybody.clicked.connect(self.bar.clear)
        self._colour()

    # For the workspace

    def open(self, annotations: AnnotationSet | None) -> None:
        """Show another set, or none."""
        if self.set is not None:
            self.set.changed.disconnect(self._repaint)
        self.set = annotations
        self.bar.show_filter(Filter())
        self.roster.open(annotations)
        self.thumbnails.open(annotations)
        everybody = np.arange(len(annotations) if annotations is not None else 0)
        self._show_rows(everybody, keep_place=False)
        if annotations is not None:
            annotations.changed.connect(self._repaint)

    def finish(self) -> None:
        """No more work: the window closes."""
        self.open(None)

    def show_current(self) -> None:
        """Somebody else is open: bring them into sight, and let go of who was kept in the list for being open."""
        rows = self._matching(self.bar.filter)
        if not np.array_equal(rows, self.model.rows):
            self._show_rows(rows, keep_place=True)
        row = None if self.set is None else self.model.row_of(self.set.current)
        if row is not None:
            self.view.bring(row)
        self.view.viewport().update()

    def show_filter(self, what: Filter) -> None:
        """Look at other people."""
        self.bar.show_filter(what)
        self._show_rows(self._matching(what), keep_place=False)

    def find_photos(self) -> None:
        """Photos were looked for again."""
        self.roster.find_photos()
        self.thumbnails.clear()
        self.view.viewport().update()

    def neighbour(self, step: int) -> int | None:
        """Who comes `step` rows after (or, below 0, before) the open person within the filter; None at the end."""
        if self.set is None:
            return None
        rows, current = self.model.rows, self.set.current
        at = int(np.searchsorted(rows, current))
        inside = at < len(rows) and rows[at] == current
        at += step if inside or step < 0 else step - 1
        return int(rows[at]) if 0 <= at < len(rows) else None

    def next_todo(self) -> int | None:
        """The next person with whom nothing was done, within the filter if there is one, from the open one around."""
        annotations = self.set
        if annotations is None:
            return None
        shown = self.model.rows.tolist()
        for rows in (shown, range(len(annotations))):
            to_do = [i for i in rows if i != annotations.current and _to_do(annotations.person(i))]
            if to_do:
                return next((i for i in to_do if i > annotations.current), to_do[0])
        return None

    def first_index(self) -> int:
        """Whom to begin with: the first person with whom nothing was done, else the first."""
        people = self.set.project.people if self.set is not None else []
        return next((i for i, person in enumerate(people) if _to_do(person)), 0)

    def people_of(self, image: str) -> list[Person]:
        """Everybody in a photo."""
        return self.roster.people_of(image)

    def begin_search(self) -> None:
        """Go to the search field."""
        self.bar.search.setFocus()
        self.bar.search.selectAll()

    # Inside

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()

    def _colour(self) -> None:
        palette = self.palette()
        self.thumbnails.show_look(Look(colours_on(palette), palette.color(QPalette.ColorRole.Midlight).name()))

    def _matching(self, what: Filter) -> Ints:
        """Who passes, and who is open."""
        summary, annotations = self.roster.summary, self.set
        if annotations is None:
            return np.zeros(0, np.intp)
        if summary is None:
            return np.arange(len(annotations))
        return matching(summary, what)

    def _refresh(self) -> None:
        """Values have changed: who passes now?"""
        rows = self._matching(self.bar.filter)
        current = -1 if self.set is None else self.set.current
        if self.model.row_of(current) is not None:
            rows = np.union1d(rows, [current]).astype(np.intp)
        if np.array_equal(rows, self.model.rows):
            self._show_numbers()
        else:
            self._show_rows(rows, keep_place=True)

    def _show_rows(self, rows: Ints, *, keep_place: bool) -> None:
        """Show these people; whoever was topmost stays there, or the open person comes into sight."""
        top, offset = self.view.top()
        anchor = int(self.model.rows[top]) if keep_place and top < len(self.model.rows) else None
        focused = self.view.currentIndex().row()
        cursor = int(self.model.rows[focused]) if 0 <= focused < len(self.model.rows) else -1
        self.model.show_rows(self.set, rows)
        row = self.model.row_of(cursor)
        if row is not None:
            self.view.setCurrentIndex(self.model.index(row))
        if anchor is not None:
            self.view.verticalScrollBar().setValue(int(np.searchsorted(rows, anchor)) * HEIGHT + offset)
        elif self.set is not None and len(rows):
            self.view.bring(self._landing(rows, self.set.current))
        self._show_numbers()

    def _landing(self, rows: Ints, current: int) -> int:
        """The row to begin at among other rows: the open person's, or who comes next; of a search, the first."""
        at = int(np.searchsorted(rows, current))
        if self.bar.filter.text and not (at < len(rows) and rows[at] == current):
            return 0
        return min(at, len(rows) - 1)

    def _show_numbers(self) -> None:
        summary, people = self.roster.summary, 0 if self.set is None else len(self.set)
        shown = len(self.model.rows)
        self._nobody.setVisible(people > 0 and not shown)
        self.view.setVisible(not self._nobody.isVisibleTo(self))
        self._done.setRange(0, max(people, 1))
        if summary is None:
            self._status.setText(self.tr("{n} people").format(n=f"{people:,}"))
            return
        numbers = counts(summary)
        self.bar.show_counts(numbers)
        words = self.tr("{n} of {all} reviewed").format(n=f"{numbers['reviewed']:,}", all=f"{people:,}")
        if not self.bar.filter.everything:
            words = self.tr("{shown} shown · {words}").format(shown=f"{shown:,}", words=words)
        self._status.setText(words)
        self._done.setValue(numbers["reviewed"])

    def _repaint(self, person: int) -> None:
        """Somebody looks different; to tell the model would have the view lay out all rows anew."""
        self.view.update(self.model.index_of(person))

    def _enter_list(self) -> None:
        if not len(self.model.rows):
            self._nobody.everybody.setFocus()
            return
        self.view.setFocus()
        if not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.model.index(0))

    def _on_chosen(self, index: QModelIndex) -> None:
        if index.isValid():
            self.person_chosen.emit(int(self.model.rows[index.row()]))


class _Nobody(QWidget):
    """Stands where the list would be, and offers the way back."""

    def __init__(self) -> None:
        super().__init__()
        self.everybody = make.button(self.tr("Show everybody"))
        column = make.column(12, (24, 0, 24, 0), self)
        column.addStretch(1)
        column.addWidget(make.label(self.tr("Nobody is like this."), "muted", align=make.CENTRE))
        column.addWidget(self.everybody, 0, make.CENTRE)
        column.addStretch(1)


def _to_do(person: Person) -> bool:
    return not (person.reviewed or person.changed)
