"""The Skeleton workspace's panel: what is found, where to look, how it is drawn, and how well it fits."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from app.document.reading import DrawnReading
from app.document.skeleton import Choices
from app.widgets import make
from app.widgets.side_panel import SidePanel, check, segment
from app.widgets.slide import Slide
from app.workspaces.skeleton.actions import SkeletonActions
from app.workspaces.skeleton.drawing import MOST
from app.workspaces.skeleton.plot import CurvePlot
from app.workspaces.skeleton.recovering import Recovered
from app.workspaces.skeleton.stages import Stages
from app.workspaces.skeleton.state import Words


class SkeletonPanel(SidePanel):
    """Shows and asks; what happens is the workspace's business."""

    threshold_moved = Signal(int, object)
    density_moved = Signal(int, object)
    opacity_moved = Signal(int, object)
    """A value in per cent, and a token of the gesture that it is part of."""

    def __init__(self, actions: SkeletonActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tr, a = self.tr, actions
        self._figure = make.label("–", "figure")
        self._words = make.label(role="muted", wrap=True)
        self._again = _button(a.read, primary=False)
        self.threshold = Slide(tr("Threshold"), 1, 99)
        self.density, self.opacity = Slide(tr("Density"), 1, 100), Slide(tr("Opacity"))
        tip = tr("Share of the points whose circles are drawn; {most} circles at most")
        self.density.setToolTip(tip.format(most=MOST))
        self.stages = Stages()
        self._fit = make.label(role="muted", wrap=True)
        self._truth = make.label(role="muted", wrap=True)
        self._load, self._drop = _button(a.load_truth, "open"), _button(a.drop_truth, "close")
        self.plot = CurvePlot()
        self.section(tr("Skeleton"), self._figure, self._words, self._again, self.threshold)
        self.section(tr("Where"), segment(a.places.values(), icons=False), check(a.multi_scale))
        self.section(tr("Which"), segment(a.sources.values(), icons=False))
        looks = segment(a.views.values(), icons=False), segment(a.colours.values(), icons=False)
        self.section(tr("View"), *looks, check(a.circles), self.density, self.opacity)
        self._stages = self.section(tr("Side outputs"), self.stages)
        self.section(tr("Fit"), check(a.recovered), self._fit, self._truth, self._load, self._drop, self.plot)
        self.end_sections()
        self.threshold.changed.connect(self.threshold_moved)
        self.density.changed.connect(self.density_moved)
        self.opacity.changed.connect(self.opacity_moved)
        self.show_recovered(None)
        self.show_truth("")

    def show_words(self, words: Words, *, stopped: bool) -> None:
        """Say where it stands; `stopped` offers to go on."""
        self._figure.setText(words.figure)
        self._words.setText(words.text)
        self._words.setVisible(bool(words.text))
        self._again.setVisible(stopped)

    def show_choices(self, choices: Choices, percent: int) -> None:
        """Show what is chosen; `percent` is the threshold that holds."""
        self.threshold.show_value(percent)
        self.density.show_value(choices.density)
        self.opacity.show_value(choices.opacity)
        self.threshold.setEnabled(choices.source != "medial")
        self.density.setEnabled(choices.circles and choices.view == "skeleton")

    def show_reading(self, reading: DrawnReading | None, choices: Choices) -> None:
        """Show the side outputs."""
        self._stages.setVisible(bool(reading and reading.sides))
        self.stages.show_reading(reading, choices.stage, seen=choices.view == "heat")

    def show_recovered(self, recovered: Recovered | None) -> None:
        """Say how well the recovered mask fits; None while there is none."""
        lines = []
        if recovered and recovered.with_object is not None:
            lines.append(self.tr("IoU with the cut-out object: <b>{iou:.3f}</b>").format(iou=recovered.with_object))
        if recovered and recovered.with_truth is not None:
            lines.append(self.tr("IoU with the true mask: <b>{iou:.3f}</b>").format(iou=recovered.with_truth))
        if not lines:
            lines = [self.tr("Click an object, or load a true mask, to compare with.")]
        self._fit.setText("<br>".join(lines))
        self._fit.setVisible(recovered is not None)

    def show_truth(self, name: str) -> None:
        """Show the true mask's name; empty when there is none."""
        self._truth.setText(self.tr("True mask: {name}").format(name=name))
        self._truth.setVisible(bool(name))
        self._load.setVisible(not name)
        self._drop.setVisible(bool(name))


def _button(action: QAction, picture: str = "", *, primary: bool = False) -> QWidget:
    button = make.button(action.text(), picture, primary=primary)
    button.setToolTip(action.toolTip())
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    return button
