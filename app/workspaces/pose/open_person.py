"""The open person: the way from their photo to a part that can be edited, and what follows when they change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QRectF, Qt

from app.document.pose import PosePart
from app.workspaces.pose.pages import Page
from engine.crop.prompts import Box
from engine.errors import InputError
from engine.pose.project.person import COUNT, Person, PoseState

if TYPE_CHECKING:
    from app.workspaces.pose.workspace import PoseWorkspace

AHEAD = 2
"""Photos of the next people that are loaded before anybody asks."""


class OpenPerson(QObject):
    """One person of the workspace's set at a time, or nobody while their photo is on its way.

    `part` and `page` are the person with their history, and their photo.
    """

    def __init__(self, workspace: PoseWorkspace) -> None:
        super().__init__(workspace)
        self._w = workspace
        self.part: PosePart | None = None
        self.page: Page | None = None
        self._awaited: int | None = None
        self._joints: np.ndarray | None = None
        self._stale = False
        workspace.pages.loaded.connect(self._on_page)
        workspace.hypotheses.settled.connect(self._read_ahead)

    @property
    def person(self) -> Person | None:
        return self.part.person if self.part else None

    # Who is open

    def go(self, index: int) -> None:
        """Open a person of the set, as soon as their photo is here."""
        w = self._w
        if w.set is None:
            return
        page = w.pages.want(w.set.person(index))
        self._awaited = None if page else index
        if page is not None:
            self._open(page)
        else:  # until the photo is here nobody is open: a key must not change whoever was
            self._show(None)
            w.refresh_soon()

    def open_single(self, page: Page) -> None:
        """Open the one person of a set that is a single photo."""
        w = self._w
        if w.set is not None:
            self.page = page
            w.set.go(0)
            self._show(w.set.part(0))
            if w.active:
                w.hypotheses.open_person(page)

    def close(self) -> None:
        """Nobody is open."""
        self.part = self.page = self._awaited = None
        self._w.editor.open(None)

    def _open(self, page: Page) -> None:
        w = self._w
        if w.set is None:
            return
        self.page = page
        w.page_wanted.emit(page, w.set.person(w.set.current).image)
        self._show(w.set.part(w.set.current))
        if w.active:
            w.hypotheses.open_person(page)
        self._look_at()
        following = [w.people.neighbour(step) for step in (1, -1, AHEAD)]
        w.pages.ahead([w.set.person(i) for i in following if i is not None])
        w.refresh_soon()

    def _show(self, part: PosePart | None) -> None:
        w = self._w
        self.part = part
        w.tool.let_go()  # a drag was the other person's
        w.space.let_go()
        w.editor.open(part)
        if part is not None:
            self._joints, self._stale = np.column_stack([part.state.joints, part.state.visibility]), False
            w.stopwatch.enter()
            part.undo_stack.indexChanged.connect(w.refresh_soon, Qt.ConnectionType.UniqueConnection)
        w.showing.show_selection()  # what can be done now: a key may come before anything is drawn
        w.state_changed.emit()

    def _look_at(self) -> None:
        """People are small in most photos."""
        person = self.person
        try:
            window = person.window() if person else None
        except InputError:
            return
        if window is not None:
            self._w.canvas.navigation.show_area(QRectF(window.x0, window.y0, window.width, window.height))

    # What comes back, and what is said of them

    def changed(self, index: int) -> None:
        """Somebody of the set has other values; if it is the open person, what is seen of them follows."""
        w = self._w
        if w.set is None or index != w.set.current or self.part is None:
            return
        joints = np.column_stack([self.part.state.joints, self.part.state.visibility])
        if self._joints is None or not np.array_equal(joints, self._joints, equal_nan=True):
            self._joints = joints
            self._stale = True
            if not w.tool.dragging:  # else lifting for every step of a drag would take the drag's time
                self.settle()
        w.refresh_soon()

    def settle(self) -> None:
        """What is lifted from the joints follows where they are now."""
        if self._stale:
            self._stale = False
            self._w.hypotheses.joints_changed()

    def box(self, box: Box) -> None:
        """Somebody has shown where the person is."""
        w, tr = self._w, self.tr
        if self.part is None or w.document is None:
            return
        state, clipped = self.part.state, box.clipped(*w.document.size)
        placed = {source for source, known in zip(state.joints_from, state.known, strict=True) if known}
        if {"annotated", "edited"} & placed:
            w.told.emit(
                tr("This person has joints already."),
                tr("Drag a joint to move it. A box is for people of whom nothing is known."),
            )
            return
        nothing = PoseState(np.full((COUNT, 2), np.nan), np.zeros(COUNT, np.intp))
        where = (clipped.x0, clipped.y0, clipped.x1, clipped.y1)
        self.part.mark(tr("draw box"), box=where, state=nothing)
        w.hypotheses.read()

    def _on_page(self, image: str, page: Page) -> None:
        annotations, index = self._w.set, self._awaited
        if annotations is not None and index is not None and annotations.person(index).image == image:
            self._awaited = None
            self._open(page)

    def _read_ahead(self) -> None:
        """The next person, whose photo may be here already."""
        w = self._w
        following = w.people.neighbour(1) if w.in_set else None
        if w.set is not None and following is not None:
            photo = w.pages.photo(w.set.person(following))
            if photo is not None:
                w.hypotheses.ahead(following, photo)
