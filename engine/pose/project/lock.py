"""One program at a time writes a project: a small file beside it names the process.

What a process that is no longer there has left behind is taken over.
"""

from __future__ import annotations

import os
from pathlib import Path

from filelock import SoftFileLock, Timeout

from engine.errors import OutputError
from engine.imaging.save import told_plainly


class ProjectLock:
    """The lock of a project's file; that of `set.json` is `set.json.lock`.

    Args:
        project: The project's file.
    """

    def __init__(self, project: Path) -> None:
        self.path = project.with_name(f"{project.name}.lock")
        self._project = project.name
        self._lock = SoftFileLock(self.path, timeout=0, thread_local=False)

    @property
    def held(self) -> bool:
        """Whether it is ours."""
        return self._lock.is_locked

    def acquire(self) -> None:
        """Take it; nothing happens when it is ours already.

        Raises:
            OutputError: Somebody else holds it (the message says who), or the folder cannot be written to.
        """
        if self.held:
            return
        with told_plainly(self.path):
            self.path.parent.stat()  # else the folder would be made
            try:
                self._lock.acquire()
            except Timeout:
                pass
            else:
                return
        raise OutputError(
            f"“{self._project}” is being worked on already, by {self._holder()}.",
            f"Close it there. If nobody works on it, delete “{self.path.name}”.",
        )

    def release(self) -> None:
        """Give it back; nothing happens when it is not ours."""
        if self.held:
            self._lock.release()

    def _holder(self) -> str:
        pid = self._lock.pid
        if pid is None:
            return "a program that does not say which"
        if pid == os.getpid():
            return "this very program"
        try:
            host = self.path.read_text(encoding="utf-8", errors="replace").split("\n")[1].split("?pidns-")[0]
        except (OSError, IndexError):
            host = "a computer that is not known"
        return f"process {pid} on {host}"
