"""Every act of the Pose workspace, with its key: a whole image can be worked through by keyboard alone."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from app.canvas3d.looking import VIEWS
from app.workspaces.actions import Actions

LIMB_KEYS = {"r_arm": "Q", "l_arm": "W", "head": "E", "torso": "T", "r_leg": "Z", "l_leg": "X"}
"""As on a person who faces the camera: arms above legs, their right at the left."""
STEP, FINE = 3.0, 1.0
"""Degrees that an arrow key turns a bone by."""
TURNS = {"left": (-1, 0), "right": (1, 0), "up": (0, 1), "down": (0, -1)}
"""Arrow key -> turn within the view (clockwise), tip away from the eye."""


class PoseActions(Actions):
    """Made once for the workspace, which connects them."""

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._set()
        self._choosing()
        self._fixing()
        self._joints()
        self._seeing()
        self._shorten()

    def _set(self) -> None:
        tr, make = self._owner.tr, self.make
        self.open_set = make(
            "folder", tr("Open set…"), "Ctrl+Shift+O", tr("Open a project, or the annotations of many people")
        )
        self.open_folder = make("photo", tr("Open folder…"), [], tr("Make a set of all photos of a folder"))
        self.save = make(
            "done", tr("Save project"), "Ctrl+S", tr("Changes are kept by themselves; this tidies the file")
        )
        self.close_set = make("close", tr("Close set"), "Ctrl+W", tr("Go back to single photos"))
        self.export = make("export", tr("Export poses…"), "Ctrl+E", tr("Save poses for others to read"))
        self.next = make("next", tr("Next person"), "PgDown", tr("The next person of the list"))
        self.previous = make("previous", tr("Previous person"), "PgUp", tr("The previous person of the list"))
        self.next_todo = make("next", tr("Next to do"), "Shift+PgDown", tr("The next person whom nobody has looked at"))
        self.done = make("check", tr("Reviewed, next"), ["Return", "Enter"], tr("It is right: go to the next person"))
        self.reviewed = make("check", tr("Reviewed"), "Shift+Return", tr("Somebody has said so"), checkable=True)
        self.flagged = make("flag", tr("Flagged"), "Ctrl+Return", tr("Needs another look"), checkable=True)
        self.notes = make("info", tr("Write a note"), "Ctrl+T", tr("Go to the notes; Esc comes back"))
        self.search = make("zoom-in", tr("Search the list"), "Ctrl+F", tr("Go to the search field; Esc comes back"))
        self.statistics = make(
            "statistics", tr("Statistics"), "Ctrl+I", tr("Progress, errors and bone lengths of the set")
        )
        self.missing = make("warning", tr("Missing photos…"), [], tr("Photos that were not found, and where to look"))

    def _choosing(self) -> None:
        tr, make = self._owner.tr, self.make
        self.candidates = [
            make("skeleton", tr("Hypothesis {n}").format(n=i + 1), str(i + 1), tr("Take this hypothesis"))
            for i in range(9)
        ]
        self.limb_from = [
            make(
                "undo",
                tr("Limb of hypothesis {n}").format(n=i + 1),
                f"Alt+{i + 1}",
                tr("The selected limb as it is there"),
            )
            for i in range(9)
        ]
        self.next_candidate = make("next", tr("Next hypothesis"), ".", tr("Take the next hypothesis"))
        self.previous_candidate = make("previous", tr("Previous hypothesis"), ",", tr("Take the hypothesis before"))
        self.predict = make("heat", tr("Ask the network"), "F9", tr("Read hypotheses in the photo again"))
        self.relift = make("redo", tr("Lift again"), "L", tr("From the joints in the photo; fixed limbs stay"))
        self.copy_previous = make(
            "copy", tr("Copy previous pose"), "G", tr("The pose of the person before, in this body")
        )

    def _fixing(self) -> None:
        tr, make = self._owner.tr, self.make
        self.flip_limb = make("flip", tr("Flip limb in depth"), "D", tr("The photo stays the same, near becomes far"))
        self.flip_bone = make(
            "flip", tr("Flip bone in depth"), "Shift+D", tr("This bone alone, what hangs on it moves")
        )
        self.flip_all = make("flip", tr("Flip whole pose in depth"), "Ctrl+D", tr("Near becomes far everywhere"))
        self.mirror = make("swap", tr("Mirror pose"), "Ctrl+M", tr("As a mirror shows it"))
        self.swap_limb = make("swap", tr("Swap left and right of the limb"), "S", tr("Arms or legs change sides"))
        self.swap_all = make("swap", tr("Swap left and right"), "Shift+S", tr("The whole person"))
        self.reset_limb = make("undo", tr("Reset limb"), "R", tr("To the hypothesis that was chosen"))
        self.reset_all = make("undo", tr("Reset pose"), "Shift+R", tr("To what was lifted"))
        self.fix_limb = make("pin", tr("Keep limb when lifting"), "K", tr("Lifting again leaves it"), checkable=True)
        self.pin = make("pin", tr("Pin joint"), "P", tr("It stays when others are pulled"), checkable=True)
        self.unpin = make("pin", tr("Remove pins"), "Shift+P", tr("No joint is pinned"))
        self.turns: dict[tuple[str, bool], QAction] = {}
        names = {
            "left": tr("Turn bone left"),
            "right": tr("Turn bone right"),
            "up": tr("Tip bone away"),
            "down": tr("Tip bone nearer"),
        }
        for name, text in names.items():
            for fine, key, degrees in ((False, "", STEP), (True, "Shift+", FINE)):
                tip = tr("By {n}°").format(n=f"{degrees:g}")
                self.turns[name, fine] = make("redo", f"{text} {degrees:g}°", f"{key}{name.capitalize()}", tip)
        self.farther = make("zoom-out", tr("Joint farther"), "Alt+Up", tr("10 mm away from the eye"))
        self.nearer = make("zoom-in", tr("Joint nearer"), "Alt+Down", tr("10 mm towards the eye"))
        self.equal_lengths = make("skeleton", tr("Make sides equal"), "Y", tr("Left and right bones equally long"))
        self.to_limits = make("warning", tr("Turn back to limits"), "Ctrl+L", tr("What no joint can do is undone"))
        self.pull = make(
            "pull", tr("Pull chains"), "I", tr("A joint that is dragged takes its limb along"), checkable=True
        )
        self.hold_limits = make(
            "warning", tr("Hold joint limits"), "H", tr("Joints do not turn too far"), checkable=True
        )
        self.keep_lengths = make(
            "skeleton", tr("Keep bone lengths"), [], tr("Bones turn, and do not stretch"), checkable=True
        )
        self.symmetric = make(
            "skeleton", tr("Keep sides equal"), [], tr("Left and right stay equally long"), checkable=True
        )
        for action in (self.pull, self.hold_limits, self.keep_lengths, self.symmetric, self.fix_limb, self.pin):
            action.setIconVisibleInMenu(False)

    def _joints(self) -> None:
        tr, make = self._owner.tr, self.make
        self.next_joint = make("next", tr("Next joint"), "J", tr("Outwards, then the next limb"))
        self.previous_joint = make("previous", tr("Previous joint"), "Shift+J", tr("The other way round"))
        names = {
            "r_arm": tr("Right arm"),
            "l_arm": tr("Left arm"),
            "head": tr("Head"),
            "torso": tr("Torso"),
            "r_leg": tr("Right leg"),
            "l_leg": tr("Left leg"),
        }
        self.limbs = {
            limb: make("skeleton", names[limb], key, tr("Take hold of it; again for its next joint"))
            for limb, key in LIMB_KEYS.items()
        }
        self.visibility = make("visible", tr("Next visibility"), "V", tr("Visible, hidden, unknown"))
        self.forget = make("remove", tr("Forget joint"), ["Del", "Backspace"], tr("It is not known where it is"))
        self.refit = make("fit", tr("Fit camera"), "Shift+F", tr("Bring the pose over the joints in the photo"))

    def _seeing(self) -> None:
        tr = self._owner.tr
        words = {
            "photo": tr("From the camera"),
            "front": tr("From the front"),
            "side": tr("From the side"),
            "top": tr("From above"),
        }
        self.looks = {
            view: self.make("photo", words[view], f"F{2 + i}", tr("Look from there")) for i, view in enumerate(VIEWS)
        }
        make = self.make
        self.arcball = make("redo", tr("Turn freely"), "F6", tr("Arcball instead of turntable"), checkable=True)
        self.perspective = make("fit", tr("Perspective"), "F7", tr("What is far looks smaller"), checkable=True)
        self.detection = make("photo", tr("Joints in the photo"), "O", tr("Show what was annotated"), checkable=True)
        self.reprojection = make(
            "skeleton", tr("Pose in the photo"), "U", tr("Show where the pose falls"), checkable=True
        )
        self.maps, self.maps_group = self.choice(
            {
                "off": ("close", tr("No maps"), "", tr("Skeleton maps are not shown (N: next)")),
                "foreground": ("heat", tr("Foreground map"), "", tr("Near bones as the network sees them (N: next)")),
                "background": ("heat", tr("Background map"), "", tr("Far bones as the network sees them (N: next)")),
            }
        )
        self.next_map = make("heat", tr("Next map"), "N", tr("None, foreground, background"))
        for action in (self.arcball, self.perspective, self.detection, self.reprojection):
            action.setIconVisibleInMenu(False)

    def groups(self) -> list[tuple[str, list[QAction | tuple[str, str]]]]:
        tr = self._owner.tr
        limbs = " ".join(LIMB_KEYS.values())
        return [
            (
                tr("Set"),
                [
                    self.done, self.next, self.previous, self.next_todo, self.reviewed, self.flagged, self.notes,
                    self.search, self.statistics, self.open_set, self.save, self.export, self.close_set,
                ],
            ),
            (
                tr("Hypotheses"),
                [
                    ("1 – 9", tr("Take that hypothesis")),
                    ("Alt + 1 – 9", tr("Take the limb of it; also Shift + click")),
                    self.next_candidate, self.previous_candidate, self.predict, self.relift, self.copy_previous,
                ],
            ),
            (
                tr("Take hold"),
                [
                    (limbs[:3], tr("Right and left arm; again: next joint")),
                    (limbs[8:], tr("Right and left leg")),
                    (limbs[4:7], tr("Head and torso")),
                    self.next_joint, self.previous_joint, self.visibility, self.forget, self.pin, self.unpin,
                ],
            ),
            (
                tr("Fix"),
                [
                    (tr("Arrow keys"), tr("Turn the bone by 3°; with Shift 1°")),
                    (tr("Alt + Up, Down"), tr("Move the joint away or nearer")),
                    self.flip_limb, self.flip_bone, self.flip_all, self.swap_limb, self.swap_all, self.mirror,
                    self.reset_limb, self.reset_all, self.fix_limb, self.equal_lengths, self.to_limits, self.refit,
                    self.pull, self.hold_limits,
                ],
            ),
            (
                tr("See"),
                [
                    ("F2 – F5", tr("From the camera, front, side, above")),
                    self.arcball, self.perspective, self.detection, self.reprojection, self.next_map,
                ],
            ),
        ]  # fmt: skip

    def _shorten(self) -> None:
        """Words for small buttons."""
        tr = self._owner.tr
        for action, text in (
            (self.flip_limb, tr("Flip limb")),
            (self.flip_bone, tr("Flip bone")),
            (self.flip_all, tr("Flip depth")),
            (self.swap_limb, tr("Swap limbs")),
            (self.swap_all, tr("Swap sides")),
            (self.mirror, tr("Mirror")),
            (self.fix_limb, tr("Keep limb")),
            (self.copy_previous, tr("Copy previous")),
            (self.equal_lengths, tr("Equal sides")),
            (self.to_limits, tr("To limits")),
            (self.looks["photo"], tr("Camera")),
            (self.looks["front"], tr("Front")),
            (self.looks["side"], tr("Side")),
            (self.looks["top"], tr("Top")),
            (self.maps["off"], tr("No map")),
            (self.maps["foreground"], tr("Foreground")),
            (self.maps["background"], tr("Background")),
        ):
            action.setIconText(text)
