"""A short way from one view to another, which anything may stop."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QStyle

from app.canvas3d.viewpoint import Viewpoint

DURATION = 180
"""Milliseconds."""


class Easing(QObject):
    """Hands over view after view until it is there.

    Args:
        show: Takes each view, the last one being the one that was asked for.
    """

    def __init__(self, show: Callable[[Viewpoint], None], parent: QObject) -> None:
        super().__init__(parent)
        self._show = show
        self._ends: tuple[Viewpoint, Viewpoint] | None = None
        self._animation = QVariantAnimation(self)
        self._animation.setDuration(DURATION)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._animation.valueChanged.connect(self._step)
        self.finished = self._animation.finished

    @property
    def running(self) -> bool:
        return self._animation.state() == QVariantAnimation.State.Running

    def go(self, start: Viewpoint, end: Viewpoint) -> None:
        self.stop()
        self._ends = start, end
        self._animation.start()

    def stop(self) -> None:
        """Stay where it is."""
        self._ends = None
        self._animation.stop()

    def _step(self, share: float) -> None:
        if self._ends is not None:
            start, end = self._ends
            self._show(start.between(end.resized(start.size), share))


def motion_is_welcome() -> bool:
    """Whether neither the system nor the style asks for less motion."""
    hints = QGuiApplication.styleHints()  # kept: what hangs on it goes with it
    accessibility = hints.accessibility()
    preference = getattr(accessibility, "motionPreference", None)  # since Qt 6.11
    if preference is not None and preference().name == "ReducedMotion":
        return False
    return QApplication.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0
