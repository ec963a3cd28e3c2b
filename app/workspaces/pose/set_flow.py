"""From a file or folder to an open set, and back: projects, annotations of others, folders of photos."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from app.document.annotation_set import AnnotationSet
from app.settings import Settings
from app.widgets.banner import Banner
from app.worker import Task, Worker
from app.workspaces.actions import connect
from app.workspaces.pose.missing import MissingDialog
from app.workspaces.pose.set_files import ENDINGS, ReadSet, read_set
from app.workspaces.pose.workspace import PoseWorkspace
from engine.pose.project.project import Project

LANE = "open set"
MANY = 200
"""Changes beside the project's file above which it is written anew when it is opened."""


class SetFlow(QObject):
    """Opens, saves and closes sets for the Pose workspace.

    Args:
        files: The thread that reads sets.
        keeper: The thread that keeps their changes.
        show: Brings the Pose workspace to the front.
    """

    def __init__(
        self,
        workspace: PoseWorkspace,
        files: Worker,
        keeper: Worker,
        banner: Banner,
        settings: Settings,
        show: Callable[[], None],
    ) -> None:
        super().__init__(workspace)
        self._workspace, self._files, self._keeper = workspace, files, keeper
        self._banner, self._settings, self._show = banner, settings, show
        a = workspace.actions_
        connect(a.open_set, self.ask)
        connect(a.open_folder, self.ask_folder)
        connect(a.save, self.save)
        connect(a.close_set, workspace.close_set)
        connect(a.missing, self.show_missing)

    @property
    def _parent(self) -> QWidget:
        return self._workspace.panel.window()

    # Opening

    def ask(self) -> None:
        """The open dialog for projects and annotations."""
        endings = " ".join(f"*{ending}" for ending in ENDINGS)
        filters = f"{self.tr('Projects and annotations')} ({endings});;{self.tr('All files')} (*)"
        folder = str(self._settings.folder("open"))
        name, _ = QFileDialog.getOpenFileName(self._parent, self.tr("Open set of people"), folder, filters)
        if name:
            self.open(Path(name))

    def ask_folder(self) -> None:
        """The dialog for a folder of photos."""
        folder = str(self._settings.folder("open"))
        name = QFileDialog.getExistingDirectory(self._parent, self.tr("Open folder of photos"), folder)
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Open a project, the annotations of others, or a folder of photos."""
        if (now := self._workspace.set) is not None and now.project.path == path.absolute():
            self._show()
            return

        def job(task: Task) -> ReadSet:
            task.check()
            return read_set(path, task)

        label = self.tr("Opening {name}…").format(name=path.name)
        self._files.submit(job, self._take, lane=LANE, label=label)

    def _take(self, read: ReadSet) -> None:
        self._settings.open_folder = str(read.source.parent)
        if read.project.path is not None:
            self._work(read.project, interrupted=read.interrupted)
            return
        if read.project.missing:
            self._find_photos(read)
        else:
            self._ask_where(read)

    def _find_photos(self, read: ReadSet) -> None:
        """Photos were not found: where are they?"""
        dialog = MissingDialog(read.project.missing, len(read.project.people), self._parent)
        dialog.folder_chosen.connect(lambda folder: self._look_in(read.project, folder, dialog))
        dialog.accepted.connect(lambda: self._ask_where(read))
        dialog.open()

    def _look_in(self, project: Project, folder: Path, dialog: MissingDialog) -> None:
        def job(task: Task) -> tuple[str, ...]:
            project.look_in((*project.folders, folder))
            return project.missing

        def then(missing: tuple[str, ...]) -> None:
            if isValid(dialog):
                dialog.show_missing(missing)

        self._files.submit(
            job,
            then,
            lane="find photos",
            label=self.tr("Looking for photos in {f}…").format(f=folder.name),
        )

    def _ask_where(self, read: ReadSet) -> None:
        """A project needs a file of its own: the annotations are never written to."""
        folder = read.source if read.source.is_dir() else read.source.parent
        stem = read.source.name if read.source.is_dir() else read.source.stem
        suggested = folder / f"{stem} poses.json"
        name, _ = QFileDialog.getSaveFileName(
            self._parent, self.tr("Where to keep the work"), str(suggested), f"{self.tr('DeepSkel project')} (*.json)"
        )
        if name:
            self.begin(read.project, Path(name))

    def begin(self, project: Project, path: Path) -> None:
        """Make a project of people that were read, in a file of its own."""
        path = path if path.suffix else path.with_suffix(".json")

        def job(task: Task) -> Project:
            project.save(path, overwrite=True)  # the dialog has asked
            project.lock()
            return project

        label = self.tr("Making the project {name}…").format(name=path.name)
        self._files.submit(job, self._work, lane=LANE, label=label)

    def _work(self, project: Project, *, interrupted: bool = False) -> None:
        annotations = AnnotationSet(project, self._keeper)
        self._show()
        places = self._settings.pose_places
        annotations.place = places.get(str(project.path.absolute()), "") if project.path else ""
        self._workspace.open_set(annotations)
        if project.path is not None:
            self._settings.remember_set(project.path)
        if project.recovered >= MANY:
            self._keeper.submit(lambda task: project.save(), lambda path: None, lane="tidy", failed=lambda error: True)
        if interrupted and project.recovered:
            self._banner.info(
                self.tr("Work on {n} people was recovered.").format(n=f"{project.recovered:,}"),
                self.tr("DeepSkel was not closed properly the last time. Nothing has to be done."),
            )
        elif project.missing:
            self._banner.info(
                self.tr("{n} photos were not found.").format(n=f"{len(project.missing):,}"),
                self.tr("Their people are on grey. File, Missing photos… tells where to look for them."),
            )

    # An open set

    def save(self) -> None:
        """Write the whole project; what was changed is on the disk already."""
        annotations = self._workspace.set
        if annotations is None or annotations.project.path is None:
            return
        project = annotations.project

        def then(nothing: object) -> None:
            path = project.path
            if path is not None:
                self._banner.done(self.tr("Saved {name}").format(name=path.name), str(path.parent))

        self._keeper.submit(
            lambda task: project.save(),
            then,
            lane="save project",
            label=self.tr("Saving {name}…").format(name=project.path.name if project.path else ""),
        )

    def show_missing(self) -> None:
        """Which photos are missing, and where else to look."""
        annotations = self._workspace.set
        if annotations is None:
            return
        project = annotations.project
        dialog = MissingDialog(project.missing, len(project.people), self._parent)
        dialog.folder_chosen.connect(lambda folder: self._look_in(project, folder, dialog))
        dialog.accepted.connect(self._workspace.photos_changed)
        dialog.open()
