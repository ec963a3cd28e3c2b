"""What the plots have in common: the theme's colours, and a frame that the keyboard reaches."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QFrame, QWidget

from app.theme import KINDS
from app.widgets import make


class Plot(QFrame):
    """A plot that cannot be moved or zoomed; subclasses fill `plot` and draw in `colour`.

    Args:
        name: What it is called for those who cannot see it.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plot")
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.plot = pg.PlotWidget()
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setMouseEnabled(False, False)
        self.plot.setFrameShape(QFrame.Shape.NoFrame)
        self.plot.viewport().setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents, False)
        make.column(0, (2, 2, 2, 2), self).addWidget(self.plot)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.colour()

    def colour(self) -> None:
        """Take the theme's colours; pyqtgraph has its own unless told."""
        palette = self.palette()
        self.plot.setBackground(palette.color(QPalette.ColorRole.AlternateBase))
        for side in ("bottom", "left"):
            axis = self.plot.getAxis(side)
            axis.setPen(pg.mkPen(palette.color(QPalette.ColorRole.Mid)))
            axis.setTextPen(pg.mkPen(palette.color(QPalette.ColorRole.PlaceholderText)))

    @property
    def accent(self) -> QColor:
        return self.palette().color(QPalette.ColorRole.Highlight)

    @property
    def warning(self) -> QColor:
        return QColor(KINDS["warning"])
