"""The main window wires parts, and nothing else."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget

from app.collector import Collector
from app.icons import application_icon
from app.menus import Menus
from app.method import (
    MethodFactory,
    PoseFactory,
    PoseReady,
    Ready,
    SkeletonFactory,
    SkeletonReady,
    shipped_pose,
    shipped_skeleton,
)
from app.opening import Opened, Opener, takes
from app.settings import Settings
from app.status import Status
from app.widgets.activity import Activity
from app.widgets.banner import Banner
from app.widgets.empty import EmptyState
from app.widgets.floating import Floating
from app.worker import Request, Worker
from app.workspaces.crop.export_flow import ExportFlow
from app.workspaces.pose.export_flow import PoseExportFlow
from app.workspaces.pose.set_flow import SetFlow
from app.workspaces.skeleton.export_flow import SkeletonExportFlow
from app.workspaces.skeleton.truth import TruthFlow
from app.workspaces.workbench import Workbench

SETTLED_MS = 1500
"""Settings go to the disk when they have not changed for this long."""


class MainWindow(QMainWindow):
    """DeepSkel's window.

    Args:
        factory: Loads the segmenting method for a device; called in the inference thread.
        settings: What is remembered between runs.
        skeleton_factory, pose_factory: Load these methods, in the same way, when they are first needed.
    """

    def __init__(
        self,
        factory: MethodFactory,
        settings: Settings,
        skeleton_factory: SkeletonFactory = shipped_skeleton,
        pose_factory: PoseFactory = shipped_pose,
    ) -> None:
        super().__init__()
        self.settings = settings
        self.collector = Collector(self)
        names = ("inference", "shapes", "files", "keeper")
        self.inference, self.shapes, self.files, self.keeper = self.workers = tuple(Worker(n, self) for n in names)
        self.banner, self.activity = Banner(), Activity()
        self.workbench = Workbench(settings, self.workers, factory, skeleton_factory, pose_factory)
        self.export = ExportFlow(self.workbench.crop, self.files, self.banner, settings)
        self.skeleton_export = SkeletonExportFlow(self.workbench.skeleton, self.files, self.banner, settings)
        self.pose_export = PoseExportFlow(self.workbench.pose, self.files, self.banner, settings)
        self.sets = SetFlow(
            self.workbench.pose, self.files, self.keeper, self.banner, settings, lambda: self.workbench.turn_to("pose")
        )
        self.truth = TruthFlow(self.workbench.skeleton, self.files, settings)
        self.opener = Opener(self, self.files, settings)
        self.empty = EmptyState()
        self.menus = Menus(self)
        self.status = Status(self.menus.device, self)
        self._writing = QTimer(self)
        self._writing.setSingleShot(True)
        self._writing.setInterval(SETTLED_MS)
        self._lay_out()
        self._connect()
        self.restoreGeometry(settings.load_bytes("window/geometry"))
        self._show_document()
        self.empty.show_recent(settings.recent)
        self.workbench.segmenter.warm_up()

    def open(self, paths: list[Path]) -> None:
        """Open the first of the photos named on the command line."""
        self.opener.open_first(paths)

    def finish(self) -> None:
        """Stop the threads and write the settings; harmless when it has been done."""
        self._writing.stop()
        self.workbench.finish()
        stopped = [worker.stop() for worker in self.workers]
        self.collector.stop()
        self.joined = all(stopped)
        self.settings.write()

    # Wiring

    def _lay_out(self) -> None:
        self.setWindowIcon(application_icon())
        self.setMinimumSize(860, 560)
        self.resize(1320, 860)
        self.setAcceptDrops(True)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.workbench)
        self.setCentralWidget(self._pages)
        for widget, bottom in ((self.banner, False), (self.activity, True)):
            Floating(widget, self._pages, self._free_area, bottom=bottom)
        self.setStatusBar(self.status)
        self.addToolBar(self.menus.bar)
        crop, skeleton = self.workbench.crop, self.workbench.skeleton
        crop.panel.add_button(crop.actions_.export, primary=True)
        crop.panel.add_button(crop.actions_.copy, "copy")
        skeleton.panel.add_button(skeleton.actions_.export, primary=True)
        self.workbench.pose.panel.add_button(self.workbench.pose.actions_.done, primary=True)
        self.workbench.pose.panel.add_button(self.workbench.pose.actions_.export, "export")
        self.empty.setFocus()

    def _free_area(self) -> QRect:
        """Where messages may float: over the photo, not over the panel."""
        area = self._pages.rect()
        if self._pages.currentWidget() is self.workbench:
            stage = self.workbench.stage
            area = QRect(stage.mapTo(self._pages, QPoint()), stage.size())
        return area

    def _connect(self) -> None:
        for worker in self.workers:
            worker.failed.connect(self.banner.error)
            self.activity.watch(worker)
        self.activity.cancelled.connect(self._cancel)
        self.opener.opened.connect(self._show_opened)
        self.opener.failed.connect(self.banner.error)
        self.opener.noted.connect(self.banner.info)
        self.opener.set_asked.connect(self.sets.open)
        self.workbench.pose.told.connect(self.banner.warning)
        self.empty.open_asked.connect(self.opener.ask)
        self.empty.paste_asked.connect(self.opener.paste)
        self.empty.sample_asked.connect(self.opener.open_sample)
        self.empty.photo_asked.connect(self.opener.open_path)
        self.workbench.document_changed.connect(self._show_document)
        bench = self.workbench
        for ready in (bench.segmenter.ready, bench.skeleton.reader.ready, bench.pose.reader.ready):
            ready.connect(self._show_device)
        self.workbench.canvas.zoom_changed.connect(self.status.show_zoom)
        self.workbench.canvas.pointed.connect(self.status.show_place)
        self.settings.changed.connect(lambda key: self._writing.start())
        self._writing.timeout.connect(self._write_settings)

    def _write_settings(self) -> None:
        self.files.submit(lambda task: self.settings.write(), lambda nothing: None, lane="settings")

    # What happens

    def _show_opened(self, opened: Opened) -> None:
        if self.banner.kind != "info":  # an error about an earlier photo
            self.banner.dismiss()
        self.workbench.open(opened.photo, opened.picture, opened.name, opened.path)
        if opened.path:
            self.settings.remember_photo(opened.path)
        if opened.photo.warnings:
            self.banner.warning(opened.photo.warnings[0], " ".join(opened.photo.warnings[1:]))

    def _show_document(self) -> None:
        document, active = self.workbench.document, self.workbench.active
        self._pages.setCurrentWidget(self.workbench if document else self.empty)
        self.status.show_hint(active.hint())
        self.status.show_facts(active.facts())
        self.setWindowTitle(f"{document.name}[*] – DeepSkel" if document else "DeepSkel[*]")
        self.setWindowModified(bool(document and not document.undo_stack.isClean()))

    def _show_device(self, ready: Ready | SkeletonReady | PoseReady) -> None:
        self.status.show_device(ready)
        self.menus.show_device(ready)
        if ready.fell_back:
            self.banner.warning(self.tr("Computing on {device}.").format(device=ready.device), ready.reason)

    def _cancel(self, request: Request) -> None:
        if not self.workbench.cancel(request):
            for worker in self.workers:
                worker.cancel(request.lane)

    def escape(self) -> None:
        """Stop what is going on, else take the message away."""
        if not self.workbench.escape() and not self.activity.cancel():
            self.banner.dismiss()

    # Events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's names
        if takes(event.mimeData()):
            event.acceptProposedAction()
            self.empty.show_drop(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        self.empty.show_drop(False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        self.empty.show_drop(False)
        if self.opener.take(event.mimeData(), self.tr("Dropped image")):
            event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        if not self.workbench.pose.may_leave():
            event.ignore()
            return
        self.settings.save_bytes("window/geometry", self.saveGeometry())
        self.hide()  # gone at once, even while a computation takes a moment to notice that nobody waits for it
        self.finish()
        super().closeEvent(event)
