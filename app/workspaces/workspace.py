"""What every workspace is to the window: a panel, actions and a tool over the shared canvas."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.canvas.click_tool import ClickTool
from app.canvas.view import Canvas
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


class Workspace(QObject):
    """One way to work on the open document. Only the active one draws on the canvas and hears the mouse."""

    state_changed = Signal()
    """Whatever shows hints, facts or what can be done should look again."""

    panel: QWidget
    actions_: Actions

    def __init__(self, canvas: Canvas, parent: QObject) -> None:
        super().__init__(parent)
        self.canvas = canvas
        self.tool = ClickTool(canvas)
        self.document: Document | None = None
        self.active = False

    def open(self, document: Document) -> None:
        """Work on another document from now on."""
        self.document = document

    def activate(self, active: bool) -> None:
        """Take the canvas, or leave it."""
        self.active = active
        self.actions_.offer(active)
        self.panel.setVisible(active)
        if active:
            self.canvas.set_tool(self.tool)
        else:
            self.tool.escape()
            self.tool.leave()

    def escape(self) -> bool:
        """Give up what is begun; True when there was anything."""
        return self.tool.escape()

    # A subclass's part. Not abc.abstractmethod: Qt's metaclass and ABCMeta cannot be joined.

    def hint(self) -> str:
        """What can be done next."""
        raise NotImplementedError

    def facts(self) -> Facts:
        """What the status bar tells."""
        raise NotImplementedError
