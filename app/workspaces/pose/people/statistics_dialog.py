"""The statistics of a set, in a window beside the work that follows it."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QHideEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

from app.widgets import make
from app.widgets.side_panel import segment
from app.worker import Request, Task, Worker
from app.workspaces.pose.people.bones_plot import BonesPlot
from app.workspaces.pose.people.error_plot import ErrorPlot
from app.workspaces.pose.people.figures import Figures, figures
from app.workspaces.pose.people.outlier_table import OutlierTable
from app.workspaces.pose.people.progress_view import ProgressView
from app.workspaces.pose.people.roster import Roster
from app.workspaces.pose.people.words import percent, tr
from engine.pose.project.filtering import ErrorRange, Filter, Measure

LANE = "statistics"
PAUSE_S = 1.0
"""Computed anew this often at most while people change."""


class StatisticsDialog(QDialog):
    """Not modal: a bar filters the list, an outlier opens the person, and the work goes on.

    Args:
        roster: The people of the open set; follows every change.
        worker: Computes.
    """

    filter_asked = Signal(object)
    """A Filter for the list."""
    person_chosen = Signal(int)
    """Index of a person to open."""

    def __init__(self, roster: Roster, worker: Worker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Statistics of the set"))
        self.resize(1120, 760)
        self._roster, self._worker = roster, worker
        self._request: Request | None = None
        self._stale, self._computed = True, 0.0
        self.figures: Figures | None = None
        """What is shown; None until it is computed."""
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._compute)
        self.progress = ProgressView()
        self.errors, self.bones, self.table = ErrorPlot(), BonesPlot(), OutlierTable()
        self._error_words = make.label(role="muted", wrap=True)
        self._bone_words = make.label(role="muted", wrap=True)
        self.measures = self._measures()
        self._lay_out()
        self.errors.chosen.connect(self._on_range)
        self.bones.chosen.connect(self.person_chosen)
        self.table.chosen.connect(self.person_chosen)
        roster.changed.connect(self._on_changed)
        worker.ended.connect(self._on_ended)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._on_changed()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self._later.stop()
        self._worker.cancel(LANE)

    def _measures(self) -> dict[Measure, QAction]:
        group, made = QActionGroup(self), {}
        words: dict[Measure, str] = {"relative": self.tr("Share of the person's size"), "pixels": self.tr("Pixels")}
        for measure, text in words.items():
            action = QAction(text, group, checkable=True)
            action.triggered.connect(self._show_errors)
            made[measure] = action
        made["relative"].setChecked(True)
        return made

    def _lay_out(self) -> None:
        title = make.row(12)
        title.addWidget(make.label(self.tr("Reprojection error"), "section"))
        title.addWidget(self._error_words, 1)
        title.addWidget(segment(self.measures.values(), icons=False))
        beside = make.row(12)
        beside.addWidget(self.bones, 1)
        beside.addWidget(self.table, 1)
        self.progress.setFixedWidth(236)
        right = make.column(8)
        right.addLayout(title)
        right.addWidget(self.errors, 2)
        right.addSpacing(8)
        right.addWidget(make.label(self.tr("Bone lengths against the mean body"), "section"))
        right.addWidget(self._bone_words)
        right.addLayout(beside, 3)
        row = make.row(28, (22, 18, 22, 20), self)
        row.addWidget(self.progress)
        row.addLayout(right, 1)

    # When it is computed

    def _on_changed(self) -> None:
        self._stale = True
        if self.isVisible() and self._request is None and not self._later.isActive():
            wait = max(0.0, self._computed + PAUSE_S - time.monotonic())
            self._later.start(round(1000 * wait))

    def _compute(self) -> None:
        if self._roster.summary is None:
            return  # it will say when it is there
        summary, self._stale = self._roster.summary.copy(), False
        self._computed = time.monotonic()

        def job(task: Task) -> Figures:
            return figures(summary)

        self._request = self._worker.submit(job, self._show, lane=LANE)

    def _on_ended(self, request: Request) -> None:
        if request is self._request:
            self._request = None
            if self._stale:
                self._on_changed()

    # What is shown

    def _show(self, found: Figures) -> None:
        self.figures = found
        self.progress.show_progress(found.progress)
        self.progress.show_by_hand(found.by_hand)
        self.bones.show_figures(found)
        self.table.show_outliers(self._roster.set, found.outliers)
        words = self.tr(
            "{people} people have a bone of an unusual length (dots). Thick: half of all people; thin: 98 %."
        )
        self._bone_words.setText(words.format(people=f"{found.odd:,}"))
        self._show_errors()

    def _show_errors(self) -> None:
        if self.figures is None:
            return
        measure: Measure = "relative" if self.measures["relative"].isChecked() else "pixels"
        histogram = self.figures.errors[measure]
        self.errors.show_histogram(histogram, measure)
        if histogram.unknown == self.figures.progress.people:
            words = self.tr("nobody has a pose and joints to compare it with")
        else:
            median = (
                percent(histogram.median) if measure == "relative" else tr("{n} px").format(n=f"{histogram.median:.1f}")
            )
            words = self.tr("median {median}").format(median=median)
            if histogram.unknown:
                words += self.tr("; unknown for {n}").format(n=f"{histogram.unknown:,}")
        self._error_words.setText(words)

    def _on_range(self, error: ErrorRange) -> None:
        self.filter_asked.emit(Filter(error=error))
