"""The Pose workspace: the set, the open person, the two pictures of them and the hand, joined."""

from __future__ import annotations

import gc

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QUndoStack
from PySide6.QtWidgets import QSplitter, QWidget

from app.canvas.pose_layer import PoseLayer
from app.canvas.pose_tool import PoseTool
from app.canvas.view import Canvas
from app.canvas3d.canvas import PoseCanvas
from app.document.annotation_set import AnnotationSet
from app.document.document import Document
from app.document.pose import PosePart
from app.method import PoseFactory
from app.settings import Settings
from app.worker import Worker
from app.workspaces.pose.actions import PoseActions
from app.workspaces.pose.connecting import connect_acts
from app.workspaces.pose.editor import Editor
from app.workspaces.pose.hypotheses import Hypotheses
from app.workspaces.pose.leaving import may_leave
from app.workspaces.pose.open_person import OpenPerson
from app.workspaces.pose.pages import Page, Pages
from app.workspaces.pose.panel import PosePanel
from app.workspaces.pose.people.list import PeopleList
from app.workspaces.pose.people.statistics_dialog import StatisticsDialog
from app.workspaces.pose.people.stopwatch import Stopwatch
from app.workspaces.pose.preparing import Preparing
from app.workspaces.pose.reader import READ, PoseReader
from app.workspaces.pose.showing import Showing
from app.workspaces.pose.single import single_set
from app.workspaces.pose.strip import HypothesisStrip
from app.workspaces.workspace import Facts, Workspace
from engine.errors import InputError
from engine.pose.project.person import Person


