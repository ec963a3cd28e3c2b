"""Somebody at the keyboard, in a process of their own:  python annotator.py PROJECT (through | forever)

Flips the right arm of the open person in depth and tells on standard output what became of it. "through" does that once
for everybody, marks each as reviewed, and closes the window; "forever" goes on until the process is killed.
"""

import sys
import time
from pathlib import Path

from app import startup

startup.start()
startup.prepare_window()

from PySide6.QtCore import QSettings, Qt, QTimer  # noqa: E402 - torch comes first
from PySide6.QtTest import QTest  # noqa: E402

from app.run import run_window  # noqa: E402
from app.settings import Settings  # noqa: E402
from app.window import MainWindow  # noqa: E402

PAUSE_MS = 30


class Annotator:
    def __init__(self, window: MainWindow, forever: bool) -> None:
        self.window, self.pose, self.forever = window, window.workbench.pose, forever
        self.timer = QTimer(window)
        self.timer.timeout.connect(self.act)
        self.timer.start(PAUSE_MS)

    def act(self) -> None:
        pose = self.pose
        if not pose.in_set or pose.person is None or pose.person.state.pose is None:
            return
        if self.window.workbench.document is None:
            return
        self.key(Qt.Key.Key_Q)
        self.key(Qt.Key.Key_D)
        print("made", time.time(), pose.person.person, repr(float(pose.person.state.pose[10, 2])), flush=True)
        last = pose.set.current == len(pose.set) - 1
        if not self.forever:
            self.key(Qt.Key.Key_Return)
            if last:
                self.timer.stop()
                self.window.close()

    def key(self, key: Qt.Key) -> None:
        if key != Qt.Key.Key_Q or self.pose.editor.selected != 10:
            QTest.keyClick(self.window.workbench.canvas, key)


def main() -> int:
    project, mode = Path(sys.argv[1]), sys.argv[2]
    store = QSettings(str(project.with_suffix(".ini")), QSettings.Format.IniFormat)
    annotators = []
    return run_window(
        [project],
        settings=Settings(store),
        on_ready=lambda window: annotators.append(Annotator(window, mode == "forever")),
    )


if __name__ == "__main__":
    sys.exit(main())
