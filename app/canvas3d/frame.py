"""All that a picture of the pose is made of: two frames that are equal draw the same picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtGui import QColor, QImage, QPalette

from app.canvas.sides import SideColours, colours_on
from app.canvas3d.body import Floor
from app.canvas3d.scene import Scene
from app.canvas3d.viewpoint import Viewpoint


@dataclass(frozen=True)
class Colours:
    """What the 3D view is drawn with.

    Args:
        ground: Behind everything.
        lines: Of the floor.
        shadow: Of the person on the floor.
        text: Of labels.
        muted: Of what is less than text.
        accent: Of what is selected.
        sides: Of the body.
        ghosts: How much of a candidate's colour shows, in [0, 1].
        depth: How much of the shadow shows, in [0, 1].
    """

    ground: QColor
    lines: QColor
    shadow: QColor
    text: QColor
    muted: QColor
    accent: QColor
    sides: SideColours
    ghosts: float
    depth: float


def colours_of(palette: QPalette) -> Colours:
    """Light or dark, as the palette is."""
    role = QPalette.ColorRole
    window = palette.color(role.Window)
    dark = window.lightnessF() < 0.5
    return Colours(
        ground=window.lighter(118) if dark else window.darker(104),
        lines=QColor("#8b93a3") if dark else QColor("#7c8492"),
        shadow=QColor("#000000") if dark else QColor("#39414f"),
        text=palette.color(role.WindowText),
        muted=palette.color(role.PlaceholderText),
        accent=palette.color(role.Accent),
        sides=colours_on(palette),
        ghosts=0.36 if dark else 0.38,
        depth=0.6 if dark else 0.32,
    )


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture.

    Args:
        scene: What is there.
        view: From where.
        colours: In which colours.
        ratio: Device pixels a logical one.
        floor: Beneath the pose; None without one.
        draft: Something is moving: what is `slow` may draw rougher edges.
    """

    scene: Scene
    view: Viewpoint
    colours: Colours
    ratio: float
    floor: Floor | None
    draft: bool = False


class NoGraphicsError(Exception):
    """OpenGL cannot draw here; the message says why, for people."""


class Renderer(Protocol):
    """Draws frames. What stands over the picture (marks, rings, labels) is not its business."""

    slow: bool
    """Whether pictures take so long that drafts are worth it."""

    def render(self, frame: Frame) -> QImage:
        """An opaque picture of the frame, in device pixels, with its ratio set.

        Raises:
            NoGraphicsError: It cannot, and never will again.
        """
        ...

    def close(self) -> None:
        """Give everything back."""
        ...
