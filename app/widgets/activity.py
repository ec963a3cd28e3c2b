"""Progress of slow work: appears after half a second, with what is being done and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QWidget

from app.widgets import make
from app.worker import Request, Worker

DELAY_MS = 500


class Activity(QWidget):
    """Watches workers. Requests without a label pass unseen."""

    cancelled = Signal(object)
    """The Request that is to be stopped."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("activity")
        self._running: list[Request] = []
        self._label = QLabel()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        stop = QPushButton(self.tr("Cancel"))
        stop.setToolTip(self.tr("Stop (Esc)"))
        stop.clicked.connect(self.cancel)
        self._label.setMinimumWidth(230)
        words = make.column(7)
        words.addWidget(self._label)
        words.addWidget(self._bar)
        row = make.row(16, (18, 10, 10, 10), self)
        row.addLayout(words, 1)
        row.addWidget(stop)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(DELAY_MS)
        self._delay.timeout.connect(self.show)
        self.hide()

    def watch(self, worker: Worker) -> None:
        worker.begun.connect(self._on_begun)
        worker.moved.connect(self._on_moved)
        worker.ended.connect(self._on_ended)

    def cancel(self) -> bool:
        """Ask for the newest work to be stopped; True when there is any."""
        if self._running:
            self.cancelled.emit(self._running[-1])
        return bool(self._running)

    def _on_begun(self, request: Request) -> None:
        if request.label:
            self._running.append(request)
            self._show_newest()
            if self.isHidden():
                self._delay.start()

    def _on_moved(self, request: Request, fraction: float) -> None:
        if self._running and request is self._running[-1]:
            self._bar.setMaximum(1000)
            self._bar.setValue(round(1000 * fraction))

    def _on_ended(self, request: Request) -> None:
        if request in self._running:
            self._running.remove(request)
        if self._running:
            self._show_newest()
        else:
            self._delay.stop()
            self.hide()

    def _show_newest(self) -> None:
        self._label.setText(self._running[-1].label)
        self._bar.setAccessibleName(self._running[-1].label)
        self._bar.setMaximum(0)
