"""OpenGL or the painter."""

from __future__ import annotations

from app.canvas3d.frame import Renderer
from app.canvas3d.painter import PainterRenderer


def choose_renderer() -> tuple[Renderer, str]:
    """The best renderer that works here, and why it is not OpenGL ("" when it is)."""
    return PainterRenderer(), "drawn without OpenGL"
