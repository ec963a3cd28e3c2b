"""Histogram of the reprojection errors; a bar is a filter."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPalette
from PySide6.QtWidgets import QToolTip, QWidget

from app.workspaces.pose.people.plots import Plot
from app.workspaces.pose.people.words import range_words
from engine.pose.project.filtering import HIGH_ERROR, ErrorRange, Measure
from engine.pose.project.statistics import Histogram

LABELS = 8
"""About how many edges are written below the bars."""


class ErrorPlot(Plot):
    """Click a bar, or go there with the arrow keys and press Enter."""

    chosen = Signal(object)
    """The ErrorRange of a bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Histogram of reprojection errors"), parent)
        self._histogram: Histogram | None = None
        self._measure: Measure = "relative"
        self.bar = -1
        """The one with the cursor; -1 while there is none."""
        self._bars = pg.BarGraphItem(x=[], height=[], width=1)
        self.plot.addItem(self._bars)
        self.plot.setLabel("left", self.tr("people"))
        viewport = self.plot.viewport()
        viewport.setMouseTracking(True)
        viewport.installEventFilter(self)
        self.colour()

    def show_histogram(self, histogram: Histogram, measure: Measure) -> None:
        """Show the errors by a measure."""
        self._histogram, self._measure = histogram, measure
        self.bar = min(self.bar, len(histogram.counts) - 1)
        self._draw()

    def range_of(self, bar: int) -> ErrorRange:
        """The errors of a bar."""
        assert self._histogram is not None  # noqa: S101 - bars are there only when a histogram is
        low, high = (float(edge) for edge in self._histogram.edges[bar : bar + 2])
        return ErrorRange(self._measure, low, high)

    def words(self, bar: int) -> str:
        """A bar in words."""
        if self._histogram is None or not 0 <= bar < len(self._histogram.counts):
            return ""
        return self.tr("{range}: {n} people").format(
            range=range_words(self.range_of(bar)), n=f"{int(self._histogram.counts[bar]):,}"
        )

    def place(self, bar: int) -> QPointF:
        """Where a bar's foot is, in the plot's viewport."""
        scene = self.plot.getPlotItem().vb.mapViewToScene(QPointF(bar + 0.5, 0.001))
        return QPointF(self.plot.mapFromScene(scene))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        last = -1 if self._histogram is None else len(self._histogram.counts) - 1
        steps = {
            Qt.Key.Key_Left: max(self.bar - 1, 0),
            Qt.Key.Key_Right: min(self.bar + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if last >= 0 and key in steps:
            self._point(steps[key])
        elif self.bar >= 0 and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.range_of(self.bar))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        if self.bar < 0 and self._histogram is not None and event.reason() != Qt.FocusReason.MouseFocusReason:
            self._point(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self.plot.viewport() and isinstance(event, QMouseEvent):
            bar = self._bar_at(event.position())
            if event.type() == QEvent.Type.MouseMove:
                self._point(bar, speak=False)
                QToolTip.showText(event.globalPosition().toPoint(), self.words(bar), self.plot)
            elif event.type() == QEvent.Type.MouseButtonPress and bar >= 0:
                self.chosen.emit(self.range_of(bar))
        elif event.type() == QEvent.Type.Leave and not self.hasFocus():
            self._point(-1, speak=False)
        return super().eventFilter(watched, event)

    def colour(self) -> None:
        super().colour()
        self._draw()

    def _bar_at(self, position: QPointF) -> int:
        box = self.plot.getPlotItem().vb
        scene = self.plot.mapToScene(position.toPoint())
        if self._histogram is None or not box.sceneBoundingRect().contains(scene):
            return -1
        bar = math.floor(box.mapSceneToView(scene).x())
        return bar if 0 <= bar < len(self._histogram.counts) else -1

    def _point(self, bar: int, *, speak: bool = True) -> None:
        if bar != self.bar:
            self.bar = bar
            self._draw()
        if speak:
            self.setAccessibleDescription(self.words(bar))
            foot = self.plot.viewport().mapToGlobal(self.place(bar).toPoint())
            QToolTip.showText(foot, self.words(bar), self.plot)

    def _draw(self) -> None:
        histogram = self._histogram
        if histogram is None:
            return
        bars = range(len(histogram.counts))
        self._bars.setOpts(
            x=[b + 0.5 for b in bars],
            height=histogram.counts,
            width=0.86,
            brushes=[self._brush(b) for b in bars],
            pen=pg.mkPen(None),
        )
        relative = self._measure == "relative"
        factor, step = 100.0 if relative else 1.0, max(1, round(len(bars) / LABELS))
        ticks = [(float(b), f"{factor * histogram.edges[b]:g}") for b in (*bars, len(bars)) if b % step == 0]
        ticks = [(at, text) for at, text in ticks if math.isfinite(histogram.edges[int(at)])]
        axis = self.plot.getAxis("bottom")
        axis.setTicks([[*ticks, (len(bars) - 0.02, "∞")]] if len(bars) > 1 else [ticks])
        self.plot.setLabel(
            "bottom", self.tr("error, % of the person's size") if relative else self.tr("error, pixels of the photo")
        )
        self.plot.setRange(xRange=(0, len(bars)), yRange=(0, max(float(histogram.counts.max()), 1.0)), padding=0.02)

    def _brush(self, bar: int) -> QColor:
        """High errors have another colour; the bar with the cursor is the text's."""
        if bar == self.bar:
            return self.palette().color(QPalette.ColorRole.Text)
        high = self._measure == "relative" and self.range_of(bar).low >= HIGH_ERROR - 1e-9
        return self.warning if high else self.accent
