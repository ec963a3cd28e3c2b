"""OpenGL where it works, else the painter, and then in words why."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication

from app.canvas3d.frame import NoGraphicsError, Renderer
from app.canvas3d.painter import PainterRenderer

log = logging.getLogger(__name__)

SWITCH = "DEEPSKEL_NO_OPENGL"
"""Environment variable that keeps the 3D view off OpenGL when it is set to anything but 0."""
BLIND = ("offscreen", "minimal")
"""Platforms of Qt on which OpenGL is not even asked for."""


def choose_renderer() -> tuple[Renderer, str]:
    """The best renderer that works here, and why it is not OpenGL ("" when it is)."""
    tr = QCoreApplication.translate
    if os.environ.get(SWITCH, "0") not in ("", "0"):
        return PainterRenderer(), tr("PoseCanvas", "OpenGL is switched off ({switch}).").format(switch=SWITCH)
    platform = QGuiApplication.platformName()
    if platform in BLIND:
        return PainterRenderer(), tr("PoseCanvas", "There is no screen for OpenGL (platform {name}).").format(
            name=platform
        )
    try:
        with _quiet():
            from app.canvas3d.gl import GlRenderer

            renderer = GlRenderer()
    except NoGraphicsError as problem:
        return PainterRenderer(), explain(problem)
    except Exception as problem:  # a library that cannot be loaded, in whatever way
        log.warning("OpenGL cannot be used", exc_info=problem)
        return PainterRenderer(), explain(problem)
    log.info("the 3D view is drawn by %s", renderer.driver)
    return renderer, ""


def explain(problem: Exception) -> str:
    """Why OpenGL is not used, for people."""
    return QCoreApplication.translate("PoseCanvas", "OpenGL cannot be used: {reason}.").format(reason=problem)


@contextmanager
def _quiet() -> Iterator[None]:
    """What Qt says while it looks for a driver goes to the log: that there is none is not the person's trouble."""

    def note(kind: QtMsgType, where: QMessageLogContext, message: str) -> None:
        log.info("Qt: %s", message)

    before = qInstallMessageHandler(note)
    try:
        yield
    finally:
        qInstallMessageHandler(before)
