"""Every act of the Skeleton workspace."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.document.skeleton import Choices
from app.workspaces.actions import Actions


class SkeletonActions(Actions):
    """Made once for a workspace, which connects them."""

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        tr, make = owner.tr, self.make
        self.places, self.place_group = self.choice(
            {
                "whole": ("photo", tr("Whole photo"), "W", tr("Find every skeleton in the photo")),
                "object": ("object", tr("Cut-out object"), "U", tr("Keep to the object that is cut out")),
            }
        )
        self.sources, self.source_group = self.choice(
            {
                "predicted": ("skeleton", tr("Predicted"), "1", tr("What the network sees")),
                "medial": ("medial", tr("Medial axis"), "2", tr("The axis of the cut-out object's mask")),
                "both": ("circles", tr("Both"), "3", tr("Both, each in its own colour")),
            }
        )
        self.views, self.view_group = self.choice(
            {
                "skeleton": ("skeleton", tr("Skeleton"), "", tr("The skeleton as curves (V: next view)")),
                "heat": ("heat", tr("Heat"), "", tr("How probable the skeleton is (V: next view)")),
            }
        )
        self.next_view = make("heat", tr("Next view"), "V", tr("Skeleton, heat"))
        self.colours, self.colour_group = self.choice(
            {
                "scale": ("circles", tr("By scale"), "", tr("Colours tell the diameter (C: next colours)")),
                "kind": ("circles", tr("By type"), "", tr("Colours tell the scale type (C: next colours)")),
            }
        )
        self.next_colour = make("circles", tr("Next colours"), "C", tr("By scale, by type"))
        self.circles = make("circles", tr("Circles"), "I", tr("Draw inscribed circles"), checkable=True)
        self.recovered = make(
            "object", tr("Recovered mask"), "R", tr("Show the mask that the circles give back"), checkable=True
        )
        self.multi_scale = make(
            "zoom-in",
            tr("Several scales"),
            "Shift+M",
            tr("Slower, surer of small and large ones"),
            checkable=True,
        )
        self.read = make("redo", tr("Read again"), "F5", tr("Read the skeleton now"))
        self.load_truth = make("open", tr("Load true mask…"), "T", tr("Compare with a mask of the photo's size"))
        self.drop_truth = make("close", tr("Remove true mask"), "Shift+T", tr("Compare with nothing"))
        self.export = make("export", tr("Export skeleton…"), ["Ctrl+E", "Ctrl+S"], tr("Save the skeleton as a file"))
        for action in (self.circles, self.recovered, self.multi_scale):
            action.setIconVisibleInMenu(False)

    def show(self, choices: Choices, some: bool, *, has_object: bool, types: int) -> None:
        """Check what is chosen and enable what makes sense; `read` and `export` are the workspace's own.

        Args:
            choices: What holds.
            some: There is a photo.
            has_object: An object has been clicked.
            types: Scale types that the method tells apart.
        """
        self.places["object" if choices.within and has_object else "whole"].setChecked(True)
        self.sources[choices.source].setChecked(True)
        self.views[choices.view].setChecked(True)
        self.colours[choices.colour].setChecked(True)
        self.circles.setChecked(choices.circles)
        self.recovered.setChecked(choices.recovered)
        self.multi_scale.setChecked(choices.multi_scale)
        drawn, predicted = choices.view == "skeleton", choices.source == "predicted"
        sensible = {
            self.places["object"]: has_object,
            self.multi_scale: choices.source != "medial",
            self.circles: drawn,
            self.colours["scale"]: drawn and choices.source != "both",
            self.colours["kind"]: drawn and predicted and types > 0,
            self.drop_truth: choices.truth is not None,
        }
        for action in self.all:
            if action not in (self.read, self.export):
                action.setEnabled(some and sensible.get(action, True))
