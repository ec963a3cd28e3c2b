"""The last net: an exception that nobody caught is logged and told, and the window goes on."""

from __future__ import annotations

import sys
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from app.worker import explain


class Unhandled(QObject):
    """Takes the place of sys.excepthook from `install` to `remove`; may be called from any thread."""

    told = Signal(str, str)
    """Message and hint."""

    def install(self) -> None:
        self._before = sys.excepthook
        sys.excepthook = self._hook

    def remove(self) -> None:
        sys.excepthook = self._before

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before(kind, error, trace)
            return
        self.told.emit(*explain(error))
