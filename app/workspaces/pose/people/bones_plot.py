"""How the lengths of the bones spread about the mean body, and who is far from it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QWidget

from app.canvas.sides import BONE_SIDES, Side, colours_on
from app.workspaces.pose.people.bone_words import bone_words
from app.workspaces.pose.people.figures import Figures
from app.workspaces.pose.people.plots import Plot
from engine.pose.joints import MPII_16
from engine.pose.kinematics import MIRRORED_BONES

BONES = len(MPII_16.bones)
SYMBOLS: dict[Side, str] = {"left": "o", "right": "s", "middle": "d"}
REACH = 60.0
"""Per cent to either side; what is farther is drawn at the edge."""
DOTS = 1000
"""Outliers that are drawn, the most unusual ones."""


class BonesPlot(Plot):
    """A row a bone: a thick line for the middle half of all people, a thin one for 98 %, a dot for every outlier.

    The dots are for the mouse; the table beside it has the same people for the keyboard.
    """

    chosen = Signal(int)
    """Index of the person whose dot was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Bone lengths against the mean body"), parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._figures: Figures | None = None
        self._all = [pg.PlotDataItem(connect="pairs") for _ in range(BONES)]
        self._half = [pg.PlotDataItem(connect="pairs") for _ in range(BONES)]
        self.dots = {
            side: pg.ScatterPlotItem(symbol=symbol, size=8, hoverable=True, tip=_tip)
            for side, symbol in SYMBOLS.items()
        }
        self._zero = pg.InfiniteLine(0, angle=90)
        for item in (self._zero, *self._all, *self._half, *self.dots.values()):
            self.plot.addItem(item)
        for dots in self.dots.values():
            dots.sigClicked.connect(self._on_clicked)
        self.plot.invertY(True)
        names = [bone_words(bone) for bone in range(BONES)]
        self.plot.getAxis("left").setTicks([list(enumerate(names))])
        self.plot.getAxis("left").setWidth(134)
        self.plot.getAxis("bottom").setTicks([[(v, f"{v:+d}" if v else "0") for v in (-60, -40, -20, 0, 20, 40, 60)]])
        self.plot.setLabel("bottom", self.tr("longer or shorter, %"))
        self.plot.setRange(xRange=(-REACH, REACH), yRange=(-0.6, BONES - 0.4), padding=0.06)
        self.colour()

    def show_figures(self, figures: Figures) -> None:
        """Show the spread and the outliers of a set."""
        self._figures = figures
        away = 100 * (figures.bones - 1)
        for bone in range(BONES):
            low, quarter, _, three, high = away[:, bone] if np.isfinite(away).all() else np.zeros(5)
            self._all[bone].setData([low, high], [bone, bone])
            self._half[bone].setData([quarter, three], [bone, bone])
        self.setAccessibleDescription(
            self.tr("{n} people have a bone of an unusual length").format(n=f"{figures.odd:,}")
        )
        self._draw_dots()

    def colour(self) -> None:
        super().colour()
        palette, colours = self.palette(), colours_on(self.palette())
        self._zero.setPen(pg.mkPen(palette.color(QPalette.ColorRole.Mid)))
        for bone, (whole, half) in enumerate(zip(self._all, self._half, strict=True)):
            colour = colours.of(BONE_SIDES[bone])
            ratio = self.devicePixelRatioF()
            whole.setPen(pg.mkPen(colour, width=1.5 * ratio))
            half.setPen(pg.mkPen(colour, width=6 * ratio, capStyle=Qt.PenCapStyle.FlatCap))
        self._draw_dots()

    def _draw_dots(self) -> None:
        if self._figures is None:
            return
        colours, ground = colours_on(self.palette()), self.palette().color(QPalette.ColorRole.AlternateBase)
        drawn = [
            (o, bone)
            for o in self._figures.outliers[:DOTS]
            for bone in ((o.bone, int(MIRRORED_BONES[o.bone])) if o.both else (o.bone,))
            if o.against == "body"
        ]
        for side, dots in self.dots.items():
            here = [(o, bone) for o, bone in drawn if BONE_SIDES[bone] == side]
            dots.setData(
                x=[min(max(100 * (o.ratio - 1), -REACH), REACH) for o, _ in here],
                y=[bone for _, bone in here],
                data=[o for o, _ in here],
                brush=pg.mkBrush(colours.of(side)),
                pen=pg.mkPen(ground, width=1),
            )

    def _on_clicked(self, item: object, points: Any, event: object) -> None:
        if len(points):
            self.chosen.emit(points[0].data().index)


def _tip(x: float, y: float, data: Any) -> str:
    words = QCoreApplication.translate("BonesPlot", "{bone} {percent}, z {z}: click to open")
    return words.format(
        bone=bone_words(data.bone, both=data.both), percent=f"{100 * (data.ratio - 1):+.0f} %", z=f"{data.z:+.1f}"
    )
