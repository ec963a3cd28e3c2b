"""The frame of a workspace's panel: sections that scroll, and large buttons at the foot."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QFrame, QScrollArea, QSizePolicy, QToolButton, QWidget

from app.widgets import make

WIDTH = 300


class SidePanel(QFrame):
    """Fill it with `section`, then call `end_sections`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedWidth(WIDTH)
        content = make.frame("panelContent")
        self._column = make.column(20, (18, 18, 18, 14), content)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._buttons = make.column(8, (18, 12, 18, 16))
        outer = make.column(0, (1, 0, 0, 0), self)
        outer.addWidget(scroll, 1)
        self._content: QWidget = content
        self._before: QWidget = content
        outer.addWidget(make.frame("separator"))
        outer.addLayout(self._buttons)

    def section(self, title: str, *widgets: QWidget) -> QWidget:
        """Widgets under a title, below what is there."""
        section = QWidget()
        column = make.column(parent=section)
        column.addWidget(make.label(title, "section"))
        for widget in widgets:
            column.addWidget(widget)
        self._column.addWidget(section)
        return section

    def end_sections(self) -> None:
        """No more sections: what room is left stays below them."""
        self._column.addStretch(1)
        reached = [w for w in self._content.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
        self._before = reached[-1] if reached else self._content

    def add_button(self, action: QAction, picture: str = "", *, primary: bool = False) -> None:
        """A large button at the foot that follows an action."""
        button = make.button(action.text(), picture, primary=primary)
        button.setToolTip(action.toolTip())
        button.setEnabled(action.isEnabled())
        button.clicked.connect(action.trigger)
        action.enabledChanged.connect(button.setEnabled)
        self._buttons.addWidget(button)
        QWidget.setTabOrder(self._before, button)  # buttons are made late, but stand below the sections
        self._before = button


def segment(actions: Iterable[QAction], *, icons: bool = True, beside: bool = False) -> QWidget:
    """Checkable actions side by side, of which one holds; their icons over the words, or beside them, or none."""
    frame = make.frame("segment")
    row = make.row(2, (3, 3, 3, 3), frame)
    for action in actions:
        button = QToolButton()
        style = Qt.ToolButtonStyle.ToolButtonTextUnderIcon if icons else Qt.ToolButtonStyle.ToolButtonTextOnly
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon if beside else style)
        button.setIconSize(QSize(20, 20))
        button.setProperty("beside", beside)
        button.setDefaultAction(action)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row.addWidget(button, 1)
    return frame


def check(action: QAction) -> QCheckBox:
    """A box that shows and triggers a checkable action."""
    box = QCheckBox(action.text())
    box.setToolTip(action.toolTip())
    box.setChecked(action.isChecked())
    box.clicked.connect(action.trigger)
    action.toggled.connect(box.setChecked)
    action.enabledChanged.connect(box.setEnabled)
    return box
