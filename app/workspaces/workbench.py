"""The open document on its canvas, and the workspaces that take turns at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QMenu, QSizePolicy, QSplitter, QWidget

from app.canvas.click_tool import ClickTool
from app.canvas.pyramid import Pyramid
from app.canvas.view import Canvas
from app.document.crop import CropPart
from app.document.document import Document
from app.document.prompts import Prompts
from app.method import MethodFactory, PoseFactory, SkeletonFactory
from app.settings import Settings
from app.widgets import make
from app.worker import Request, Worker
from app.workspaces.actions import CommonActions, connect
from app.workspaces.crop.segmenter import PREDICT, Segmenter
from app.workspaces.crop.workspace import CropWorkspace
from app.workspaces.pose.pages import Page
from app.workspaces.pose.reader import READ as POSE_READ
from app.workspaces.pose.workspace import PoseWorkspace
from app.workspaces.skeleton.workspace import SkeletonWorkspace
from app.workspaces.workspace import Workspace
from engine.imaging.photo import Photo


class Workbench(QWidget):
    """One document at a time, one canvas, and one workspace that is active.

    Args:
        workers: The threads of the networks, of what is drawn from their answers, of files, and of the changes of a set
            of people.
        factory, skeleton_factory, pose_factory: Load the methods for a device.
    """

    document_changed = Signal()
    """Another photo, other prompts or choices, another answer: whatever depends on them should look again."""
    workspace_changed = Signal()

    def __init__(
        self,
        settings: Settings,
        workers: Sequence[Worker],
        factory: MethodFactory,
        skeleton_factory: SkeletonFactory,
        pose_factory: PoseFactory,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        inference, shapes, files, keeper = workers
        self.document: Document | None = None
        self.canvas = Canvas()
        self.common = CommonActions(self)
        self.segmenter = Segmenter(inference, factory, settings.device, self)
        self.crop = CropWorkspace(settings, self.canvas, self.segmenter, self)
        self.skeleton = SkeletonWorkspace(settings, self.canvas, inference, shapes, skeleton_factory, self)
        self.stage = QSplitter(Qt.Orientation.Horizontal)
        self.pose = PoseWorkspace(
            settings, self.canvas, self.stage, inference, shapes, files, keeper, pose_factory, self
        )
        self.pose.page_wanted.connect(self._open_page)
        self.workspaces: dict[str, Workspace] = {"crop": self.crop, "skeleton": self.skeleton, "pose": self.pose}
        self._lay_out()
        for workspace in self.workspaces.values():
            workspace.activate(False)
            workspace.state_changed.connect(self._show_state)
        for tool in (self.crop.tool, self.skeleton.tool):
            self._connect_tool(tool)
        self._connect_actions()
        self.turn_to(settings.workspace)

    def _lay_out(self) -> None:
        self.stage.setChildrenCollapsible(False)
        self.canvas.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.canvas.setMinimumWidth(120)
        self.stage.addWidget(self.canvas)
        middle, row = make.column(0), make.row(0, parent=self)
        middle.addWidget(self.stage, 1)
        for workspace in self.workspaces.values():
            if workspace.left is not None:
                row.addWidget(workspace.left)
            if workspace.beside is not None:
                workspace.beside.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
                self.stage.addWidget(workspace.beside)
            if workspace.below is not None:
                middle.addWidget(workspace.below)
        row.addLayout(middle, 1)
        for workspace in self.workspaces.values():
            row.addWidget(workspace.panel)

    @property
    def undo_stack(self) -> QUndoStack | None:
        """Of the active workspace."""
        return self.active.undo_stack

    @property
    def active(self) -> Workspace:
        return self.workspaces[self.settings.workspace]

    def turn_to(self, name: str) -> None:
        """Go on in another workspace: same photo, same place, same undo."""
        if self.active.active and self.settings.workspace != name:
            self.active.activate(False)
        self.settings.workspace = name
        self.common.workspaces[name].setChecked(True)
        for action in self.common.clicking:
            action.setVisible(self.active.clicks)
        if not self.active.active:
            self.active.activate(True)
        self._show_state()
        self.workspace_changed.emit()

    def open(self, photo: Photo, picture: Pyramid, name: str, path: Path | None) -> None:
        """Begin a new document; `picture` is the photo drawn in the worker's thread."""
        self._open(photo, picture, name, path)

    def _open_page(self, page: Page, name: str) -> None:
        """The photo of another person of the set."""
        if self.document is None or self.document.photo is not page.photo:
            self._open(page.photo, page.picture, name, page.path)

    def _open(self, photo: Photo, picture: Pyramid, name: str, path: Path | None) -> None:
        old = self.document
        self.document = Document(photo, picture, name, path, self.skeleton.first_choices(), self)
        self.document.crop.prompts_changed.connect(self._show_prompts)
        self.document.crop.selection_changed.connect(self._show_selected)
        for changed in (self.document.undo_stack.indexChanged, self.document.undo_stack.cleanChanged):
            changed.connect(self._show_state)
        self.segmenter.open(self.document)
        self.canvas.show_photo(picture)
        for workspace in self.workspaces.values():
            workspace.open(self.document)
        self.canvas.setFocus()
        self._show_state()
        if old:
            old.deleteLater()

    def escape(self) -> bool:
        """Give up a drag, the crosshair, a prediction or a reading; True when there was any of them."""
        return (
            self.active.escape() or self.segmenter.take_back() or self.skeleton.cancel() or self.pose.cancel(POSE_READ)
        )

    def cancel(self, request: Request) -> bool:
        """Give up a request of a workspace; False when it is none."""
        if request.lane == PREDICT:
            return self.segmenter.take_back()
        return self.pose.cancel(request.lane) or self.skeleton.cancel(request.lane)

    def use_device(self, device: str) -> None:
        """Compute on another device."""
        self.segmenter.use_device(device)
        self.skeleton.use_device(device)
        self.pose.use_device(device)

    def finish(self) -> None:
        """No more work: the window closes."""
        self.skeleton.finish()
        self.pose.finish()

    def _connect_tool(self, tool: ClickTool) -> None:
        """What is the same in every workspace: the signs of clicks can be taken hold of."""
        tool.moved.connect(lambda index, x, y: self._with(lambda d: d.move_click(index, x, y)))
        tool.selected.connect(lambda index: self._with(lambda d: d.select(index)))
        tool.menu_asked.connect(self._ask_menu)

    def _connect_actions(self) -> None:
        a, navigation = self.common, self.canvas.navigation
        connect(a.undo, lambda: self._step_back(QUndoStack.undo))
        connect(a.redo, lambda: self._step_back(QUndoStack.redo))
        connect(a.zoom_in, lambda: navigation.zoom_by(1.5))
        connect(a.zoom_out, lambda: navigation.zoom_by(1 / 1.5))
        connect(a.fit, navigation.fit)
        connect(a.actual, lambda: navigation.zoom_to(1.0))
        connect(a.clear, lambda: self._with(lambda d: d.clear()))
        connect(a.remove, lambda: self._with(lambda d: d.remove_selected()))
        connect(a.flip, lambda: self._with(lambda d: d.flip_selected()))
        connect(a.remove_box, lambda: self._with(lambda d: d.set_box(None)))
        a.show_clicks.setChecked(self.settings.show_clicks)
        a.show_clicks.toggled.connect(partial(setattr, self.settings, "show_clicks"))
        a.workspace_group.triggered.connect(lambda action: self.turn_to(action.data()))

    def _step_back(self, step: Callable[[QUndoStack], None]) -> None:
        if not self.active.give_back() and self.undo_stack is not None:
            step(self.undo_stack)

    def _with(self, act: Callable[[CropPart], object]) -> None:
        if self.document:
            act(self.document.crop)

    def _ask_menu(self, index: int, position: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction(self.common.flip)
        menu.addAction(self.common.remove)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position)

    def _show_selected(self, index: int | None) -> None:
        self.canvas.show_selected(index)
        self._show_state()

    def _show_prompts(self, prompts: Prompts) -> None:
        self.canvas.show_clicks(prompts.clicks)
        self.canvas.show_box(prompts.box)

    def _show_state(self) -> None:
        a, stack = self.common, self.undo_stack
        a.undo.setEnabled(bool(stack and stack.canUndo()))
        a.redo.setEnabled(bool(stack and stack.canRedo()))
        a.undo.setText(self.tr("Undo {act}").format(act=stack.undoText()).strip() if stack else self.tr("Undo"))
        a.redo.setText(self.tr("Redo {act}").format(act=stack.redoText()).strip() if stack else self.tr("Redo"))
        part = self.document.crop if self.document else None
        a.clear.setEnabled(bool(part and not part.prompts.empty))
        a.remove_box.setEnabled(bool(part and part.prompts.box))
        a.show_clicks.setChecked(self.settings.show_clicks)
        for action in (a.remove, a.flip):
            action.setEnabled(bool(part and part.selected is not None))
        for action in (a.zoom_in, a.zoom_out, a.fit, a.actual):
            action.setEnabled(self.document is not None)
        self.document_changed.emit()
