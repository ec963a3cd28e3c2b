"""Acts as actions: one place for words, keys and icons, used by menus, bars and panels."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from app.icons import icon


def key_words(keys: QKeySequence) -> str:
    """A shortcut as it stands on the keyboard: Shift+Enter."""
    return keys.toString(QKeySequence.SequenceFormat.NativeText).replace("Return", "Enter")


class Actions:
    """A set of actions that belong together.

    Args:
        owner: The widget whose window hears their keys.
    """

    def __init__(self, owner: QWidget) -> None:
        self._owner = owner
        self.all: list[QAction] = []

    def offer(self, offered: bool) -> None:
        """Show the actions and hear their keys, or neither."""
        for action in self.all:
            action.setVisible(offered)

    def groups(self) -> list[tuple[str, list[QAction | tuple[str, str]]]]:
        """Everything that has a key, under titles; keys that belong together stand in one line."""
        return [(self._owner.tr("Work"), [*self.all])]

    def make(self, picture: str, text: str, keys: str | list[str], tip: str, *, checkable: bool = False) -> QAction:
        """A new action of the set; `tip` becomes its tool tip, with the first key behind it."""
        action = QAction(icon(picture), text, self._owner, checkable=checkable)
        shortcuts = [QKeySequence(key) for key in ([keys] if isinstance(keys, str) else keys)]
        action.setShortcuts(shortcuts)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if shortcuts:
            tip += f"  ({key_words(shortcuts[0])})"
        action.setToolTip(tip)
        self._owner.addAction(action)
        self.all.append(action)
        return action

    def choice(self, options: dict[str, tuple[str, str, str, str]]) -> tuple[dict[str, QAction], QActionGroup]:
        """Actions of which one holds, by name: icon, text, key and tip of each. Their data is the name."""
        group, made = QActionGroup(self._owner), {}
        for name, (picture, text, key, tip) in options.items():
            made[name] = self.make(picture, text, key or [], tip, checkable=True)
            made[name].setData(name)
            group.addAction(made[name])
        return made, group


class CommonActions(Actions):
    """What can be done in every workspace: undo, what was said about the object, where one looks, which workspace."""

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        tr, make = owner.tr, self.make
        self.undo = make("undo", tr("Undo"), ["Ctrl+Z"], tr("Take the last act back"))
        self.redo = make("redo", tr("Redo"), ["Ctrl+Shift+Z", "Ctrl+Y"], tr("Do it again"))
        self.clear = make("clear", tr("Clear"), "Ctrl+Backspace", tr("Remove every click and the box"))
        self.remove = make("remove", tr("Remove click"), ["Del", "Backspace"], tr("Remove the selected click"))
        self.flip = make("swap", tr("Swap include and exclude"), "X", tr("Turn the selected click around"))
        self.remove_box = make("fit", tr("Remove box"), "Shift+B", tr("Keep the clicks, drop the box"))
        self.show_clicks = make("info", tr("Show clicks"), "K", tr("Show where was clicked"), checkable=True)
        self.show_clicks.setIconVisibleInMenu(False)
        self.zoom_in = make("zoom-in", tr("Zoom in"), ["Ctrl++", "Ctrl+=", "+"], tr("Zoom in (wheel up)"))
        self.zoom_out = make("zoom-out", tr("Zoom out"), ["Ctrl+-", "-"], tr("Zoom out (wheel down)"))
        self.fit = make("fit", tr("Fit photo"), ["Ctrl+0", "F"], tr("Show the whole photo"))
        self.actual = make("actual-size", tr("Actual size"), ["A", "Ctrl+Alt+0"], tr("Pixel for pixel"))
        self.workspaces, self.workspace_group = self.choice(
            {
                "crop": ("crop", tr("Crop"), "Ctrl+1", tr("Cut an object out")),
                "skeleton": ("skeleton", tr("Skeleton"), "Ctrl+2", tr("Find skeletons and their circles")),
                "pose": ("pose", tr("Pose"), "Ctrl+3", tr("See people in 3D, and fix their poses")),
            }
        )
        self.clicking = (self.clear, self.remove, self.flip, self.remove_box, self.show_clicks)
        """What is only offered where clicks say which object is meant."""


def connect(action: QAction, act: Callable[[], object]) -> None:
    """Run `act` without Qt's "checked" argument."""
    action.triggered.connect(lambda checked=False: act())
