"""The side panel: how sure the answer is, its readings, how to look at it, and what to do with it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QCheckBox, QProgressBar, QWidget

from app.canvas.pyramid import U8
from app.document.answer import Answer
from app.settings import Settings
from app.widgets import make
from app.widgets.side_panel import SidePanel, segment
from app.widgets.slide import Slide
from app.widgets.swatches import Swatches
from app.workspaces.crop.candidates import Candidates


class Panel(SidePanel):
    """Shows and asks; what happens is the workspace's business."""

    candidate_chosen = Signal(int)

    def __init__(self, settings: Settings, views: Iterable[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._figure = make.label("–", "figure")
        self._verdict = make.label(role="muted", wrap=True)
        self._confidence = QProgressBar()
        self._confidence.setObjectName("confidence")
        self._confidence.setTextVisible(False)
        self._confidence.setAccessibleName(self.tr("Confidence"))
        self.candidates = Candidates()
        self.candidates.chosen.connect(self.candidate_chosen)
        self.section(self.tr("Confidence"), self._figure, self._confidence, self._verdict)
        self._readings = self.section(self.tr("Alternatives"), self.candidates)
        self.section(self.tr("View"), segment(views))
        self.section(self.tr("Overlay"), *self._overlay_controls())
        self.end_sections()
        self.show_answer(None, None)

    def show_answer(self, answer: Answer | None, thumbnail: U8 | None, *, waiting: bool = False) -> None:
        """Show how sure an answer is and its readings; `thumbnail` is the reduced photo (h, w, 3)."""
        prediction = answer.prediction if answer else None
        percent = round(100 * prediction.score) if prediction else 0
        empty = answer is not None and answer.empty
        self._figure.setText(self.tr("Nothing found") if empty else f"{percent} %" if answer else "–")
        self._confidence.setValue(0 if empty else percent)
        self._verdict.setText(self.tr("Looking for the object…") if waiting else self._words(answer, percent))
        several = prediction is not None and len(prediction.candidates) > 1
        self._readings.setVisible(several)
        if thumbnail is not None:
            self.candidates.show_prediction(thumbnail, prediction, QColor(self._settings.overlay_colour))

    def _words(self, answer: Answer | None, percent: int) -> str:
        if answer is None:
            return self.tr("Click the object that you want to cut out.")
        if answer.empty:
            return self.tr("Try a click nearer to the middle of the object, or draw a box around it.")
        if percent >= 85:
            return self.tr("Confident. Look at the edges, then export.")
        if percent >= 65:
            return self.tr("Fairly sure. Click what is missing; right-click what is too much.")
        return self.tr("Unsure. Another click or a box around the object will help.")

    def _overlay_controls(self) -> list[QWidget]:
        swatches = Swatches(self._settings.overlay_colour)
        swatches.chosen.connect(partial(setattr, self._settings, "overlay_colour"))
        opacity = Slide(self.tr("Opacity"))
        opacity.slider.setAccessibleName(self.tr("Overlay opacity"))
        opacity.show_value(self._settings.overlay_opacity)
        opacity.changed.connect(lambda value, gesture: setattr(self._settings, "overlay_opacity", value))
        return [
            swatches,
            opacity,
            self._check("outline", self.tr("Outline")),
            self._check("show_clicks", self.tr("Show clicks")),
            self._check("hover_preview", self.tr("Preview under the mouse")),
        ]

    def _check(self, name: str, text: str) -> QCheckBox:
        """A box bound to a setting, in both directions."""
        box = QCheckBox(text)
        box.setChecked(getattr(self._settings, name))
        box.toggled.connect(partial(setattr, self._settings, name))
        key = getattr(Settings, name).key

        def follow(changed: str) -> None:
            if changed == key:
                box.setChecked(getattr(self._settings, name))

        self._settings.changed.connect(follow)
        return box
