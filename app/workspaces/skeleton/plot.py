"""Precision against recall over all thresholds, and where the present one stands."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QProgressBar, QWidget

from app.widgets import make
from app.workspaces.skeleton.curve import Curve

HEIGHT = 196


class CurvePlot(QWidget):
    """Hidden until there is a curve or one is on its way."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curve: Curve | None = None
        self._percent = 50
        self._words = make.label(role="muted", wrap=True)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setRange(0, 1000)
        self._progress.setAccessibleName(self.tr("Comparing with the true mask…"))
        self._plot = pg.PlotWidget()
        self._plot.setFixedHeight(HEIGHT)
        self._plot.setAccessibleName(self.tr("Precision and recall"))
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(False, False)
        self._plot.setRange(xRange=(0, 1), yRange=(0, 1), padding=0.04)
        self._plot.setLabel("bottom", self.tr("recall"))
        self._plot.setLabel("left", self.tr("precision"))
        for side in ("bottom", "left"):
            self._plot.getAxis(side).setTicks([[(0.0, "0"), (0.5, "0.5"), (1.0, "1")]])
        self._levels = [self._plot.plot(*_equal_f(f)) for f in (0.2, 0.4, 0.6, 0.8)]
        self._line = self._plot.plot([], [])
        self._dot = pg.ScatterPlotItem(size=11)
        self._plot.addItem(self._dot)
        column = make.column(6, parent=self)
        column.addWidget(self._progress)
        column.addWidget(self._plot)
        column.addWidget(self._words)
        self._colour()
        self.hide()

    @property
    def curve(self) -> Curve | None:
        return self._curve

    def show_progress(self, fraction: float | None) -> None:
        """A curve is on its way; None: no more."""
        self._progress.setVisible(fraction is not None)
        self._progress.setValue(round(1000 * (fraction or 0)))
        self.setVisible(fraction is not None or self._curve is not None)

    def show_curve(self, curve: Curve | None) -> None:
        self._curve = curve
        self._plot.setVisible(curve is not None)
        self._words.setVisible(curve is not None)
        if curve is not None:
            something = (curve.recall > 0) | (curve.precision > 0)  # above the surest point there is nothing to judge
            self._line.setData(curve.recall[something], curve.precision[something])
            self.show_threshold(self._percent)
        self.setVisible(curve is not None or self._progress.isVisibleTo(self))

    def show_threshold(self, percent: int) -> None:
        """Mark the point of the threshold that holds."""
        self._percent = percent
        curve = self._curve
        if curve is None:
            return
        at = int(np.abs(curve.thresholds - percent / 100).argmin())
        best = int(curve.f.argmax())
        self._dot.setData([curve.recall[at]], [curve.precision[at]])
        self._words.setText(
            self.tr("F <b>{f:.3f}</b> here; at best <b>{best:.3f}</b>, at {percent:.0f} %").format(
                f=curve.f[at], best=curve.f[best], percent=100 * curve.thresholds[best]
            )
        )

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()

    def _colour(self) -> None:
        """The theme's colours; pyqtgraph has its own unless told."""
        palette = self.palette()
        muted = palette.color(QPalette.ColorRole.PlaceholderText)
        accent = palette.color(QPalette.ColorRole.Highlight)
        self._plot.setBackground(palette.color(QPalette.ColorRole.AlternateBase))
        for side in ("bottom", "left"):
            axis = self._plot.getAxis(side)
            axis.setPen(pg.mkPen(palette.color(QPalette.ColorRole.Mid)))
            axis.setTextPen(pg.mkPen(muted))
        for level in self._levels:
            level.setPen(pg.mkPen(palette.color(QPalette.ColorRole.Mid), style=Qt.PenStyle.DotLine))
        self._line.setPen(pg.mkPen(accent, width=2 * self.devicePixelRatioF()))
        self._dot.setBrush(pg.mkBrush(palette.color(QPalette.ColorRole.Text)))
        self._dot.setPen(pg.mkPen(palette.color(QPalette.ColorRole.AlternateBase), width=2))


def _equal_f(f: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Recall and precision of equal F."""
    recall = np.linspace(f / (2 - f), 1, 60)
    return recall, f * recall / (2 * recall - f)