class PoseWorkspace(Workspace):
    """Shows people's poses in 3D and lets a hand fix them: those of a set, or the one in a single photo.

    Nothing is computed before the workspace is first turned to.

    Args:
        stage: Holds the canvas, and the 3D canvas beside it; keys that other widgets need work only there.
        inference, shapes, files, keeper: The threads of the networks, of lifting, of photos, of what is kept.
        factory: Loads the method for a device.
        owner: The widget whose window hears the keys.
    """

    page_wanted = Signal(object, str)
    """A Page that shall be the open document, and what to call it."""
    told = Signal(str, str)
    """Message and hint for people."""
    clicks = False
    tool: PoseTool

    def __init__(
        self,
        settings: Settings,
        canvas: Canvas,
        stage: QSplitter,
        inference: Worker,
        shapes: Worker,
        files: Worker,
        keeper: Worker,
        factory: PoseFactory,
        owner: QWidget,
    ) -> None:
        self.layer = PoseLayer(canvas)
        super().__init__(canvas, owner, PoseTool(canvas, self.layer))
        self.canvas_words = self.tr(
            "J goes from joint to joint. Ctrl with the arrow keys moves the selected one in the photo; arrow keys "
            "alone turn its bone. Enter: reviewed, next."
        )
        self.settings, self._keeper, self._stage, self._shared = settings, keeper, stage, False
        self.set: AnnotationSet | None = None
        self.actions_: PoseActions = PoseActions(owner)
        self.panel: PosePanel = PosePanel(self.actions_, settings)
        self.space = PoseCanvas()
        self.strip = HypothesisStrip()
        self.people = PeopleList(files)
        self.left, self.beside, self.below = self.people, self.space, self.strip
        self.editor = Editor(settings, self.space.view_axes, self)
        self.reader = PoseReader(inference, factory, settings.device, self)
        self.hypotheses = Hypotheses(self.reader, shapes, files, self)
        self.pages = Pages(files, self)
        self.preparing = Preparing(shapes, self)
        self.showing = Showing(self)
        self.stopwatch = Stopwatch(self)
        self.open_person = OpenPerson(self)
        self._shapes = shapes
        self.statistics: StatisticsDialog | None = None
        self._left: list[AnnotationSet] = []
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.showing.refresh)
        for action in (*self.actions_.turns.values(), self.actions_.done, self.actions_.forget):
            _only_within(action, owner, stage)
        connect_acts(self)
        self.hypotheses.changed.connect(self.refresh_soon)
        self.preparing.lifted.connect(self._on_lifted)
        self.stopwatch.spent.connect(self._on_spent)
        QGuiApplication.instance().applicationStateChanged.connect(self._on_application_state)  # type: ignore[union-attr]

    # The window's side

    @property
    def undo_stack(self) -> QUndoStack | None:
        return self.part.undo_stack if self.part else None

    @property
    def part(self) -> PosePart | None:
        """The open person with their history."""
        return self.open_person.part

    @property
    def page(self) -> Page | None:
        """The photo of the open person."""
        return self.open_person.page

    @property
    def person(self) -> Person | None:
        return self.open_person.person

    @property
    def in_set(self) -> bool:
        """Whether a set is worked through, and not a single photo."""
        return self.set is not None and not self.set.single

    def open(self, document: Document) -> None:
        super().open(document)
        if self.page is None or document.photo is not self.page.photo:
            self._begin_single(document)
        self.refresh_soon()

    def activate(self, active: bool) -> None:
        super().activate(active)
        self.layer.show(active)
        self.stopwatch.run(active)
        if active:
            self.people.setVisible(self.in_set)
            self._share_stage()
            self.canvas.show_marks(clicks=False, box=False)
            self.canvas.show_object(False)
            self.canvas.setFocus()  # the keys that turn bones are heard over the pictures
            if self.set is None and self.document is not None:
                self._begin_single(self.document)
            elif self.page is not None and not self.hypotheses.candidates:
                self.hypotheses.open_person(self.page)
            self.showing.refresh()

    def _share_stage(self) -> None:
        """Half for each picture, until somebody wants it otherwise."""
        if not self._shared:
            self._shared = True
            self._stage.setSizes([1000] * self._stage.count())

    def use_device(self, device: str) -> None:
        """Read on another device from now on."""
        self.reader.use_device(device)

    def cancel(self, lane: str) -> bool:
        """Give a request up; True when it was one of this workspace."""
        if lane == READ:
            return self.hypotheses.cancel()
        return self.preparing.cancel(lane)

    def escape(self) -> bool:
        return self.tool.escape() or self.space.escape()

    def give_back(self) -> bool:
        return (self.tool.dragging and self.tool.escape()) or self.space.escape()

    def may_leave(self) -> bool:
        """Whether the window may close: changes are on the disk, or somebody has said that they do not matter."""
        self.stopwatch.leave()
        open_sets = [*self._left, *([self.set] if self.set is not None else [])]
        return all(may_leave(each, self.panel.window()) for each in open_sets)

    def show_statistics(self) -> None:
        """The statistics of the set, in a window beside the work."""
        if self.statistics is None:
            self.statistics = StatisticsDialog(self.people.roster, self._shapes, self.panel.window())
            self.statistics.filter_asked.connect(self.people.show_filter)
            self.statistics.person_chosen.connect(self.go)
        self.statistics.show()
        self.statistics.raise_()
        self.statistics.activateWindow()

    def finish(self) -> None:
        """No more work: the window closes."""
        self._later.stop()
        if self.statistics is not None:
            self.statistics.close()
        self.stopwatch.finish()
        self.space.finish()
        self.people.finish()
        self._let_go()
        for each in self._left:
            each.stop()

    # Sets

    def open_set(self, annotations: AnnotationSet) -> None:
        """Work through a set from now on; the one before is let go."""
        self._let_go()
        self._take_set(annotations)
        self.people.open(annotations)
        self.pages.open(annotations.project)
        self.people.setVisible(self.active and self.in_set)
        self.preparing.lift(annotations)
        gc.freeze()  # tens of thousands of people would be looked at again and again, while the window waits
        self.go(self._begin_at(annotations))

    def _begin_at(self, annotations: AnnotationSet) -> int:
        """Where somebody stopped the last time."""
        try:
            return annotations.project.find(annotations.place)
        except InputError:
            return self.people.first_index()

    def photos_changed(self) -> None:
        """Photos were looked for in other folders."""
        if self.set is not None and self.in_set:
            self.pages.open(self.set.project)
            self.people.find_photos()
            self.go(self.set.current)

    def close_set(self) -> None:
        """Back to the photo alone."""
        if self.in_set and self.document is not None:
            self._let_go()
            self.people.setVisible(False)
            self._begin_single(self.document)

    def go(self, index: int | None) -> None:
        """Open another person of the set."""
        if self.set is None or index is None or not 0 <= index < len(self.set):
            return
        self.stopwatch.leave()
        self.set.go(index)
        self.people.show_current()
        if self.set.project.path is not None:
            self.settings.remember_place(self.set.project.path, self.set.person(index).person)
        self.open_person.go(index)

    def _take_set(self, annotations: AnnotationSet) -> None:
        self.set = annotations
        annotations.setParent(self)
        annotations.changed.connect(self.open_person.changed)
        annotations.trouble.connect(self._on_trouble)
        annotations.kept.connect(lambda kept: self.state_changed.emit())
        self.hypotheses.open_set(annotations)

    def _let_go(self) -> None:
        """Write what is left, then forget the set."""
        annotations, self.set = self.set, None
        self.preparing.stop()
        self.hypotheses.open_set(None)
        self.open_person.close()
        if annotations is None:
            return
        if self.statistics is not None:
            self.statistics.hide()
        self.people.open(None)
        self.pages.open(None)
        if annotations.finish():
            annotations.stop()
            annotations.deleteLater()
        else:  # it goes on trying
            self._left.append(annotations)
            self._on_trouble(InputError(annotations.problem))

    def _begin_single(self, document: Document) -> None:
        """The person in a photo that belongs to no set."""
        self._let_go()
        self.people.setVisible(False)
        annotations = single_set(document, self._keeper)
        self._take_set(annotations)
        self.open_person.open_single(Page(document.photo, document.picture, document.path))

    # What comes back

    def refresh_soon(self, *_: object) -> None:
        """Show what holds, once, when everything that happens now has happened."""
        if self.active and not self._later.isActive():
            self._later.start()

    def _on_lifted(self, people: dict[int, Person]) -> None:
        if self.set is not None:
            self.set.fill(people)

    def _on_spent(self, seconds: float) -> None:
        if self.part is not None and self.in_set:
            self.part.spend(seconds)

    def _on_trouble(self, error: Exception) -> None:
        message = self.tr("The last changes could not be kept: {why}").format(why=getattr(error, "message", error))
        self.told.emit(message, getattr(error, "hint", "") or self.tr("They stay in memory, and are tried again."))

    def _on_application_state(self, state: Qt.ApplicationState) -> None:
        self.stopwatch.run(self.active and state == Qt.ApplicationState.ApplicationActive)

    # Words

    def hint(self) -> str:
        return self.showing.hint()

    def facts(self) -> Facts:
        return self.showing.facts()


def _only_within(action: QAction, owner: QWidget, area: QWidget) -> None:
    """Arrows, Enter and Delete belong to lists and sliders too: hear them over the pictures only."""
    owner.removeAction(action)
    area.addAction(action)
    action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
