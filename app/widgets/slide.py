"""A slider with its name and value."""

from __future__ import annotations

import time

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QLabel, QSlider, QWidget

from app.widgets import make

PAUSE_S = 0.7
"""Steps by key or wheel that follow one another faster belong to one gesture."""


class Slide(QWidget):
    """Per cent, or whatever the range is.

    Args:
        name: Shown in front of it.
        low, high: Range.
    """

    changed = Signal(int, object)
    """The value, and a token of the gesture that it is part of: equal for a whole drag."""

    def __init__(self, name: str, low: int = 0, high: int = 100, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(low, high)
        self.slider.setAccessibleName(name)
        self._value = make.label("", "muted", align=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._value.setMinimumWidth(44)
        self._name = QLabel(name)
        self._name.setMinimumWidth(62)
        self._gesture, self._last = object(), 0.0
        row = make.row(parent=self)
        row.addWidget(self._name)
        row.addWidget(self.slider, 1)
        row.addWidget(self._value)
        self.slider.sliderPressed.connect(self._begin)
        self.slider.valueChanged.connect(self._on_changed)

    def show_value(self, value: int) -> None:
        """Show a value that was chosen elsewhere."""
        if value != self.slider.value():
            with QSignalBlocker(self.slider):
                self.slider.setValue(value)
        self._value.setText(f"{value} %")

    def _begin(self) -> None:
        self._gesture = object()

    def _on_changed(self, value: int) -> None:
        now = time.monotonic()
        if not self.slider.isSliderDown() and now - self._last > PAUSE_S:
            self._begin()
        self._last = now
        self._value.setText(f"{value} %")
        self.changed.emit(value, self._gesture)
