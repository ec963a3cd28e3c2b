"""Every act of the Crop workspace."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.workspaces.actions import Actions


class CropActions(Actions):
    """Made once for a workspace, which connects them."""

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        tr, make = owner.tr, self.make
        self.export = make("export", tr("Export cut-out…"), ["Ctrl+E", "Ctrl+S"], tr("Save the object as a file"))
        self.copy = make("copy", tr("Copy cut-out"), "Ctrl+C", tr("Put the object on the clipboard"))
        self.candidates = [
            make("check", tr("Alternative %n", "", number), str(number), tr("Take alternative %n", "", number))
            for number in (1, 2, 3)
        ]
        again = tr(" (V: next view)")
        self.views, self.view_group = self.choice(
            {
                "overlay": ("overlay", tr("Overlay"), "", tr("The object tinted on its photo") + again),
                "checkerboard": ("checkerboard", tr("Cut-out"), "", tr("The object alone on a checkerboard") + again),
                "black": ("black", tr("Black"), "", tr("The object alone on black") + again),
                "white": ("white", tr("White"), "", tr("The object alone on white") + again),
            }
        )
        self.next_view = make("overlay", tr("Next view"), "V", tr("Overlay, checkerboard, black, white"))
        self.outline = make("overlay", tr("Outline"), "O", tr("Draw the edge of the object"), checkable=True)
        self.hover = make(
            "info", tr("Preview under the mouse"), "P", tr("Show what a click would select"), checkable=True
        )
        for checkable in (self.outline, self.hover):
            checkable.setIconVisibleInMenu(False)
