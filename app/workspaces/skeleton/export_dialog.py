"""Asks which skeleton to export and where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QCheckBox, QWidget

from app.document.document import Document
from app.settings import Settings
from app.workspaces.save_dialog import SaveDialog, choose, value_of
from app.workspaces.skeleton.drawing import Drawing
from engine.skeleton.export import ENDINGS


@dataclass(frozen=True)
class SkeletonExport:
    """What to write where.

    Args:
        path: The file; its ending is the format.
        which: "predicted" or "medial".
        circles: Draw the circles that are shown (SVG, PNG).
        photo: Put the photo beneath (SVG, PNG).
        overwrite: An existing file may be replaced.
        overwrite_source: Even the photo itself.
    """

    path: Path
    which: str
    circles: bool
    photo: bool
    overwrite: bool = False
    overwrite_source: bool = False


class SkeletonExportDialog(SaveDialog):
    """`export` holds the answer once the dialog is accepted."""

    def __init__(
        self, document: Document, drawing: Drawing, settings: Settings, look: QPixmap, parent: QWidget
    ) -> None:
        super().__init__(self.tr("Export skeleton"), self.tr("Export"), tuple(ENDINGS), document, settings, parent)
        self._drawing = drawing
        self.export: SkeletonExport | None = None
        names = {"predicted": self.tr("Predicted"), "medial": self.tr("Medial axis")}
        there = {name: names[name] for name, graph in drawing.graphs.items() if not graph.empty}
        self._which, which = self.choice(there)
        self._form, form = self.choice({"json": "JSON", "svg": "SVG", "png": "PNG", "csv": "CSV"})
        self._circles, self._photo = QCheckBox(self.tr("The circles that are shown")), QCheckBox(self.tr("The photo"))
        self._circles.setChecked(bool(drawing.shown))
        self._photo.setChecked(True)
        self._circles.toggled.connect(self.refresh)
        self._photo.toggled.connect(self.refresh)
        rows = [(self.tr("Skeleton"), which)] if len(there) > 1 else []
        self.lay_out(look, [*rows, (self.tr("Format"), form), (self.tr("With"), self._circles), ("", self._photo)])
        choose(self._which, next(iter(there)))
        choose(self._form, settings.skeleton_format)

    def choose(self, *, form: str | None = None, which: str | None = None, circles: bool | None = None) -> None:
        """Set options as if they had been clicked."""
        if form is not None:
            choose(self._form, form)
        if which is not None:
            choose(self._which, which)
        if circles is not None:
            self._circles.setChecked(circles)

    def accept(self) -> None:
        self.settings.skeleton_format = value_of(self._form)
        self.export = SkeletonExport(
            self.path,
            value_of(self._which),
            self._circles.isChecked() and self._circles.isEnabled(),
            self._photo.isChecked() and self._photo.isEnabled(),
            overwrite=self.allowed,
            overwrite_source=self.allowed and self.is_source,
        )
        super().accept()

    def ending(self) -> str:
        return f".{value_of(self._form) or 'json'}"

    def suggested(self) -> str:
        return f"{Path(self.document.name).stem} skeleton{self.ending()}"

    def follow_name(self, ending: str) -> None:
        if ending in ENDINGS:
            choose(self._form, ending[1:])

    def refresh(self) -> None:
        drawn = self.ending() in (".svg", ".png")
        self._circles.setEnabled(drawn and bool(self._drawing.shown))
        self._photo.setEnabled(drawn)
        super().refresh()

    def facts(self) -> str:
        graph = self._drawing.graphs[value_of(self._which) or next(iter(self._drawing.graphs))]
        words = {
            ".json": self.tr("{points} points with radius and confidence, and how they are joined"),
            ".csv": self.tr("A row for each of {points} points: place, radius, confidence, branch"),
            ".svg": self.tr("Paths in the pixels of the photo, {width} × {height}"),
            ".png": self.tr("{width} × {height} pixels"),
        }[self.ending()]
        width, height = graph.size
        return words.format(points=len(graph.points), width=width, height=height)
