"""A true mask from a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from app.canvas.outline import Outline
from app.canvas.pyramid import Pyramid
from app.document.skeleton import Truth
from app.settings import Settings
from app.worker import Task, Worker
from app.workspaces.actions import connect
from app.workspaces.skeleton.workspace import SkeletonWorkspace
from engine.errors import InputError
from engine.imaging.load import load


class TruthFlow(QObject):
    """From "Load true mask" over the dialog and the worker for files to an act of the document."""

    def __init__(self, workspace: SkeletonWorkspace, worker: Worker, settings: Settings) -> None:
        super().__init__(workspace)
        self._workspace, self._worker, self._settings = workspace, worker, settings
        connect(workspace.actions_.load_truth, self.ask)
        connect(workspace.actions_.drop_truth, self.drop)

    def ask(self) -> None:
        """The open dialog, in the folder of the photo."""
        document = self._workspace.document
        if document is None:
            return
        folder = document.path.parent if document.path else self._settings.folder("open")
        filters = f"{self.tr('Masks')} (*.png *.PNG *.tif *.tiff *.bmp);;{self.tr('All files')} (*)"
        name, _ = QFileDialog.getOpenFileName(self._workspace.panel, self.tr("Load true mask"), str(folder), filters)
        if name:
            self.load(Path(name))

    def load(self, path: Path) -> None:
        """Load a mask for the open photo without asking."""
        document = self._workspace.document
        if document is None:
            return

        def then(truth: Truth) -> None:
            if document is self._workspace.document:
                document.skeleton.change(self.tr("load true mask"), truth=truth)

        self._worker.submit(
            lambda task: read_truth(path, document.size, task),
            then,
            lane="truth",
            label=self.tr("Opening {name}…").format(name=path.name),
        )

    def drop(self) -> None:
        """Compare with nothing."""
        if self._workspace.document:
            self._workspace.document.skeleton.change(self.tr("remove true mask"), truth=None)


def read_truth(path: Path, size: tuple[int, int], task: Task) -> Truth:
    """A mask from a picture: white, or any label that is not black, is object.

    Raises:
        PhotoError: It cannot be read.
        InputError: It is not of the photo's size, or shows no object.
    """
    picture = load(path)
    task.check()
    if picture.size != size:
        raise InputError(
            f"“{path.name}” has {picture.size[0]} × {picture.size[1]} pixels, the photo {size[0]} × {size[1]}.",
            "Load a mask of the same size as the photo.",
        )
    mask = np.where(picture.rgb8.any(2), np.uint8(255), np.uint8(0))
    if not mask.any():
        raise InputError(f"“{path.name}” is black all over.", "Load a mask that is white where the object is.")
    return Truth(mask, path, Outline.of(Pyramid.of_mask(mask, 0, 0)))
