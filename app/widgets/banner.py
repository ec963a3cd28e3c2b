"""A message over the work that does not stop it: an error with what to do, a warning, or a success."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QToolButton, QWidget

from app.icons import icon
from app.theme import KINDS
from app.widgets import make

STAY_MS = 8000
"""Good news goes by itself; errors and warnings stay until they are dismissed."""


class Banner(QFrame):
    """Hidden until something is said; a new message takes the place of the old one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._sign = QLabel()
        self._message = make.label(role="bannerMessage", wrap=True)
        self._hint = make.label(wrap=True)
        for label in (self._message, self._hint):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._button = QPushButton()
        self._button.clicked.connect(self._act)
        self._action: Callable[[], object] | None = None
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setToolTip(self.tr("Dismiss"))
        close.setAccessibleName(self.tr("Dismiss message"))
        close.clicked.connect(self.dismiss)
        words = make.column(2)
        words.addWidget(self._message)
        words.addWidget(self._hint)
        row = make.row(12, (14, 10, 8, 10), self)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self._button)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(STAY_MS)
        self._timer.timeout.connect(self.dismiss)
        self.hide()

    def error(self, message: str, hint: str = "") -> None:
        self._say("error", message, hint)

    def warning(self, message: str, hint: str = "") -> None:
        self._say("warning", message, hint)

    def info(self, message: str, hint: str = "") -> None:
        self._say("info", message, hint)

    def done(self, message: str, hint: str = "", button: str = "", action: Callable[[], object] | None = None) -> None:
        self._say("done", message, hint, button, action)

    def dismiss(self) -> None:
        self._timer.stop()
        self.hide()

    @property
    def text(self) -> str:
        """What is said at the moment; empty when hidden."""
        return "" if self.isHidden() else f"{self._message.text()} {self._hint.text()}".strip()

    @property
    def kind(self) -> str:
        return str(self.property("kind") or "")

    def _say(
        self, kind: str, message: str, hint: str, button: str = "", action: Callable[[], object] | None = None
    ) -> None:
        make.restyle(self, "kind", kind)
        self._sign.setPixmap(icon(kind, colour=QColor(KINDS[kind])).pixmap(QSize(22, 22), self.devicePixelRatioF()))
        self._message.setText(message)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._button.setText(button)
        self._button.setVisible(bool(button))
        self._action = action
        self.setAccessibleName(f"{message} {hint}")
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        self._timer.start() if kind in ("done", "info") else self._timer.stop()

    def _act(self) -> None:
        if self._action:
            self._action()
