"""The side outputs of the network as pictures to choose from."""

from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QWidget

from app.canvas.heat import heat_colours
from app.canvas.pyramid import U8
from app.document.reading import DrawnReading
from app.widgets import make
from app.widgets.picture import Picture

SIDE = 58
ACROSS = 4


class Stages(QWidget):
    """The fused map first, then the side outputs from fine to coarse; the one that is seen has a coloured rim."""

    chosen = Signal(object)
    """Index of a side output, or None for the fused map."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._buttons: list[Picture] = []
        self._labels: list[QLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(4)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(ACROSS, 1)
        self._shown: DrawnReading | None = None
        self._group.idClicked.connect(lambda index: self.chosen.emit(None if index == 0 else index - 1))

    def show_reading(self, reading: DrawnReading | None, stage: int | None, *, seen: bool) -> None:
        """Show the maps of a reading, and which of them is `seen` on the canvas."""
        if reading is not self._shown:
            self._shown = reading
            self._show_pictures(reading)
        self._group.setExclusive(False)
        for index, button in enumerate(self._buttons):
            button.setChecked(seen and index == (0 if stage is None else stage + 1))
        self._group.setExclusive(True)

    def _show_pictures(self, reading: DrawnReading | None) -> None:
        maps = [reading.heat, *reading.sides] if reading else []
        while len(self._buttons) < len(maps):
            self._add()
        for index, (button, label) in enumerate(zip(self._buttons, self._labels, strict=True)):
            present = index < len(maps)
            button.setVisible(present)
            label.setVisible(present)
            if not present:
                continue
            button.show_picture(_picture(maps[index].arrays[0], SIDE, self.devicePixelRatioF()))
            words = self.tr("Fused") if index == 0 else self.tr("Stage {number}").format(number=index)
            label.setText(words)
            tip = self.tr("All stages together") if index == 0 else self.tr("What stage {number} alone sees")
            button.setAccessibleName(words)
            button.setToolTip(tip.format(number=index))

    def _add(self) -> None:
        index = len(self._buttons)
        button, label = Picture(SIDE), make.label(role="muted", align=make.CENTRE)
        column = make.column(3)
        column.addWidget(button)
        column.addWidget(label)
        self._grid.addLayout(column, index // ACROSS, index % ACROSS)
        self._group.addButton(button, index)
        self._buttons.append(button)
        self._labels.append(label)


def _picture(heat: U8, side: int, ratio: float) -> QPixmap:
    """A map of 256 indices as heat in `side` logical pixels, its middle square."""
    pixels = round(side * ratio)
    height, width = heat.shape
    short = min(height, width)
    top, left = (height - short) // 2, (width - short) // 2
    small = cv2.resize(heat[top : top + short, left : left + short], (pixels, pixels), interpolation=cv2.INTER_AREA)
    rgb = np.ascontiguousarray(np.array(heat_colours(), np.uint8)[small])
    image = QImage(rgb.data, pixels, pixels, rgb.strides[0], QImage.Format.Format_RGB888).copy()
    pixmap = QPixmap.fromImage(image)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
