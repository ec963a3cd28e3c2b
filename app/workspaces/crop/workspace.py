"""The Crop workspace: prompts and answer, canvas and panel joined; each of them knows none of the others."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from app.canvas.click_tool import ClickTool
from app.canvas.view import Canvas
from app.document.answer import Answer
from app.document.crop import CropPart
from app.document.document import Document
from app.document.prompts import Prompts
from app.settings import Settings
from app.workspaces.actions import connect
from app.workspaces.crop.actions import CropActions
from app.workspaces.crop.panel import Panel
from app.workspaces.crop.preview import Preview
from app.workspaces.crop.segmenter import Segmenter
from app.workspaces.workspace import Facts, Workspace


class CropWorkspace(Workspace):
    """Cuts an object out.

    Args:
        owner: The widget whose window hears the keys.
        segmenter: Answers the prompts; shared with whoever else needs the object.
    """

    tool: ClickTool

    def __init__(self, settings: Settings, canvas: Canvas, segmenter: Segmenter, owner: QWidget) -> None:
        super().__init__(canvas, owner, ClickTool(canvas))
        self.settings = settings
        self.actions_: CropActions = CropActions(owner)
        self.panel: Panel = Panel(settings, self.actions_.views.values())
        self.preview = Preview(self.tool, canvas, segmenter, settings, self)
        self._connect_tool()
        self._connect_actions()
        settings.changed.connect(self._on_setting)

    def open(self, document: Document) -> None:
        super().open(document)
        part = document.crop
        part.prompts_changed.connect(self._show_prompts)
        part.answer_changed.connect(self._show_answer)
        part.waiting_changed.connect(lambda waiting: self._show_state())
        self.preview.open(part)
        self._show_answer(None)

    def activate(self, active: bool) -> None:
        super().activate(active)
        self.canvas.show_object(active)
        if active:
            self._show_style()
            self._show_state()
        else:
            self.preview.forget()

    # From the tool to the document

    def _connect_tool(self) -> None:
        self.tool.clicked.connect(lambda click: self._with(lambda d: d.add_click(click)))
        self.tool.boxed.connect(lambda box: self._with(lambda d: d.set_box(box)))
        self.panel.candidate_chosen.connect(self._choose)

    def _connect_actions(self) -> None:
        a = self.actions_
        for index, action in enumerate(a.candidates):
            connect(action, partial(self._choose, index))
        connect(a.next_view, self._next_view)
        a.view_group.triggered.connect(lambda action: setattr(self.settings, "view", action.data()))
        for action, name in ((a.outline, "outline"), (a.hover, "hover_preview")):
            action.toggled.connect(partial(setattr, self.settings, name))

    def _with(self, act: Callable[[CropPart], object]) -> None:
        if self.document:
            act(self.document.crop)

    def _choose(self, candidate: int) -> None:
        self._with(lambda d: d.choose(candidate))
        self._show_panel()  # the pictures show what holds, not what was pressed

    def _next_view(self) -> None:
        names = list(self.actions_.views)
        self.settings.view = names[(names.index(self.settings.view) + 1) % len(names)]

    # From the document to the eye

    def _show_prompts(self, prompts: Prompts) -> None:
        self._show_state()

    def _show_answer(self, answer: Answer | None) -> None:
        if answer:
            self.canvas.show_answer(answer.overlay, answer.outline)
        else:
            self.canvas.show_answer(None, None)
        self._show_state()

    def _show_panel(self) -> None:
        if d := self.document:
            self.panel.show_answer(d.crop.answer, d.picture.arrays[-1], waiting=d.crop.waiting)

    def _on_setting(self, key: str) -> None:
        if self.active and key.startswith("crop/"):
            self._show_style()

    def _show_style(self) -> None:
        s, a = self.settings, self.actions_
        if s.view == "overlay":
            self.canvas.show_overlay_style(QColor(s.overlay_colour), s.overlay_opacity / 100, s.outline)
        else:
            self.canvas.show_backdrop_style(s.view)
        self.canvas.show_marks(clicks=s.show_clicks, box=True)
        a.views[s.view].setChecked(True)
        a.outline.setChecked(s.outline)
        a.hover.setChecked(s.hover_preview)

    def _show_state(self) -> None:
        """Everything but the canvas: panel, and what can be done."""
        a, d = self.actions_, self.document.crop if self.document else None
        answer = d.answer if d else None
        for action in (a.export, a.copy):
            action.setEnabled(answer is not None)
        readings = len(answer.prediction.candidates) if answer else 0
        for index, action in enumerate(a.candidates):
            action.setEnabled(index < readings)
        self._show_panel()
        self.state_changed.emit()

    # Words

    def hint(self) -> str:
        if self.document is None:
            return self.tr("Open a photo, or drop one anywhere on the window.")
        d = self.document.crop
        if d.prompts.empty:
            return self.tr("Click the object. Drag to draw a box around it.")
        if d.waiting:
            return self.tr("Looking for the object…")
        if d.answer is None:
            return self.tr("There is no answer to these clicks. Click somewhere else, or undo.")
        if d.answer.empty:
            return self.tr("Nothing found there: click nearer to the middle, or draw a box.")
        return self.tr("Click what is missing, right-click what is too much. V changes the view.")

    def facts(self) -> Facts:
        answer = self.document.crop.answer if self.document else None
        if answer is None:
            return Facts()
        percent = round(100 * answer.prediction.score)
        words = "" if answer.empty else self.tr("confidence {percent} %").format(percent=percent)
        return Facts(answer.prediction.seconds, words)
