"""Asks whose poses to export, in which form and where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from app.document.document import Document
from app.settings import Settings
from app.widgets.choice import Choice
from app.workspaces.save_dialog import SaveDialog, choose, value_of
from engine.pose.project.exports.registry import EXPORTS
from engine.pose.project.person import Person


@dataclass(frozen=True)
class PoseExport:
    """What to write where.

    Args:
        path: The file.
        kind: A name of EXPORTS.
        people: Who.
        overwrite: An existing file may be replaced.
    """

    path: Path
    kind: str
    people: list[Person]
    overwrite: bool = False


class PoseExportDialog(SaveDialog):
    """`export` holds the answer once the dialog is accepted.

    Args:
        people: Everybody, by who is meant: “person”, “reviewed”, “all”.
        set_name: What the open set is called; “” when there is none.
    """

    def __init__(
        self,
        document: Document,
        people: dict[str, list[Person]],
        settings: Settings,
        look: QPixmap,
        parent: QWidget,
        set_name: str = "",
    ) -> None:
        endings = tuple(dict.fromkeys(export.ending for export in EXPORTS.values()))
        super().__init__(self.tr("Export poses"), self.tr("Export"), endings, document, settings, parent)
        self.export: PoseExport | None = None
        self._people, self._set_name = people, set_name
        names = {"person": self.tr("This person"), "reviewed": self.tr("Reviewed"), "all": self.tr("Everybody")}
        shown = {
            which: names[which] if which == "person" else f"{names[which]} ({len(some):,})"
            for which, some in people.items()
            if some
        }
        self._who, who = self.choice(shown)
        self._kind = Choice()
        self._kind.setAccessibleName(self.tr("Format"))
        for name, each in EXPORTS.items():
            self._kind.addItem(each.title, name)
        self._kind.activated.connect(self.follow_options)
        rows = [(self.tr("Who"), who)] if len(shown) > 1 else []
        self.lay_out(look, [*rows, (self.tr("Format"), self._kind)])
        self._kind.setCurrentIndex(max(0, self._kind.findData(settings.pose_export_format)))
        choose(self._who, "all" if "all" in shown else next(iter(shown)))
        self.follow_options()

    @property
    def kind(self) -> str:
        """Name of the format."""
        return str(self._kind.currentData())

    def choose(self, *, kind: str | None = None, who: str | None = None) -> None:
        """Set options as if they had been clicked."""
        if kind is not None:
            self._kind.setCurrentIndex(self._kind.findData(kind))
            self.follow_options()
        if who is not None:
            choose(self._who, who)

    def accept(self) -> None:
        self.settings.pose_export_format = self.kind
        self.export = PoseExport(self.path, self.kind, self._chosen(), overwrite=self.allowed)
        super().accept()

    def ending(self) -> str:
        return EXPORTS[self.kind].ending

    def suggested(self) -> str:
        if self._set_name and value_of(self._who) != "person":
            return f"{self._set_name} export{self.ending()}"
        return f"{Path(self.document.name).stem} poses{self.ending()}"

    def follow_name(self, ending: str) -> None:
        if ending != self.ending():
            kind = next((name for name, each in EXPORTS.items() if each.ending == ending), None)
            if kind is not None:
                self._kind.setCurrentIndex(self._kind.findData(kind))

    def refresh(self) -> None:
        if EXPORTS[self.kind].single and value_of(self._who) != "person":
            choose(self._who, "person")  # which refreshes again
            return
        super().refresh()

    def facts(self) -> str:
        return EXPORTS[self.kind].description

    def _chosen(self) -> list[Person]:
        return self._people[value_of(self._who) or next(iter(self._people))]
