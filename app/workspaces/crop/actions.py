"""Every act of the Crop workspace as an action: one place for words, keys and icons, used by menus, bars and panel."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from app.icons import icon


class CropActions:
    """Made once for a workspace, which connects them."""

    def __init__(self, owner: QWidget) -> None:
        self._owner = owner
        tr = owner.tr
        self.undo = self._make("undo", tr("Undo"), ["Ctrl+Z"], tr("Take the last act back"))
        self.redo = self._make("redo", tr("Redo"), ["Ctrl+Shift+Z", "Ctrl+Y"], tr("Do it again"))
        self.clear = self._make("clear", tr("Clear"), "Ctrl+Backspace", tr("Remove every click and the box"))
        self.remove = self._make("remove", tr("Remove click"), ["Del", "Backspace"], tr("Remove the selected click"))
        self.flip = self._make("swap", tr("Swap include and exclude"), "X", tr("Turn the selected click around"))
        self.remove_box = self._make("fit", tr("Remove box"), "Shift+B", tr("Keep the clicks, drop the box"))
        self.export = self._make("export", tr("Export cut-out…"), ["Ctrl+E", "Ctrl+S"], tr("Save the object as a file"))
        self.copy = self._make("copy", tr("Copy cut-out"), "Ctrl+C", tr("Put the object on the clipboard"))
        self.zoom_in = self._make("zoom-in", tr("Zoom in"), ["Ctrl++", "Ctrl+=", "+"], tr("Zoom in (wheel up)"))
        self.zoom_out = self._make("zoom-out", tr("Zoom out"), ["Ctrl+-", "-"], tr("Zoom out (wheel down)"))
        self.fit = self._make("fit", tr("Fit photo"), ["Ctrl+0", "F"], tr("Show the whole photo"))
        self.actual = self._make("actual-size", tr("Actual size"), "Ctrl+1", tr("Pixel for pixel"))
        self.candidates = [
            self._make("check", tr("Alternative %n", "", number), str(number), tr("Take alternative %n", "", number))
            for number in (1, 2, 3)
        ]
        self.views, self.view_group = self._make_views()
        self.next_view = self._make("overlay", tr("Next view"), "V", tr("Overlay, checkerboard, black, white"))
        self.outline = self._make("overlay", tr("Outline"), "O", tr("Draw the edge of the object"), checkable=True)
        self.show_clicks = self._make("info", tr("Show clicks"), "K", tr("Show where was clicked"), checkable=True)
        self.hover = self._make(
            "info", tr("Preview under the mouse"), "P", tr("Show what a click would select"), checkable=True
        )
        for checkable in (self.outline, self.show_clicks, self.hover):
            checkable.setIconVisibleInMenu(False)

    def _make_views(self) -> tuple[dict[str, QAction], QActionGroup]:
        tr, group = self._owner.tr, QActionGroup(self._owner)
        words = {
            "overlay": (tr("Overlay"), "overlay", tr("The object tinted on its photo")),
            "checkerboard": (tr("Cut-out"), "checkerboard", tr("The object alone on a checkerboard")),
            "black": (tr("Black"), "black", tr("The object alone on black")),
            "white": (tr("White"), "white", tr("The object alone on white")),
        }
        views = {}
        for name, (text, picture, tip) in words.items():
            views[name] = self._make(picture, text, [], tip + tr(" (V: next view)"), checkable=True)
            views[name].setData(name)
            group.addAction(views[name])
        return views, group

    def _make(self, picture: str, text: str, keys: str | list[str], tip: str, *, checkable: bool = False) -> QAction:
        action = QAction(icon(picture), text, self._owner, checkable=checkable)
        shortcuts = [QKeySequence(key) for key in ([keys] if isinstance(keys, str) else keys)]
        action.setShortcuts(shortcuts)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if shortcuts:
            tip += f"  ({shortcuts[0].toString(QKeySequence.SequenceFormat.NativeText)})"
        action.setToolTip(tip)
        self._owner.addAction(action)
        return action


def connect(action: QAction, act: Callable[[], object]) -> None:
    """Run `act` without Qt's "checked" argument."""
    action.triggered.connect(lambda checked=False: act())
