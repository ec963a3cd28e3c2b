"""The status bar: what to do next, and the plain facts of the moment."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QStatusBar, QToolButton, QWidget

from app.icons import icon
from app.method import PoseReady, Ready, SkeletonReady
from app.widgets import make
from app.workspaces.workspace import Facts


class Status(QStatusBar):
    """Hint on the left; on the right place, time, a fact about the answer, zoom and device."""

    def __init__(self, device_menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._hint = make.label(role="hint")
        self._hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # facts keep their place
        self.addWidget(self._hint, 1)
        self._place = self._add(self.tr("Place under the mouse, in pixels of the photo"))
        self._time = self._add(self.tr("Time of the last answer"))
        self._fact = self._add(self.tr("About the last answer"))
        self._zoom = self._add(self.tr("Zoom"))
        self._device = QToolButton()
        self._device.setIcon(icon("device"))
        self._device.setIconSize(QSize(16, 16))
        self._device.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._device.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._device.setMenu(device_menu)
        self._device.setText(self.tr("Loading…"))
        self.addPermanentWidget(self._device)

    def show_hint(self, words: str) -> None:
        """Say what can be done next."""
        self._hint.setText(words)
        self._hint.setToolTip(words)

    def show_facts(self, facts: Facts) -> None:
        milliseconds = 1000 * (facts.seconds or 0.0)
        text = f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"
        self._time.setText("" if facts.seconds is None else text)
        self._fact.setText(facts.words)

    def show_place(self, place: tuple[float, float] | None) -> None:
        self._place.setText(f"{int(place[0])}, {int(place[1])}" if place else "")

    def show_zoom(self, zoom: float | None) -> None:
        if zoom is None:
            self._zoom.clear()
        else:
            self._zoom.setText(f"{100 * zoom:.0f} %" if zoom >= 0.1 else f"{100 * zoom:.1f} %")

    def show_device(self, ready: Ready | SkeletonReady | PoseReady) -> None:
        self._device.setText(ready.device)
        self._device.setToolTip(ready.reason)
        self._device.setAccessibleName(self.tr("Computes on {device}").format(device=ready.device))

    def show_no_device(self, message: str) -> None:
        self._device.setText(self.tr("Not ready"))
        self._device.setToolTip(message)

    def _add(self, tip: str) -> QLabel:
        label = QLabel()
        label.setToolTip(tip)
        label.setAccessibleDescription(tip)
        self.addPermanentWidget(label)
        return label
