"""One thread for slow work, with a small vocabulary: submit a job, its answer arrives on the window's thread.

Requests are numbered and belong to a lane. A newer request of a lane makes the older ones stale: they are asked to
stop, and whatever they still answer is dropped.
"""

from __future__ import annotations

import itertools
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from engine.errors import Cancelled, DeepSkelError

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Request:
    """One piece of slow work.

    Args:
        number: Serial number within its worker.
        lane: Requests of one lane replace each other.
        label: What to tell the person while it runs; empty for work that is not worth telling.
        job: Runs in the worker's thread.
        then: Takes the job's result on the window's thread.
        failed: Takes the job's error on the window's thread; returning True means that it has been dealt with.
    """

    number: int
    lane: str
    label: str
    job: Callable[[Task], Any]
    then: Callable[[Any], None]
    failed: Callable[[Exception], bool] | None
    stop: threading.Event = field(default_factory=threading.Event)


class Task:
    """What a job sees of its request: may it go on, and how far is it."""

    def __init__(self, request: Request, report: Callable[[Request, float], None]) -> None:
        self._request, self._report = request, report

    def cancelled(self) -> bool:
        return self._request.stop.is_set()

    def check(self) -> None:
        """Raise Cancelled when nobody waits for the answer any more."""
        if self.cancelled():
            raise Cancelled

    def progress(self, fraction: float) -> None:
        self._report(self._request, fraction)


class _Thread(QThread):
    """Runs requests in order; each end is a signal, so that the window's thread hears of it."""

    begun = Signal(object)
    moved = Signal(object, float)
    ended = Signal(object, object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()

    def run(self) -> None:
        while (request := self.requests.get()) is not None:
            result, error = None, None
            if not request.stop.is_set():
                self.begun.emit(request)
                try:
                    result = request.job(Task(request, self.moved.emit))
                except Exception as problem:  # delivered to the window's thread, which decides
                    error = problem
            self.ended.emit(request, result, error)
            # The loop waits in get() with its locals alive: let go of the photo that they may hold.
            del request, result, error


class Worker(QObject):
    """The window's view of its thread. Every signal and callback arrives on the thread that made the Worker."""

    begun = Signal(object)
    """A Request that has started to run."""
    moved = Signal(object, float)
    """A Request and its progress in [0, 1]."""
    ended = Signal(object)
    """A Request that is over: answered, failed or stale."""
    failed = Signal(str, str)
    """Message and hint of an error that no request dealt with."""

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = itertools.count(1)
        self._open: list[Request] = []
        self._thread = _Thread(self)
        self._thread.setObjectName(name)
        self._thread.begun.connect(self._on_begun)
        self._thread.moved.connect(self._on_moved)
        self._thread.ended.connect(self._on_ended)
        self._thread.start()

    @property
    def idle(self) -> bool:
        return not self._open

    def submit(
        self,
        job: Callable[[Task], Any],
        then: Callable[[Any], None],
        *,
        lane: str,
        label: str = "",
        failed: Callable[[Exception], bool] | None = None,
    ) -> Request:
        """Run `job` after what is already waiting; older requests of the lane become stale."""
        self.cancel(lane)
        request = Request(next(self._numbers), lane, label, job, then, failed)
        self._open.append(request)
        self._thread.requests.put(request)
        return request

    def cancel(self, lane: str | None = None) -> bool:
        """Ask the requests of a lane (None: all) to stop and drop their answers; True when there were any."""
        stale = [r for r in self._open if lane in (None, r.lane) and not r.stop.is_set()]
        for request in stale:
            request.stop.set()
        return bool(stale)

    def stop(self, wait_ms: int = 2000) -> bool:
        """Cancel everything and join the thread; False when a job did not come back in time."""
        self.cancel()
        self._thread.requests.put(None)
        joined = self._thread.wait(wait_ms)
        if not joined:
            log.warning("thread %s did not end within %d ms", self._thread.objectName(), wait_ms)
        return joined

    @Slot(object)
    def _on_begun(self, request: Request) -> None:
        if not request.stop.is_set():
            self.begun.emit(request)

    @Slot(object, float)
    def _on_moved(self, request: Request, fraction: float) -> None:
        if not request.stop.is_set():
            self.moved.emit(request, fraction)

    @Slot(object, object, object)
    def _on_ended(self, request: Request, result: Any, error: Exception | None) -> None:
        self._open.remove(request)
        self.ended.emit(request)
        if request.stop.is_set() or isinstance(error, Cancelled):
            return
        if error is None:
            request.then(result)
        elif request.failed is None or not request.failed(error):
            self.failed.emit(*explain(error))


def explain(error: BaseException) -> tuple[str, str]:
    """(message, hint) of an error, in words for a person; unexpected ones go to the log in full."""
    if isinstance(error, DeepSkelError):
        return error.message, error.hint
    if isinstance(error, MemoryError):
        return "There is not enough memory for this.", "Close other programs, or use a smaller copy of the photo."
    log.error("unexpected error", exc_info=error)
    return f"Something unexpected went wrong ({type(error).__name__}: {error}).", "Try again; the log has the details."
