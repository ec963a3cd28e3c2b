"""The side panel: how sure the answer is, its readings, how to look at it, and what to do with it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QLabel,
    QProgressBar,
    QScrollArea,
    QSlider,
    QToolButton,
    QWidget,
)

from app.canvas.pyramid import U8
from app.document.answer import Answer
from app.settings import Settings
from app.widgets import make
from app.widgets.swatches import Swatches
from app.workspaces.crop.candidates import Candidates

WIDTH = 300


class Panel(QFrame):
    """Shows and asks; what happens is the workspace's business."""

    candidate_chosen = Signal(int)

    def __init__(self, settings: Settings, views: Iterable[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedWidth(WIDTH)
        self._settings = settings
        self._figure = make.label("–", "figure")
        self._verdict = make.label(role="muted", wrap=True)
        self._confidence = QProgressBar()
        self._confidence.setObjectName("confidence")
        self._confidence.setTextVisible(False)
        self._confidence.setAccessibleName(self.tr("Confidence"))
        self.candidates = Candidates()
        self.candidates.chosen.connect(self.candidate_chosen)
        self._readings = self._section(self.tr("Alternatives"), self.candidates)
        content = make.frame("panelContent")
        column = make.column(20, (18, 18, 18, 14), content)
        column.addWidget(self._section(self.tr("Confidence"), self._figure, self._confidence, self._verdict))
        column.addWidget(self._readings)
        column.addWidget(self._section(self.tr("View"), self._view_buttons(views)))
        column.addWidget(self._section(self.tr("Overlay"), *self._overlay_controls()))
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._buttons = make.column(8, (18, 12, 18, 16))
        outer = make.column(0, (1, 0, 0, 0), self)
        outer.addWidget(scroll, 1)
        outer.addWidget(make.frame("separator"))
        outer.addLayout(self._buttons)
        self.show_answer(None, None)

    def add_button(self, action: QAction, picture: str = "", *, primary: bool = False) -> None:
        """A large button at the foot that follows an action."""
        button = make.button(action.text(), picture, primary=primary)
        button.setToolTip(action.toolTip())
        button.setEnabled(action.isEnabled())
        button.clicked.connect(action.trigger)
        action.enabledChanged.connect(button.setEnabled)
        self._buttons.addWidget(button)

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

    def _section(self, title: str, *widgets: QWidget) -> QWidget:
        section = QWidget()
        column = make.column(parent=section)
        column.addWidget(make.label(title, "section"))
        for widget in widgets:
            column.addWidget(widget)
        return section

    def _view_buttons(self, views: Iterable[QAction]) -> QWidget:
        frame = make.frame("segment")
        row = make.row(2, (3, 3, 3, 3), frame)
        for action in views:
            button = QToolButton()
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setIconSize(QSize(20, 20))
            button.setDefaultAction(action)
            button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
            row.addWidget(button, 1)
        return frame

    def _overlay_controls(self) -> list[QWidget]:
        swatches = Swatches(self._settings.overlay_colour)
        swatches.chosen.connect(partial(setattr, self._settings, "overlay_colour"))
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, 100)
        slider.setAccessibleName(self.tr("Overlay opacity"))
        slider.setValue(self._settings.overlay_opacity)
        value = make.label(
            f"{slider.value()} %", "muted", align=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        value.setMinimumWidth(44)
        slider.valueChanged.connect(partial(setattr, self._settings, "overlay_opacity"))
        slider.valueChanged.connect(lambda v: value.setText(f"{v} %"))
        opacity = QWidget()
        row = make.row(parent=opacity)
        row.addWidget(QLabel(self.tr("Opacity")))
        row.addWidget(slider, 1)
        row.addWidget(value)
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
