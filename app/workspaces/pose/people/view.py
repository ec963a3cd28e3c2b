"""The list itself: rows of one height, so that thousands cost what a dozen costs."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QWidget

from app.workspaces.pose.people.delegate import HEIGHT


class PeopleView(QListView):
    """Up and down move, Enter or a click opens, Esc leaves; letters are keys of the workspace, not a search."""

    chosen = Signal(QModelIndex)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("People"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(HEIGHT // 3)
        self.clicked.connect(self.chosen)

    def top(self) -> tuple[int, int]:
        """Row at the upper edge, and how many pixels of it are above."""
        return divmod(self.verticalScrollBar().value(), HEIGHT)

    def bring(self, row: int) -> None:
        """Make a row the cursor's, in sight and with a neighbour on either side."""
        index = self.model().index(row, 0)
        self.setCurrentIndex(index)
        bar, page = self.verticalScrollBar(), self.viewport().height()
        y = row * HEIGHT
        low, high = y + 2 * HEIGHT - page, y - HEIGHT
        if not low <= bar.value() <= high:
            near = low <= bar.value() + 2 * HEIGHT and bar.value() - 2 * HEIGHT <= high
            middle = y - (page - HEIGHT) // 2
            bar.setValue(min(max(bar.value(), low), high) if near and low <= high else middle)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        if self.currentIndex().isValid():
            self.bring(self.currentIndex().row())

    def keyboardSearch(self, search: str) -> None:  # noqa: N802 - Qt's name
        """Not here: letters are keys of the workspace."""

    def event(self, event: QEvent) -> bool:
        """Esc is a shortcut of the window."""
        override = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if override and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.chosen.emit(self.currentIndex())
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
