"""What every workspace is to the window: a panel, actions and a tool over the shared canvas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QWidget

from app.canvas.view import Canvas, Tool
from app.document.document import Document
from app.workspaces.actions import Actions


@dataclass(frozen=True)
class Facts:
    """What the status bar tells of the last answer.

    Args:
        seconds: How long it took; None when there is none.
        words: What else is known; may be empty.
    """

    seconds: float | None = None
    words: str = ""


class Hand(Tool, Protocol):
    """A tool whose begun act can be given up."""

    def escape(self) -> bool: ...


class Workspace(QObject):
    """One way to work on the open document. Only the active one draws on the canvas and hears the mouse.

    Its widgets stand around the canvas: `panel` at the right, and, where there are any, `left`, `beside` (shares the
    middle with the canvas) and `below`.
    """

    state_changed = Signal()
    """Whatever shows hints, facts or what can be done should look again."""

    panel: QWidget
    left: QWidget | None = None
    beside: QWidget | None = None
    below: QWidget | None = None
    actions_: Actions
    tool: Hand
    canvas_words = ""
    """What the keyboard does on the photo, for those who do not see it; "" says the canvas's own."""
    clicks = True
    """Whether clicks on the photo say which object is meant."""

    def __init__(self, canvas: Canvas, parent: QObject, tool: Hand) -> None:
        super().__init__(parent)
        self.canvas, self.tool = canvas, tool
        self.document: Document | None = None
        self.active = False

    @property
    def undo_stack(self) -> QUndoStack | None:
        """Where the acts of this workspace are: the document's."""
        return self.document.undo_stack if self.document else None

    @property
    def widgets(self) -> list[QWidget]:
        """Everything around the canvas."""
        return [widget for widget in (self.left, self.beside, self.below, self.panel) if widget is not None]

    def open(self, document: Document) -> None:
        """Work on another document from now on."""
        self.document = document

    def activate(self, active: bool) -> None:
        """Take the canvas, or leave it."""
        self.active = active
        self.actions_.offer(active)
        for widget in self.widgets:
            widget.setVisible(active)
        if active:
            self.canvas.set_tool(self.tool)
            self.canvas.describe(self.canvas_words)
        else:
            self.tool.escape()
            self.tool.leave()

    def escape(self) -> bool:
        """Give up what is begun; True when there was anything."""
        return self.tool.escape()

    def give_back(self) -> bool:
        """Give back what the mouse is dragging; True when it was dragging: nothing is undone under a hand."""
        return False

    # A subclass's part. Not abc.abstractmethod: Qt's metaclass and ABCMeta cannot be joined.

    def hint(self) -> str:
        """What can be done next."""
        raise NotImplementedError

    def facts(self) -> Facts:
        """What the status bar tells."""
        raise NotImplementedError
