"""Starts the window: application, theme, window, and a clean end."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app import __version__
from app.icons import application_icon
from app.method import MethodFactory, PoseFactory, SkeletonFactory, shipped_method, shipped_pose, shipped_skeleton
from app.settings import Settings
from app.theme import Theme
from app.unhandled import Unhandled
from app.window import MainWindow

SWITCH_S = 0.001
"""How long the inference thread may keep Python from the window's thread; drawing one frame asks for it many times."""

log = logging.getLogger(__name__)


def run_window(
    paths: Sequence[str | Path] = (),
    *,
    factory: MethodFactory = shipped_method,
    skeleton_factory: SkeletonFactory = shipped_skeleton,
    pose_factory: PoseFactory = shipped_pose,
    settings: Settings | None = None,
    on_ready: Callable[[MainWindow], None] | None = None,
) -> int:
    """Show the window until it is closed and return the exit code. torch has to be imported before this module.

    Args:
        paths: Photos to open, or a set of people; the first is shown.
        factory, skeleton_factory, pose_factory: Load the methods for a device.
        settings: What is remembered; None takes the user's own.
        on_ready: Called with the window once it is on screen (to drive it in a demonstration).
    """
    sys.setswitchinterval(SWITCH_S)
    # Now, and not when the Pose workspace is first shown; without it the 3D view is drawn by Qt.
    with suppress(Exception):
        import app.canvas3d.gl  # noqa: F401
    application = make_application()
    settings = settings or Settings()
    theme = Theme(application, settings)
    window = MainWindow(factory, settings, skeleton_factory, pose_factory)
    unhandled = Unhandled(window)
    unhandled.told.connect(window.banner.error)
    unhandled.install()
    window.workbench.pose.space.warm_up()  # while nobody sees the window yet
    window.show()
    window.open([Path(path) for path in paths])
    if on_ready:
        QTimer.singleShot(0, lambda: on_ready(window))
    code = application.exec()
    window.finish()  # the system may have ended the loop without closing the window
    unhandled.remove()
    del theme
    if not window.joined:
        # A computation did not stop in time. Qt would abort over its running thread; everything is saved, so just go.
        log.warning("leaving while a computation is running")
        logging.shutdown()
        sys.stdout.flush()
        os._exit(code)
    return code


def make_application() -> QApplication:
    """The one QApplication, with the names that settings and window managers go by."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("DeepSkel")
    application.setApplicationDisplayName("")
    application.setOrganizationName("DeepSkel")
    application.setDesktopFileName("deepskel")
    application.setWindowIcon(application_icon())
    application.setApplicationVersion(__version__)
    return application
