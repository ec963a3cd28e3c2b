"""`make run`: DeepSkel on a real photo. With a display a person takes over; without one the real window is driven.

    python -m app.demo            opens the window, or drives it under a virtual screen where there is no display
    python -m app.demo --drive    drives it on whatever screen there is

Driving means real mouse and key events: open, click, second click, export, skeleton, another threshold, pose, a bone
turned. It leaves the cut-out, pictures of the window and the timings in out/, and fails when any of that did
not work.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.window import MainWindow

ROOT = Path(__file__).resolve().parents[1]
CLICKS = ((215.0, 120.0), (230.0, 330.0))
"""On the astronaut's face and on her suit, in source pixels."""
BLOCKED_MS = 50
"""The window should never be blocked for longer than this."""
PATIENCE_S = 120


def main() -> int:
    """The exit code is 0 when everything worked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drive", action="store_true", help="drive the window and leave the results in OUT")
    parser.add_argument("--out", type=Path, default=ROOT / "out", metavar="OUT", help="folder (default: %(default)s)")
    arguments = parser.parse_args()
    out: Path = arguments.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    if arguments.drive:
        return drive(out)
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        print("There is no display: driving the window under a virtual screen instead.", flush=True)
        screen = str(ROOT / "scripts" / "with-screen")
        command = [screen, sys.executable, "-m", "app.demo", "--drive", "--out", str(out)]
        os.execve(screen, command, os.environ | {"QT_QPA_PLATFORM": "xcb"})
    from app.__main__ import main as deepskel

    return deepskel([str(sample_photo(out))])


def sample_photo(folder: Path) -> Path:
    """A photo that comes with scikit-image, as a file in `folder`: exports are offered beside it."""
    from PIL import Image
    from skimage.data import astronaut

    path = folder / "astronaut.png"
    if not path.exists():
        Image.fromarray(astronaut()).save(path)
    return path


def drive(out: Path) -> int:
    """Run the real window, drive it, and write what came of it into `out`."""
    from app import startup

    startup.start()
    startup.prepare_window()
    from PySide6.QtCore import QSettings

    from app.run import run_window
    from app.settings import Settings

    driver = Driver(sample_photo(out), out)
    with tempfile.TemporaryDirectory() as folder:  # settings of its own: nothing of the person's is read or changed
        store = QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat)
        code = run_window([driver.photo], settings=Settings(store), on_ready=driver.run)
    if driver.problem:
        print(f"The window could not be driven: {driver.problem}", file=sys.stderr)
        return code or 1
    print(driver.report())
    return code


class Driver:
    """Does what a person would do, and times it.

    Args:
        photo: The photo that the window opens.
        out: Where the results go.
    """

    def __init__(self, photo: Path, out: Path) -> None:
        self.photo = photo
        self.cutout, self.screenshot, self.timings = out / "cut-out.png", out / "window.png", out / "timings.json"
        self.skeleton, self.pose = out / "skeleton.png", out / "pose.png"
        self.problem = ""
        self.figures: dict[str, Any] = {}
        for old in (self.cutout, self.screenshot, self.skeleton, self.pose, self.timings):
            old.unlink(missing_ok=True)

    def run(self, window: MainWindow) -> None:
        """Everything, then close the window."""
        try:
            self._run(window)
        except Exception as error:
            self.problem = str(error) or type(error).__name__
        finally:
            window.close()

    def report(self) -> str:
        """What a person wants to read at the end."""
        steps, worst = self.figures["steps"], self.figures["longest_block_ms"]
        lines = [f"  {name:14}{step['ms']:8.0f} ms" for name, step in steps.items()]
        verdict = "within" if self.figures["within_limit"] else "OVER"
        lines.append(f"  The window was blocked for {worst:.0f} ms at most, {verdict} the limit of {BLOCKED_MS} ms.")
        lines += [f"  {path}" for path in (self.cutout, self.screenshot, self.skeleton, self.pose, self.timings)]
        return "\n".join(
            ["DeepSkel opened a photo, was clicked twice, exported the object, found its skeleton and a pose:", *lines]
        )

    def _run(self, window: MainWindow) -> None:
        from PySide6.QtCore import QEventLoop, QPointF, Qt, QTimer
        from PySide6.QtTest import QTest

        pulse, workspace = Pulse(window), window.workbench
        left = Qt.MouseButton.LeftButton

        def wait(milliseconds: int) -> None:
            # Not QTest.qWait: it keeps Python's lock, and the inference thread would get it a thousand times too late.
            loop = QEventLoop()
            QTimer.singleShot(milliseconds, loop.quit)
            loop.exec()

        def step(name: str, act: Callable[[], object], done: Callable[[], object]) -> None:
            pulse.reset()
            begin = time.perf_counter()
            act()
            while not done():
                if window.banner.kind == "error" and window.banner.text:
                    raise RuntimeError(window.banner.text)
                if time.perf_counter() - begin > PATIENCE_S:
                    raise TimeoutError(f"“{name}” did not end within {PATIENCE_S} s")
                wait(5)
            took = (time.perf_counter() - begin) * 1000
            wait(50)  # what follows an answer (drawing) belongs to its step
            steps[name] = {"ms": round(took, 1), "longest_block_ms": round(pulse.longest, 1)}

        def click(x: float, y: float) -> None:
            place = workspace.canvas.mapFromScene(QPointF(x, y))
            QTest.mouseMove(workspace.canvas.viewport(), place)
            QTest.mouseClick(workspace.canvas.viewport(), left, Qt.KeyboardModifier.NoModifier, place)

        def answer() -> Any:
            return workspace.document.crop.answer if workspace.document else None

        def threshold() -> float:
            return workspace.skeleton.drawing.order.threshold if workspace.skeleton.drawing else -1.0

        steps: dict[str, dict[str, float]] = {}
        step("open", lambda: None, lambda: workspace.document is not None)
        step("first click", lambda: click(*CLICKS[0]), answer)
        first = answer()
        step("second click", lambda: click(*CLICKS[1]), lambda: answer() not in (None, first))
        prediction = answer().prediction
        window.grab().save(str(self.screenshot))
        step("export", lambda: self._export(window), self.cutout.exists)
        self._check(prediction)
        skeleton = workspace.skeleton
        step("skeleton", lambda: self._press(window, workspace.common.workspaces["skeleton"]), lambda: skeleton.drawing)
        step("threshold", lambda: self._lower(window), lambda: threshold() == skeleton.threshold)
        drawn = sum(len(graph.points) for graph in skeleton.drawing.graphs.values()) if skeleton.drawing else 0
        window.grab().save(str(self.skeleton))
        pose = workspace.pose
        step("pose", lambda: self._press(window, workspace.common.workspaces["pose"]), lambda: self._posed(window))
        if pose.person and pose.person.state.pose is not None:  # nobody may be found
            step("turn", lambda: self._turn(window), lambda: pose.person and pose.person.changed)
        window.grab().save(str(self.pose))
        longest = max(each["longest_block_ms"] for each in steps.values())
        self.figures = {
            "photo": self.photo.name,
            "size": [prediction.width, prediction.height],
            "clicks": CLICKS,
            "steps": steps,
            "longest_block_ms": longest,
            "limit_ms": BLOCKED_MS,
            "within_limit": longest <= BLOCKED_MS,
            "score": prediction.score,
            "object_pixels": int(prediction.mask().sum()),
            "prediction_seconds": prediction.seconds,
            "skeleton_points": drawn,
            "skeleton_seconds": skeleton.facts().seconds,
        }
        self.timings.write_text(json.dumps(self.figures, indent=2) + "\n", encoding="utf-8")

    def _export(self, window: MainWindow) -> None:
        """Through the button and the dialog, typing the file's name."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication, QLineEdit

        left = Qt.MouseButton.LeftButton
        QTest.mouseClick(_primary(window.workbench.active.panel), left)
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            raise RuntimeError("the export dialog did not open")
        (name,) = dialog.findChildren(QLineEdit)
        name.selectAll()
        QTest.keyClicks(name, str(self.cutout))
        QTest.mouseClick(_primary(dialog), left)

    def _press(self, window: MainWindow, action: Any) -> None:
        """The button of an action."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QToolButton

        (button,) = (b for b in window.findChildren(QToolButton) if b.defaultAction() is action and b.isVisible())
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def _lower(self, window: MainWindow) -> None:
        """The threshold by five per cent, with the keyboard."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        for _ in range(5):
            QTest.keyClick(window.workbench.skeleton.panel.threshold.slider, Qt.Key.Key_Left)

    def _posed(self, window: MainWindow) -> bool:
        """Whether the person has a pose and all hypotheses are there, or it is told that there is nobody."""
        pose = window.workbench.pose
        read = any(candidate.source == "predicted" for candidate in pose.hypotheses.candidates)
        return bool(pose.hypotheses.problem) or (read and bool(pose.person and pose.person.state.pose is not None))

    def _turn(self, window: MainWindow) -> None:
        """The right forearm, with the keyboard."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        window.activateWindow()  # without a window manager nobody else does it, and keys go to the active window
        QTest.qWaitForWindowActive(window, 2000)
        for key in (Qt.Key.Key_Q, Qt.Key.Key_Up):
            QTest.keyClick(window.workbench.canvas, key)

    def _check(self, prediction: Any) -> None:
        """What lies on the disk is the answer that was on the screen."""
        import numpy as np

        from engine.imaging.load import load

        alpha, shown = load(self.cutout).alpha, prediction.probability()
        if alpha is None or not np.array_equal(np.sort(alpha[alpha > 0]), np.sort(shown[shown > 0])):
            raise RuntimeError("the exported file does not hold the object that was shown")


class Pulse:
    """A 10 ms timer in the window's thread: the longest gap between two beats is how long the window was blocked."""

    def __init__(self, window: MainWindow) -> None:
        from PySide6.QtCore import Qt, QTimer

        self._timer = QTimer(window, timerType=Qt.TimerType.PreciseTimer, interval=10)
        self._timer.timeout.connect(self._beat)
        self.reset()
        self._timer.start()

    def reset(self) -> None:
        """Begin again."""
        self.longest, self._last = 0.0, time.perf_counter()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, (now - self._last) * 1000), now


def _primary(parent: Any) -> Any:
    """The one button that a panel or dialog recommends."""
    from PySide6.QtWidgets import QPushButton

    return next(button for button in parent.findChildren(QPushButton) if button.property("primary"))


if __name__ == "__main__":
    sys.exit(main())
