"""What every export does around its own dialog and writing: worker, clean document, and the word that it is done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog

from app.document.document import Document
from app.settings import Settings
from app.widgets.banner import Banner
from app.worker import Task, Worker
from app.workspaces.workspace import Workspace


class Saving(QObject):
    """Joins a workspace's exporting actions to the worker for files."""

    def __init__(self, workspace: Workspace, worker: Worker, banner: Banner, settings: Settings) -> None:
        super().__init__(workspace)
        self._workspace, self._worker, self._banner, self._settings = workspace, worker, banner, settings

    def _open(self, dialog: QDialog, accepted: Callable[[], None]) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(accepted)
        dialog.open()

    def _save(self, document: Document, job: Callable[[Task], Path], name: str) -> None:
        """Write in the worker's thread.

        Args:
            document: Clean afterwards, unless it has changed meanwhile.
            job: Writes and returns the file.
            name: Of the file, to tell while it is written.
        """
        index = document.undo_stack.index()

        def done(path: Path) -> None:
            if document is self._workspace.document and document.undo_stack.index() == index:
                document.undo_stack.setClean()
            self._banner.done(
                self.tr("Saved {name}").format(name=path.name),
                self.tr("in {folder}").format(folder=path.parent),
                self.tr("Show folder"),
                lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent))),
            )

        self._worker.submit(job, done, lane="export", label=self.tr("Saving {name}…").format(name=name))
