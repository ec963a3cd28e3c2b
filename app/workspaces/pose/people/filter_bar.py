"""Search field and kinds with their numbers, above the list."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.icons import icon
from app.widgets import make
from app.widgets.choice import Choice
from app.workspaces.pose.people.words import kind_words, range_words
from engine.pose.project.filtering import KINDS, Filter, Kind


class FilterBar(QWidget):
    """Shows a Filter and says when it is another."""

    changed = Signal(object)
    """The new Filter."""
    left = Signal()
    """Esc in an empty search field."""
    down = Signal()
    """From the search field to the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filter = Filter()
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search names and notes"))
        self.search.setAccessibleName(self.tr("Search people"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.installEventFilter(self)
        self.kinds = Choice()
        self.kinds.setAccessibleName(self.tr("Which people"))
        self.kinds.setMaxVisibleItems(len(KINDS))
        for kind in KINDS:
            self.kinds.addItem(kind_words(kind), kind)
        self.range = make.button("", "close")
        self.range.setToolTip(self.tr("Show people of every error again"))
        column = make.column(6, parent=self)
        column.addWidget(self.search)
        column.addWidget(self.kinds)
        column.addWidget(self.range)
        self.search.textChanged.connect(lambda text: self._change(Filter(self.filter.kind, text, self.filter.error)))
        self.kinds.activated.connect(self._on_kind)
        self.range.clicked.connect(lambda: self._change(Filter(self.filter.kind, self.filter.text)))
        self.show_filter(self.filter)

    def show_filter(self, what: Filter) -> None:
        """Show a filter that was chosen elsewhere."""
        self.filter = what
        with QSignalBlocker(self.search), QSignalBlocker(self.kinds):
            if self.search.text() != what.text:
                self.search.setText(what.text)
            self.kinds.setCurrentIndex(KINDS.index(what.kind))
        self.range.setVisible(what.error is not None)
        if what.error is not None:
            words = range_words(what.error)
            self.range.setText(f" {words}")
            self.range.setAccessibleName(self.tr("Only {range}; remove this").format(range=words))

    def show_counts(self, counts: dict[Kind, int]) -> None:
        """Say how many there are of every kind."""
        for row, kind in enumerate(KINDS):
            text = self.tr("{kind}  ·  {n}").format(kind=kind_words(kind), n=f"{counts[kind]:,}")
            if self.kinds.itemText(row) != text:
                self.kinds.setItemText(row, text)

    def clear(self) -> bool:
        """Show everybody; False when that is so already."""
        if self.filter.everything:
            return False
        self._change(Filter())
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is not self.search or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()  # Esc is a shortcut of the window
            return True
        if event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                if self.search.text():
                    self.search.clear()
                else:
                    self.left.emit()
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.down.emit()
                return True
        return super().eventFilter(watched, event)

    def _on_kind(self, row: int) -> None:
        kind: Kind = self.kinds.itemData(row)
        self._change(Filter(kind, self.filter.text, self.filter.error))

    def _change(self, what: Filter) -> None:
        if what != self.filter:
            self.show_filter(what)
            self.changed.emit(what)
