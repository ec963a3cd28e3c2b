"""Makes the pictures of docs/pose-tour.md: the real window, driven over two photos that come with scikit-image.

    scripts/with-screen .venv/bin/python scripts/pose_tour.py

Joints of the two people were marked by hand for this tour.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
OUT = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1440, 900
QUALITY = 82

CAMERAMAN = [
    None, (52, 505, 0), (28, 350, 0), (78, 362, 0), (128, 500, 0), None, (52, 356, 0), (135, 185, 0), (182, 182, 1),
    (210, 68, 1), (188, 228, 1), (70, 315, 1), (92, 185, 1), (180, 200, 0), (245, 308, 1), (290, 252, 1),
]  # fmt: skip
ASTRONAUT = [
    None, None, (160, 505, 0), (290, 505, 0), None, None, (225, 505, 0), (222, 205, 1), (225, 165, 1), (225, 12, 1),
    (165, 470, 1), (40, 400, 1), (110, 215, 1), (330, 200, 1), (395, 330, 1), (330, 470, 0),
]  # fmt: skip
"""x, y and whether it is visible, in MPII's order; None is not in the photo."""


def write_set(folder: Path) -> Path:
    """The two photos, and their people as pytorch-pose has them."""
    import skimage.data
    from PIL import Image

    people = []
    for name, picture, joints in (
        ("cameraman.png", skimage.data.camera(), CAMERAMAN),
        ("astronaut.png", skimage.data.astronaut(), ASTRONAUT),
    ):
        Image.fromarray(picture).convert("RGB").save(folder / name)
        rows = [list(joint) if joint else [0, 0, 0] for joint in joints]
        person = {"img_paths": name, "joint_self": rows, "objpos": [200, 260], "scale_provided": 2.4}
        people.append(person | {"isValidation": 0.0, "img_width": 512, "img_height": 512})
    path = folder / "people.json"
    path.write_text(json.dumps(people), encoding="utf-8")
    return path


def main() -> int:
    """Drive, and write the pictures."""
    from app import startup

    startup.start()
    startup.prepare_window()
    from PySide6.QtCore import QSettings

    from app.run import run_window
    from app.settings import Settings

    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))
        settings.workspace, settings.theme = "pose", "dark"
        return run_window(settings=settings, on_ready=lambda window: Tour(window, folder).go())


class Tour:
    """One annotator, one set, five pictures."""

    def __init__(self, window, folder: Path) -> None:  # noqa: ANN001 - Qt is not imported yet
        self.window, self.folder, self.pose = window, folder, window.workbench.pose

    def go(self) -> None:
        """Work, then close the window."""
        from PySide6.QtCore import Qt

        from app.workspaces.pose.set_files import read_set

        window, pose, key = self.window, self.pose, Qt.Key
        window.resize(WIDTH, HEIGHT)
        window.activateWindow()
        read = read_set(write_set(self.folder), _Task())
        window.sets.begin(read.project, self.folder / "people poses.json")
        self.until(lambda: any(c.source == "predicted" for c in pose.hypotheses.candidates))
        window.banner.dismiss()
        self.picture("pose-set")
        self.press(key.Key_Q)
        self.press(key.Key_F4, wait=900)
        self.picture("pose-side")
        self.press(key.Key_D)
        self.press(key.Key_F2, wait=900)
        for _ in range(3):
            self.press(key.Key_Down)
        self.picture("pose-fixed")
        self.press(key.Key_Return, wait=2500)
        window.settings.theme = "light"
        self.press(key.Key_2, wait=600)
        self.picture("pose-next")
        pose.show_statistics()
        self.wait(2500)
        self.picture("pose-statistics", pose.statistics)
        pose.statistics.close()
        window.close()

    def press(self, key, wait: int = 250) -> None:  # noqa: ANN001 - a Qt.Key
        """A key over the photo."""
        from PySide6.QtTest import QTest

        QTest.keyClick(self.window.workbench.canvas, key)
        self.wait(wait)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something, and a little longer for it to be drawn."""
        while not condition():
            self.wait(50)
        self.wait(800)

    def wait(self, milliseconds: int) -> None:
        """Let the window live."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def picture(self, name: str, widget=None) -> None:  # noqa: ANN001 - a QWidget
        """The window, or another widget, as a file of the documentation."""
        from PIL import Image
        from PySide6.QtCore import QBuffer

        buffer = QBuffer()
        buffer.open(QBuffer.OpenModeFlag.WriteOnly)
        (widget or self.window).grab().save(buffer, "PNG")
        with Image.open(io.BytesIO(bytes(buffer.data()))) as image:
            image.convert("RGB").save(OUT / f"{name}.webp", quality=QUALITY, method=6)


class _Task:
    def check(self) -> None: ...

    def progress(self, fraction: float) -> None: ...


if __name__ == "__main__":
    sys.exit(main())
