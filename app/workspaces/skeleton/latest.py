"""Orders that come faster than they can be filled: one is worked on, and only the latest waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.worker import Task, Worker


class Latest(QObject):
    """Unlike a bare lane, work that has begun is finished and shown: while a slider moves, something is seen.

    Args:
        worker: Where the work is done.
        lane: Its lane, for nobody else.
    """

    done = Signal(object)
    """What a job returned."""

    def __init__(self, worker: Worker, lane: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker, self._lane = worker, lane
        self._busy = False
        self._next: Callable[[], Any] | None = None

    @property
    def idle(self) -> bool:
        return not self._busy

    def ask(self, job: Callable[[], Any]) -> None:
        """Run `job` in the worker's thread, after the one that is running and instead of the one that waits."""
        self._next = job
        if not self._busy:
            self._start()

    def forget(self) -> None:
        """Drop what runs and what waits."""
        self._next, self._busy = None, False
        self._worker.cancel(self._lane)

    def _start(self) -> None:
        job, self._next = self._next, None
        if job is None:
            return
        self._busy = True

        def run(task: Task) -> Any:
            task.check()
            return job()

        self._worker.submit(run, self._on_done, lane=self._lane, failed=self._on_failed)

    def _on_done(self, result: Any) -> None:
        self._busy = False
        self.done.emit(result)
        if not self._busy:
            self._start()

    def _on_failed(self, error: Exception) -> bool:
        self._busy = False
        self._start()
        return False
