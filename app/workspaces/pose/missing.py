"""Photos that were not found, and another folder to look for them in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QListView, QWidget

from app.widgets import make


class MissingDialog(QDialog):
    """Accepted to go on, with or without them.

    Args:
        missing: Names of photos.
        people: How many people the set has.
    """

    folder_chosen = Signal(Path)

    def __init__(self, missing: Sequence[str], people: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Missing photos"))
        self._people = people
        self._title = make.label(role="title")
        self._words = make.label(
            self.tr("They are looked for by name in the folders that you choose. Without them, people are on grey."),
            "muted",
            wrap=True,
        )
        self._names = QStringListModel(self)
        view = QListView()
        view.setModel(self._names)
        view.setUniformItemSizes(True)
        view.setAccessibleName(self.tr("Photos that were not found"))
        view.setMinimumSize(460, 240)
        choose = make.button(self.tr("Look in folder…"), "folder")
        choose.clicked.connect(self._choose)
        self._go_on = make.button(self.tr("Go on without"), primary=True)
        self._go_on.setDefault(True)
        self._go_on.clicked.connect(self.accept)
        feet = make.row()
        feet.addWidget(choose)
        feet.addStretch(1)
        feet.addWidget(self._go_on)
        column = make.column(12, (24, 22, 24, 20), self)
        for widget in (self._title, self._words, view):
            column.addWidget(widget)
        column.addLayout(feet)
        self.show_missing(missing)

    def show_missing(self, missing: Sequence[str]) -> None:
        """List what is still missing."""
        self._names.setStringList(list(missing))
        found = not missing
        self._title.setText(
            self.tr("Every photo is found")
            if found
            else self.tr("{n} photos were not found").format(n=f"{len(missing):,}")
        )
        self._words.setVisible(not found)
        self._go_on.setText(self.tr("Go on") if found else self.tr("Go on without"))

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Folder with photos"))
        if folder:
            self.folder_chosen.emit(Path(folder))
