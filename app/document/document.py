"""The open photo with everything that is said and known about it; every workspace works on the same one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoStack

from app.canvas.pyramid import Pyramid
from app.document.crop import CropPart
from app.document.skeleton import Choices, SkeletonPart
from engine.imaging.photo import Photo


class Document(QObject):
    """A photo, one undo stack, and a part for each workspace.

    Args:
        photo: The pixels.
        picture: The same, drawn.
        name: What to call it in the title.
        path: Its file; None for a pasted or dropped image.
        choices: How its skeleton is looked at to begin with.
    """

    def __init__(
        self,
        photo: Photo,
        picture: Pyramid,
        name: str,
        path: Path | None,
        choices: Choices | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.photo, self.picture, self.name, self.path = photo, picture, name, path
        self.undo_stack = QUndoStack(self)
        self.crop = CropPart(photo.size, self.undo_stack, self)
        self.skeleton = SkeletonPart(self.undo_stack, choices or Choices(), self)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.photo.size
