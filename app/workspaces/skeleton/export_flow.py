"""From "Export skeleton" to a file: dialog, worker, and the word that it is done."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPixmap

from app.document.document import Document
from app.settings import Settings
from app.widgets.banner import Banner
from app.worker import Task, Worker
from app.workspaces.actions import connect
from app.workspaces.save_dialog import LOOK
from app.workspaces.saving import Saving
from app.workspaces.skeleton.drawing import Drawing
from app.workspaces.skeleton.export_dialog import SkeletonExport, SkeletonExportDialog
from app.workspaces.skeleton.workspace import SkeletonWorkspace
from engine.imaging.photo import Photo
from engine.skeleton.export import export
from engine.skeleton.files.style import Style


class SkeletonExportFlow(Saving):
    """Exports the skeleton that is shown."""

    _workspace: SkeletonWorkspace

    def __init__(self, workspace: SkeletonWorkspace, worker: Worker, banner: Banner, settings: Settings) -> None:
        super().__init__(workspace, worker, banner, settings)
        connect(workspace.actions_.export, self.ask)

    def ask(self) -> None:
        """Open the dialog; the export begins when it is accepted."""
        document, drawing = self._workspace.document, self._workspace.drawing
        if document is None or drawing is None or drawing.empty:
            return
        window = self._workspace.panel.window()
        look = look_of(document, drawing, window.devicePixelRatioF())
        dialog = SkeletonExportDialog(document, drawing, self._settings, look, window)

        def accepted() -> None:
            if dialog.export is not None:
                self.write(document, drawing, dialog.export)

        self._open(dialog, accepted)

    def write(self, document: Document, drawing: Drawing, wanted: SkeletonExport) -> None:
        """Export without asking."""
        photo = document.photo
        self._save(document, lambda task: write(photo, drawing, wanted, task), wanted.path.name)


def write(photo: Photo, drawing: Drawing, wanted: SkeletonExport, task: Task) -> Path:
    """Write the file, in the worker's thread; it appears whole or not at all."""
    task.check()
    choices, predicted = drawing.order.choices, wanted.which == "predicted"
    return export(
        drawing.graphs[wanted.which],
        wanted.path,
        photo=photo,
        circles=drawing.shown.get(wanted.which) if wanted.circles else None,
        style=Style(
            by="kind" if choices.colour == "kind" and predicted else "scale",
            backdrop="embed" if wanted.photo else "none",
        ),
        threshold=drawing.order.threshold if predicted else None,
        overwrite=wanted.overwrite,
        overwrite_source=wanted.overwrite_source,
    )


def look_of(document: Document, drawing: Drawing, ratio: float) -> QPixmap:
    """The photo small, with the skeleton over it."""
    side = LOOK * ratio
    look = QPixmap(side)
    look.fill(Qt.GlobalColor.transparent)
    photo = document.picture
    scale = min(side.width() / photo.rect.width(), side.height() / photo.rect.height())
    painter = QPainter(look)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.translate(side.width() / 2, side.height() / 2)
    painter.scale(scale, scale)
    painter.translate(-photo.rect.center())
    clip = QPainterPath()
    clip.addRoundedRect(QRectF(photo.rect), 8 / scale, 8 / scale)
    painter.setClipPath(clip)
    painter.drawImage(photo.rect, photo.level(scale))
    for stroke in (*drawing.circles, *drawing.curves):
        painter.strokePath(stroke.path, QPen(stroke.colour, 1.5 * ratio / scale))
    painter.end()
    look.setDevicePixelRatio(ratio)
    return look
