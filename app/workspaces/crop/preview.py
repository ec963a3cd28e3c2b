"""What a click would select, shown while the mouse rests: only where the method is fast enough for it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.canvas.click_tool import ClickTool
from app.canvas.view import Canvas
from app.document.answer import Answer
from app.document.crop import CropPart
from app.document.prompts import Prompts
from app.settings import Settings
from app.workspaces.crop.segmenter import Segmenter
from engine.crop.prompts import Click

FAST = 0.150
"""Seconds that the last answer may have taken for previews to be asked for."""


class Preview(QObject):
    """Listens to the resting mouse, asks, and draws the answer while it still fits."""

    def __init__(
        self, tool: ClickTool, canvas: Canvas, segmenter: Segmenter, settings: Settings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._canvas, self._segmenter, self._settings = canvas, segmenter, settings
        self._part: CropPart | None = None
        self._wanted: Prompts | None = None
        self._seconds = 0.0
        tool.hovered.connect(self._on_hover)
        segmenter.previewed.connect(self._on_preview)
        segmenter.answered.connect(self._on_answer)

    def open(self, part: CropPart) -> None:
        self._part, self._seconds = part, 0.0
        part.prompts_changed.connect(self.forget)
        self.forget()

    def forget(self) -> None:
        """Take the preview away."""
        self._wanted = None
        self._segmenter.cancel_preview()
        self._canvas.show_preview(None)

    def _on_hover(self, click: Click | None) -> None:
        self.forget()
        part = self._part
        if click is None or part is None or not self._settings.hover_preview:
            return
        # Before the first answer there is no time to go by: the first preview is the measurement.
        if self._seconds > FAST or self._says_nothing_new(part, click):
            return
        self._wanted = part.prompts.with_click(click)
        self._segmenter.preview(self._wanted)

    def _says_nothing_new(self, part: CropPart, click: Click) -> bool:
        """An include click on the object, or an exclude click off it."""
        if part.answer is None:
            return not click.positive
        prediction = part.answer.prediction
        column, row = click.pixel[0] - prediction.left, click.pixel[1] - prediction.top
        height, width = prediction.patch.shape
        selected = 0 <= column < width and 0 <= row < height and prediction.patch[row, column] >= 128
        return bool(selected) == click.positive

    def _on_preview(self, prompts: Prompts, answer: Answer) -> None:
        self._seconds = answer.prediction.seconds
        if self._part and prompts == self._wanted:
            self._canvas.show_preview(answer.outline)
            self._part.take_answer(prompts, answer)  # a click right here is then answered at once

    def _on_answer(self, prompts: Prompts, answer: Answer) -> None:
        self._seconds = answer.prediction.seconds
