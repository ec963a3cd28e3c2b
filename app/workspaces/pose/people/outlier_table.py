"""Bones of an unusual length, the most unusual first."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from app.document.annotation_set import AnnotationSet
from app.workspaces.pose.people.bone_words import bone_words
from engine.pose.project.statistics import Outlier

MOST = 500
Index = QModelIndex | QPersistentModelIndex
NOBODY = QModelIndex()
_ALIGNED = tuple(
    int(side | Qt.AlignmentFlag.AlignVCenter) for side in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
)
"""Words left, numbers right."""


class _Model(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.set: AnnotationSet | None = None
        self.outliers: list[Outlier] = []

    def show_outliers(self, annotations: AnnotationSet | None, outliers: list[Outlier]) -> None:
        self.beginResetModel()
        self.set, self.outliers = annotations, outliers[:MOST]
        self.endResetModel()

    def rowCount(self, parent: Index = NOBODY) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self.outliers)

    def columnCount(self, parent: Index = NOBODY) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: N802 - Qt's name
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Person"), self.tr("Bone"), self.tr("Length"), self.tr("z"))[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGNED[section >= 2]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.set is None or not index.isValid():
            return None
        outlier = self.outliers[index.row()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGNED[index.column() >= 2]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._in_words(outlier)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        person = self.set.person(outlier.index)
        texts = (
            PurePath(person.image).name,
            bone_words(outlier.bone, both=outlier.both),
            f"{100 * (outlier.ratio - 1):+.0f} %",
            f"{outlier.z:+.1f}",
        )
        return texts[index.column()]

    def _in_words(self, outlier: Outlier) -> str:
        share = f"{100 * abs(outlier.ratio - 1):.0f}"
        if outlier.both:
            more = self.tr("{bones} are {n} % longer than the mean body's at this size.")
            less = self.tr("{bones} are {n} % shorter than the mean body's at this size.")
            bones = bone_words(outlier.bone, both=True).capitalize()
            return (more if outlier.ratio > 1 else less).format(bones=bones, n=share)
        words = {
            (False, True): self.tr("The {bone} is {n} % longer than the mean body's at this size."),
            (False, False): self.tr("The {bone} is {n} % shorter than the mean body's at this size."),
            (True, True): self.tr("The {bone} is {n} % longer than on the other side."),
            (True, False): self.tr("The {bone} is {n} % shorter than on the other side."),
        }[outlier.against == "other side", outlier.ratio > 1]
        return words.format(bone=bone_words(outlier.bone), n=share)


class OutlierTable(QTableView):
    """A click or Enter goes to the person."""

    chosen = Signal(int)
    """Index of a person."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Model()
        self.setModel(self._model)
        self.setAccessibleName(self.tr("Bones of an unusual length"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(26)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 138), (2, 62), (3, 56)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, width)
        self.clicked.connect(self._on_chosen)

    def show_outliers(self, annotations: AnnotationSet | None, outliers: list[Outlier]) -> None:
        """Show them; the row that was chosen stays chosen where the same bone is still there."""
        row = self.currentIndex().row()
        before = self._model.outliers[row] if 0 <= row < len(self._model.outliers) else None
        self._model.show_outliers(annotations, outliers)
        for at, outlier in enumerate(self._model.outliers):
            if before is not None and (outlier.index, outlier.bone) == (before.index, before.bone):
                self.selectRow(at)
                break

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_chosen(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _on_chosen(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self._model.outliers[index.row()].index)
