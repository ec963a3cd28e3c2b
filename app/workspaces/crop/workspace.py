"""The Crop workspace: document, canvas, panel and segmenter joined; each of them knows none of the others."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QMenu, QWidget

from app.canvas.click_tool import ClickTool
from app.canvas.pyramid import Pyramid
from app.canvas.view import Canvas
from app.document.answer import Answer
from app.document.document import CropDocument
from app.document.prompts import Prompts
from app.method import MethodFactory
from app.settings import Settings
from app.widgets import make
from app.worker import Worker
from app.workspaces.crop.actions import CropActions, connect
from app.workspaces.crop.panel import Panel
from app.workspaces.crop.preview import Preview
from app.workspaces.crop.segmenter import Segmenter
from engine.imaging.photo import Photo


class CropWorkspace(QWidget):
    """Shows one document at a time.

    Args:
        worker: The inference thread.
        factory: Loads the method for a device.
    """

    document_changed = Signal()
    """Another photo, other prompts or another answer: whatever depends on them should look again."""

    def __init__(
        self, settings: Settings, worker: Worker, factory: MethodFactory, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        self.document: CropDocument | None = None
        self.canvas = Canvas()
        self.tool = ClickTool(self.canvas)
        self.actions_ = CropActions(self)
        self.panel = Panel(settings, self.actions_.views.values())
        self.segmenter = Segmenter(worker, factory, settings.device, self)
        self.preview = Preview(self.tool, self.canvas, self.segmenter, settings, self)
        row = make.row(0, parent=self)
        row.addWidget(self.canvas, 1)
        row.addWidget(self.panel)
        self._connect_tool()
        self._connect_actions()
        self.segmenter.answered.connect(self._take_answer)
        self.segmenter.gave_up.connect(lambda: self._wait(False))
        settings.changed.connect(self._on_setting)
        self._show_style()
        self._show_state()

    # Documents

    def open(self, photo: Photo, picture: Pyramid, name: str, path: Path | None) -> None:
        """Begin a new document; `picture` is the photo drawn in the worker's thread."""
        old = self.document
        self.document = CropDocument(photo, picture, name, path, self)
        self.document.prompts_changed.connect(self._show_prompts)
        self.document.answer_changed.connect(self._show_answer)
        self.document.selection_changed.connect(self._show_selected)
        for changed in (self.document.undo_stack.indexChanged, self.document.undo_stack.cleanChanged):
            changed.connect(self._show_state)
        self.segmenter.open(photo)
        self.preview.open(self.document)
        self.canvas.show_photo(picture)
        self._show_answer(None)
        self.canvas.setFocus()
        self._show_state()
        if old:
            old.deleteLater()

    def escape(self) -> bool:
        """Give up a drag, the crosshair or a prediction; True when there was any of them."""
        return self.tool.escape() or self.cancel()

    def cancel(self) -> bool:
        """Give up the running prediction and take back the act that asked for it; True when there was one."""
        running = self.segmenter.cancel()
        if running and self.document:
            self.document.undo_stack.undo()
        return running

    # From the tool to the document

    def _connect_tool(self) -> None:
        self.tool.clicked.connect(lambda click: self._with(lambda d: d.add_click(click)))
        self.tool.boxed.connect(lambda box: self._with(lambda d: d.set_box(box)))
        self.tool.moved.connect(lambda index, x, y: self._with(lambda d: d.move_click(index, x, y)))
        self.tool.selected.connect(lambda index: self._with(lambda d: d.select(index)))
        self.tool.menu_asked.connect(self._ask_menu)
        self.panel.candidate_chosen.connect(self._choose)

    def _connect_actions(self) -> None:
        a = self.actions_
        connect(a.undo, lambda: self._with(lambda d: d.undo_stack.undo()))
        connect(a.redo, lambda: self._with(lambda d: d.undo_stack.redo()))
        connect(a.clear, lambda: self._with(lambda d: d.clear()))
        connect(a.remove, lambda: self._with(lambda d: d.remove_selected()))
        connect(a.flip, lambda: self._with(lambda d: d.flip_selected()))
        connect(a.remove_box, lambda: self._with(lambda d: d.set_box(None)))
        for index, action in enumerate(a.candidates):
            connect(action, partial(self._choose, index))
        navigation = self.canvas.navigation
        connect(a.zoom_in, lambda: navigation.zoom_by(1.5))
        connect(a.zoom_out, lambda: navigation.zoom_by(1 / 1.5))
        connect(a.fit, navigation.fit)
        connect(a.actual, lambda: navigation.zoom_to(1.0))
        connect(a.next_view, self._next_view)
        a.view_group.triggered.connect(lambda action: setattr(self.settings, "view", action.data()))
        for action, name in ((a.outline, "outline"), (a.show_clicks, "show_clicks"), (a.hover, "hover_preview")):
            action.toggled.connect(partial(setattr, self.settings, name))

    def _with(self, act: Callable[[CropDocument], object]) -> None:
        if self.document:
            act(self.document)

    def _choose(self, candidate: int) -> None:
        self._with(lambda d: d.choose(candidate))
        self._show_panel()  # the pictures show what holds, not what was pressed

    def _ask_menu(self, index: int, position: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction(self.actions_.flip)
        menu.addAction(self.actions_.remove)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position)

    def _next_view(self) -> None:
        names = list(self.actions_.views)
        self.settings.view = names[(names.index(self.settings.view) + 1) % len(names)]

    # From the document to the eye

    def _show_prompts(self, prompts: Prompts) -> None:
        self.canvas.show_clicks(prompts.clicks)
        self.canvas.show_markers(self.settings.show_clicks)
        self.canvas.show_box(prompts.box)
        self.preview.forget()
        self.segmenter.cancel()
        unknown = bool(not prompts.empty and self.document and self.document.known_answer(prompts) is None)
        self._wait(unknown)
        if unknown:
            self.segmenter.ask(prompts)

    def _take_answer(self, prompts: Prompts, answer: Answer) -> None:
        if self.document:
            self.document.waiting = False
            self.document.take_answer(prompts, answer)

    def _wait(self, waiting: bool) -> None:
        if self.document:
            self.document.waiting = waiting
        self._show_panel()
        self._show_state()

    def _show_answer(self, answer: Answer | None) -> None:
        if answer:
            self.canvas.show_answer(answer.overlay, answer.outline)
        else:
            self.canvas.show_answer(None, None)
        self._show_panel()
        self._show_state()

    def _show_panel(self) -> None:
        d = self.document
        if d:
            self.panel.show_answer(d.answer, d.picture.arrays[-1], waiting=d.waiting)

    def _show_selected(self, index: int | None) -> None:
        self.canvas.show_selected(index)
        self._show_state()

    def _on_setting(self, key: str) -> None:
        if key.startswith("crop/"):
            self._show_style()

    def _show_style(self) -> None:
        s, a = self.settings, self.actions_
        if s.view == "overlay":
            self.canvas.show_overlay_style(QColor(s.overlay_colour), s.overlay_opacity / 100, s.outline)
        else:
            self.canvas.show_backdrop_style(s.view)
        self.canvas.show_markers(s.show_clicks)
        a.views[s.view].setChecked(True)
        a.outline.setChecked(s.outline)
        a.show_clicks.setChecked(s.show_clicks)
        a.hover.setChecked(s.hover_preview)

    def _show_state(self) -> None:
        a, d = self.actions_, self.document
        stack, answer = (d.undo_stack, d.answer) if d else (None, None)
        a.undo.setEnabled(bool(stack and stack.canUndo()))
        a.redo.setEnabled(bool(stack and stack.canRedo()))
        a.undo.setText(self.tr("Undo {act}").format(act=stack.undoText()).strip() if stack else self.tr("Undo"))
        a.redo.setText(self.tr("Redo {act}").format(act=stack.redoText()).strip() if stack else self.tr("Redo"))
        a.clear.setEnabled(bool(d and not d.prompts.empty))
        a.remove_box.setEnabled(bool(d and d.prompts.box))
        for action in (a.remove, a.flip):
            action.setEnabled(bool(d and d.selected is not None))
        for action in (a.zoom_in, a.zoom_out, a.fit, a.actual):
            action.setEnabled(d is not None)
        for action in (a.export, a.copy):
            action.setEnabled(answer is not None)
        readings = len(answer.prediction.candidates) if answer else 0
        for index, action in enumerate(a.candidates):
            action.setEnabled(index < readings)
        self.document_changed.emit()
