"""From "Export poses" to a file: dialog, worker, and the word that it is done."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from app.document.document import Document
from app.settings import Settings
from app.widgets.banner import Banner
from app.worker import Task, Worker
from app.workspaces.actions import connect
from app.workspaces.pose.export_dialog import PoseExport, PoseExportDialog
from app.workspaces.pose.figure_picture import draw_figure
from app.workspaces.pose.workspace import PoseWorkspace
from app.workspaces.save_dialog import LOOK
from app.workspaces.saving import Saving
from engine.pose.project.exports.registry import export_people
from engine.pose.project.person import Person


class PoseExportFlow(Saving):
    """Exports the poses of the open set, or of the open person."""

    _workspace: PoseWorkspace

    def __init__(self, workspace: PoseWorkspace, worker: Worker, banner: Banner, settings: Settings) -> None:
        super().__init__(workspace, worker, banner, settings)
        connect(workspace.actions_.export, self.ask)

    def ask(self) -> None:
        """Open the dialog; the export begins when it is accepted."""
        w = self._workspace
        document, person = w.document, w.person
        if document is None or person is None or w.set is None or person.state.pose is None:
            return
        people = {"person": [person]}
        if w.in_set:
            posed = [p for p in w.set.project.people if p.state.pose is not None]
            people |= {"reviewed": [p for p in posed if p.reviewed], "all": posed}
        window, path = w.panel.window(), w.set.project.path
        name = path.stem if path is not None else ""
        dialog = PoseExportDialog(
            document, people, self._settings, look_of(person, window.devicePixelRatioF()), window, name
        )

        def accepted() -> None:
            if dialog.export is not None:
                self.write(document, dialog.export)

        self._open(dialog, accepted)

    def write(self, document: Document, wanted: PoseExport) -> None:
        """Export without asking."""
        project = self._workspace.set.project if self._workspace.set else None

        def job(task: Task) -> Path:
            task.check()
            done = export_people(wanted.people, wanted.path, wanted.kind, project=project, overwrite=wanted.overwrite)
            return done.path

        self._save(document, job, wanted.path.name)


def look_of(person: Person, ratio: float) -> QPixmap:
    """The person as a stick figure."""
    look = QPixmap(LOOK * ratio)
    look.fill(Qt.GlobalColor.transparent)
    painter = QPainter(look)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(ratio, ratio)
    pose = person.state.pose
    draw_figure(painter, QRectF(0, 0, LOOK.width(), LOOK.height()), person.state.joints if pose is None else pose)
    painter.end()
    look.setDevicePixelRatio(ratio)
    return look
