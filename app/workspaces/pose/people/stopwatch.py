"""Time that somebody spends on the open person."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

IDLE_S = 60.0
"""Without a key or the mouse for so long, nobody is there."""
TELL_MS = 5_000
"""Time is told this often while it runs."""

_ACTS = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TabletMove,
        QEvent.Type.TabletPress,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
    }
)


class Stopwatch(QObject):
    """Runs while a person is open, the window is active and somebody has done something in the last `IDLE_S` seconds.

    Args:
        clock: Seconds that only grow.
    """

    spent = Signal(float)
    """Seconds that have not been told before; they belong to the person who is open now."""

    def __init__(self, parent: QObject | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock = clock
        self._running = self._entered = False
        self._counted = self._acted = clock()
        self._untold = 0.0
        self._window: QWindow | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(TELL_MS)
        self._timer.timeout.connect(self._on_time)

    def run(self, running: bool) -> None:
        """The window is active, or it is not; to come back to it is to do something."""
        if running == self._running:
            return
        self._count()
        self._running = running
        application = QGuiApplication.instance()
        if running:
            application.focusWindowChanged.connect(self._watch)  # type: ignore[union-attr]
            self._watch(QGuiApplication.focusWindow())
            self.touch()
        else:
            application.focusWindowChanged.disconnect(self._watch)  # type: ignore[union-attr]
            self._watch(None)
            self._timer.stop()

    def enter(self) -> None:
        """A person is open from now on; that is doing something."""
        self.leave()
        self._entered = True
        self.touch()

    def leave(self) -> None:
        """Nobody is open any more; what was not told yet is told now."""
        self._count()
        self._entered = False
        self._timer.stop()
        self._tell()

    def finish(self) -> None:
        """No more counting."""
        self.leave()
        self.run(False)

    def touch(self) -> None:
        """Somebody has done something."""
        self._count()
        self._counted = self._acted = self._clock()
        if self._running and self._entered and not self._timer.isActive():
            self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() in _ACTS:
            self.touch()
        return False

    def _watch(self, window: QWindow | None) -> None:
        """Input reaches the window with the focus first: it tells all keys and moves, of dialogs too."""
        if self._window is not None:
            self._window.removeEventFilter(self)
            self._window.destroyed.disconnect(self._forget)
        self._window = window
        if window is not None:
            window.installEventFilter(self)
            window.destroyed.connect(self._forget)

    def _forget(self) -> None:
        self._window = None

    def _count(self) -> None:
        """Count up to now, or to when somebody was last there."""
        until = min(self._clock(), self._acted + IDLE_S)
        if self._running and self._entered and until > self._counted:
            self._untold += until - self._counted
        self._counted = max(until, self._counted)

    def _on_time(self) -> None:
        self._count()
        self._tell()
        if self._clock() >= self._acted + IDLE_S:
            self._timer.stop()  # until somebody is there again

    def _tell(self) -> None:
        told, self._untold = self._untold, 0.0
        if told > 0:
            self.spent.emit(told)
