"""From "Export" or "Copy" to a file or the clipboard: dialog, worker, and the word that it is done."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPixmap

from app.canvas.items import checkerboard
from app.document.document import Document
from app.settings import Settings
from app.widgets.banner import Banner
from app.worker import Worker
from app.workspaces.actions import connect
from app.workspaces.crop.export_dialog import ExportDialog
from app.workspaces.crop.exporting import Export, clipboard_image, write
from app.workspaces.crop.workspace import CropWorkspace
from app.workspaces.save_dialog import LOOK
from app.workspaces.saving import Saving
from engine.crop.prediction import Prediction


class ExportFlow(Saving):
    """Exports and copies the cut-out."""

    _workspace: CropWorkspace

    def __init__(self, workspace: CropWorkspace, worker: Worker, banner: Banner, settings: Settings) -> None:
        super().__init__(workspace, worker, banner, settings)
        connect(workspace.actions_.export, self.ask)
        connect(workspace.actions_.copy, self.copy)

    def ask(self) -> None:
        """Open the dialog; the export begins when it is accepted."""
        document = self._workspace.document
        if document is None or document.crop.answer is None:
            return
        prediction = document.crop.answer.prediction
        window = self._workspace.panel.window()
        dialog = ExportDialog(
            document, prediction, self._settings, look_of(document, window.devicePixelRatioF()), window
        )

        def accepted() -> None:
            if dialog.export is not None:
                self.write(document, prediction, dialog.export)

        self._open(dialog, accepted)

    def write(self, document: Document, prediction: Prediction, export: Export) -> None:
        """Export without asking."""
        photo = document.photo
        self._save(document, lambda task: write(photo, prediction, export, task), export.path.name)

    def copy(self) -> None:
        """Put the trimmed cut-out on the clipboard."""
        document = self._workspace.document
        if document is None or document.crop.answer is None:
            return
        photo, prediction = document.photo, document.crop.answer.prediction

        def done(image: QImage) -> None:
            QGuiApplication.clipboard().setImage(image)
            self._banner.done(self.tr("The cut-out is on the clipboard."), self.tr("Paste it into any program."))

        self._worker.submit(
            lambda task: clipboard_image(photo, prediction, task),
            done,
            lane="copy",
            label=self.tr("Copying…"),
        )


def look_of(document: Document, ratio: float) -> QPixmap:
    """The cut-out small, on a checkerboard."""
    side = LOOK * ratio
    look = QPixmap(side)
    look.fill(Qt.GlobalColor.transparent)
    painter = QPainter(look)
    painter.fillRect(look.rect(), checkerboard(QColor("#ffffff"), QColor("#d3d6da"), round(8 * ratio)))
    if document.crop.answer and not document.crop.answer.empty:
        mask, photo = document.crop.answer.overlay, document.picture
        room = mask.rect
        scale = min(side.width() / room.width(), side.height() / room.height()) * 0.92
        small = QImage(side, QImage.Format.Format_ARGB32_Premultiplied)
        small.fill(Qt.GlobalColor.transparent)
        brush = QPainter(small)
        brush.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        brush.translate(side.width() / 2, side.height() / 2)
        brush.scale(scale, scale)
        brush.translate(-room.center())
        level = mask.level(scale).copy()
        level.setColorTable([p << 24 for p in range(256)])
        brush.drawImage(room, level)
        brush.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        brush.drawImage(photo.rect, photo.level(scale))
        brush.end()
        painter.drawImage(0, 0, small)
    painter.end()
    look.setDevicePixelRatio(ratio)
    return look
