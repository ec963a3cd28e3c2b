"""A row of colours to choose from, and one of one's own."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QConicalGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QColorDialog, QWidget

from app.widgets import make

SIDE = 26


class Swatch(QAbstractButton):
    """A coloured disc; the chosen one has a ring, and so has the focused one."""

    def __init__(self, colour: QColor | None, name: str) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.colour = colour
        self.setFixedSize(SIDE, SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        disc = QRectF(self.rect()).adjusted(5, 5, -5, -5)
        painter.setPen(QPen(QColor(0, 0, 0, 60), 1))
        painter.setBrush(self.colour if self.colour is not None else _rainbow(disc))
        painter.drawEllipse(disc)
        if self.isChecked() or self.hasFocus():
            ring = self.palette().text().color() if self.isChecked() else self.palette().highlight().color()
            painter.setPen(QPen(ring, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(disc.adjusted(-3.5, -3.5, 3.5, 3.5))
        painter.end()


def _rainbow(disc: QRectF) -> QBrush:
    """What stands for a colour that is still to be chosen."""
    gradient = QConicalGradient(disc.center(), 90)
    for step in range(7):
        gradient.setColorAt(step / 6, QColor.fromHsv(60 * step % 360, 150, 240))
    return QBrush(gradient)


class Swatches(QWidget):
    """Six colours that differ for everyone, and one of one's own."""

    chosen = Signal(str)
    """A colour as #rrggbb."""

    def __init__(self, colour: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named = {
            "#2f8bff": self.tr("Blue"),
            "#12c7b5": self.tr("Teal"),
            "#4fd13f": self.tr("Green"),
            "#ffc53d": self.tr("Yellow"),
            "#ff5a36": self.tr("Orange"),
            "#f13d9b": self.tr("Pink"),
        }
        self._present = colour
        self._swatches: list[Swatch] = []
        self._group = QButtonGroup(self)
        self._row = make.row(6, parent=self)
        for value, name in named.items():
            self._add(Swatch(QColor(value), name))
        self._own = Swatch(QColor(colour) if colour not in named else None, self.tr("Another colour…"))
        self._add(self._own)
        self._row.addStretch(1)
        self._check(colour)
        self._group.buttonClicked.connect(self._choose)

    def _add(self, swatch: Swatch) -> None:
        self._group.addButton(swatch)
        self._swatches.append(swatch)
        self._row.addWidget(swatch)

    def _choose(self, swatch: Swatch) -> None:
        if swatch is self._own:
            before = self._present
            colour = QColorDialog.getColor(QColor(before), self, self.tr("Overlay colour"))
            if not colour.isValid():
                self._check(before)
                return
            swatch.colour = colour
        if swatch.colour is not None:
            self._present = swatch.colour.name()
            self.chosen.emit(self._present)

    def _check(self, colour: str) -> None:
        """Mark the swatch of a colour as the chosen one."""
        for swatch in self._swatches:
            if swatch.colour is not None and swatch.colour.name() == colour:
                swatch.setChecked(True)
