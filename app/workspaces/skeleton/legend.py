"""What the colours over the photo mean, in a corner of the canvas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.canvas.heat import heat_colours
from app.document.reading import DrawnReading
from app.document.skeleton import Choices
from app.workspaces.skeleton.drawing import SIDES
from engine.skeleton.colours import colour_map, kind_colours, scale_range

GAP = 14
PAD = 10
BAR = 10
WIDTH = 226
STOPS = 17


@dataclass(frozen=True)
class Key:
    """A legend.

    Args:
        title: What is told.
        colours: A bar from left to right; empty for swatches.
        ticks: Places along the bar in [0, 1], and their words.
        swatches: Colours and their words, where there is no bar.
    """

    title: str
    colours: tuple[QColor, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    swatches: tuple[tuple[QColor, str], ...] = ()


class Legend(QWidget):
    """Sits in the lower left corner of its parent and lets the mouse through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._key: Key | None = None
        parent.installEventFilter(self)
        self.hide()

    @property
    def key(self) -> Key | None:
        return self._key

    def show_key(self, key: Key | None) -> None:
        self._key = key
        self.setVisible(key is not None)
        if key:
            self.setAccessibleName(", ".join([key.title, *(w for _, w in key.ticks), *(w for _, w in key.swatches)]))
            self.resize(self.sizeHint())
            self._place()
            self.update()

    def key_for(self, choices: Choices, reading: DrawnReading | None, size: tuple[int, int]) -> Key | None:
        """What is to be explained of a photo of `size`; None where the colours tell nothing."""
        if choices.view == "heat":
            return self.heat_key()
        if choices.source == "both":
            return self.sources_key()
        if choices.colour == "kind" and choices.source == "predicted":
            return self.kind_key(reading.types) if reading and reading.types else None
        return self.scale_key(size) if choices.source == "medial" or (reading and reading.scales) else None

    def scale_key(self, size: tuple[int, int]) -> Key:
        """Diameters of a photo of `size`."""
        low, high = scale_range(size)
        table = [QColor(*rgb) for rgb in colour_map()[np.linspace(0, 255, STOPS).astype(int)].tolist()]
        place = [(np.log(v / low) / np.log(high / low), f"{v:g}") for v in _round_numbers(low, high)]
        return Key(self.tr("Diameter of the circle, pixels"), tuple(table), tuple(place))

    def kind_key(self, types: int) -> Key:
        """Scale types 1 to `types`."""
        rgb = kind_colours(np.arange(1, types + 1, dtype=np.uint8)).tolist()
        words = [self.tr("{n} narrow") if n == 1 else self.tr("{n} wide") if n == types else "{n}" for n in _to(types)]
        return Key(
            self.tr("Scale type"),
            swatches=tuple((QColor(*c), w.format(n=n)) for c, w, n in zip(rgb, words, _to(types), strict=True)),
        )

    def sources_key(self) -> Key:
        """Where two skeletons are shown."""
        words = {"predicted": self.tr("predicted"), "medial": self.tr("medial axis")}
        return Key(self.tr("Skeleton"), swatches=tuple((colour, words[name]) for name, colour in SIDES.items()))

    def heat_key(self) -> Key:
        """Probabilities."""
        table = heat_colours()
        colours = tuple(QColor(*table[round(255 * k / (STOPS - 1))]) for k in range(STOPS))
        return Key(self.tr("Probability of the skeleton"), colours, ((0.0, "0"), (0.5, "50 %"), (1.0, "100 %")))

    # Inside

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's names
        metrics = QFontMetricsF(self.font())
        rows = 2 * metrics.height() + 8 + (BAR if self._key and self._key.colours else 0)
        width = float(WIDTH)
        if self._key and self._key.swatches:
            row = sum(metrics.horizontalAdvance(w) + 16 + 12 for _, w in self._key.swatches) - 12
            width = max(row, metrics.horizontalAdvance(self._key.title)) + 2 * PAD + 2
        return QSize(round(width), round(rows + 2 * PAD - 4))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        key = self._key
        if key is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(18, 19, 22, 205))  # over a photo: the same in both themes
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        metrics = QFontMetricsF(self.font())
        line = metrics.height()
        painter.setPen(QColor("#c9cdd4"))
        painter.drawText(QPointF(PAD, PAD - 2 + metrics.ascent()), key.title)
        top = PAD - 2 + line + 6
        if key.colours:
            self._draw_bar(painter, key, QRectF(PAD, top, self.width() - 2 * PAD, BAR), metrics)
        x = float(PAD)
        for colour, words in key.swatches:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(x, top + line / 2 - 5, 10, 10), 3, 3)
            painter.setPen(QColor("white"))
            painter.drawText(QPointF(x + 16, top + metrics.ascent()), words)
            x += 16 + metrics.horizontalAdvance(words) + 12
        painter.end()

    def _draw_bar(self, painter: QPainter, key: Key, bar: QRectF, metrics: QFontMetricsF) -> None:
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for index, colour in enumerate(key.colours):
            gradient.setColorAt(index / (len(key.colours) - 1), colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(bar, 3, 3)
        for place, words in key.ticks:
            x, width = bar.left() + place * bar.width(), metrics.horizontalAdvance(words)
            painter.setPen(QPen(QColor("white"), 1))
            painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + 3))
            left = min(max(x - width / 2, bar.left() - 2), bar.right() + 2 - width)
            painter.drawText(QPointF(left, bar.bottom() + 4 + metrics.ascent()), words)

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.move(GAP, parent.height() - self.height() - GAP)


def _to(count: int) -> range:
    return range(1, count + 1)


def _round_numbers(low: float, high: float) -> list[float]:
    """1, 2, 5, 10, … within the range, thinned to what fits under a bar."""
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    numbers = [m * 10.0**d for d in decades for m in (1, 2, 5) if low <= m * 10.0**d <= high]
    return numbers if len(numbers) <= 7 else [n for n in numbers if f"{n:g}"[0] == "1" or n >= high / 3]
