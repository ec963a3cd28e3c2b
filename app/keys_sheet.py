"""The sheet of everything that mouse and keys do in a workspace, in groups and columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QGridLayout, QPushButton, QScrollArea, QWidget

from app.widgets import make
from app.workspaces.actions import key_words

Row = tuple[str, str]
"""Keys or a gesture, and what they do."""
Group = tuple[str, Sequence[QAction | Row]]
"""A title and what stands below it; actions without a key, or that are not offered, are left out."""

TALLEST = 38
"""Lines of a column, where one column is not enough."""


class KeysSheet(QDialog):
    """Fits a small screen by scrolling, any other as it is."""

    def __init__(self, groups: Iterable[Group], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keys and gestures"))
        self.groups = [(title, rows) for title, some in groups if (rows := rows_of(some))]
        content = make.frame("keys")
        row = make.row(36, (28, 22, 28, 12), content)
        for some in columns_of(self.groups):
            row.addWidget(_column(some), 0, Qt.AlignmentFlag.AlignTop)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setWidget(content)
        self.area.setAccessibleName(self.windowTitle())
        close = QPushButton(self.tr("Close"))
        close.setDefault(True)
        close.clicked.connect(self.accept)
        column = make.column(0, (0, 0, 0, 0), self)
        column.addWidget(self.area, 1)
        feet = make.row(margins=(28, 10, 28, 18))
        feet.addStretch(1)
        feet.addWidget(close)
        column.addLayout(feet)
        wanted = content.sizeHint()
        room = self.screen().availableGeometry().size() * 0.96
        self.resize(min(wanted.width() + 14, room.width()), min(wanted.height() + 66, room.height()))
        close.setFocus()


def rows_of(some: Iterable[QAction | Row]) -> list[Row]:
    """Keys and meaning of what is offered."""
    rows = []
    for each in some:
        if isinstance(each, tuple):
            rows.append(each)
        elif each.isVisible() and each.shortcuts():
            rows.append((key_words(each.shortcuts()[0]), each.text().replace("&", "").rstrip("…")))
    return rows


def columns_of(groups: Sequence[tuple[str, list[Row]]]) -> list[list[tuple[str, list[Row]]]]:
    """Groups in their order, in as few columns as their lines need, none much longer than the others."""
    lines = [len(rows) + 2 for _, rows in groups]
    count = max(1, -(-sum(lines) // TALLEST))
    columns: list[list[tuple[str, list[Row]]]] = [[] for _ in range(count)]
    before = 0
    for group, height in zip(groups, lines, strict=True):
        columns[min(count - 1, int((before + height / 2) * count / sum(lines)))].append(group)
        before += height
    return [column for column in columns if column]


def _column(groups: Sequence[tuple[str, list[Row]]]) -> QWidget:
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(5)
    at = 0
    for title, rows in groups:
        if at:
            grid.setRowMinimumHeight(at, 10)
            at += 1
        grid.addWidget(make.label(title, "section"), at, 0, 1, 2)
        at += 1
        for keys, meaning in rows:
            grid.addWidget(make.label(f"<b>{escape(keys)}</b>"), at, 0)
            grid.addWidget(make.label(meaning), at, 1)
            at += 1
    grid.setColumnStretch(1, 1)
    return widget
