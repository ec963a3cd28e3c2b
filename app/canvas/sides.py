"""Left, right and middle of the body: the colours and shapes that tell them apart, in the photo, in 3D, in lists.

Blue and orange after Okabe and Ito, which nearly everybody can tell apart; and as nothing may hang on colour alone, a
joint on the left is round, one on the right is square, one in the middle is a diamond.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtGui import QColor, QPalette

from engine.pose.joints import MPII_16

Side = Literal["left", "right", "middle"]
Shape = Literal["disc", "square", "diamond"]

SHAPES: dict[Side, Shape] = {"left": "disc", "right": "square", "middle": "diamond"}
"""In 3D: sphere, cube, octahedron."""


def side_of(joint: str) -> Side:
    """Side of a joint by name: l_knee -> left, pelvis -> middle."""
    return "left" if joint.startswith("l_") else "right" if joint.startswith("r_") else "middle"


JOINT_SIDES: tuple[Side, ...] = tuple(map(side_of, MPII_16.joints))
"""16, in the order of MPII_16."""
BONE_SIDES: tuple[Side, ...] = tuple(side_of(child) for _, child in MPII_16.bones)
"""15: a bone has the side of its child."""


@dataclass(frozen=True)
class SideColours:
    """Colours as #rrggbb.

    Args:
        left, right, middle: Of the sides.
        halo: A rim beneath them, so that they show on any ground.
    """

    left: str
    right: str
    middle: str
    halo: str

    def of(self, side: Side) -> QColor:
        return QColor(str(getattr(self, side)))


ON_PHOTO = SideColours(left="#38a3ff", right="#ff9412", middle="#f2f4f8", halo="#0c0e12")
"""Bright, over a dark halo: photos are of every colour."""
ON_DARK = SideColours(left="#4aa8ff", right="#ff9a2e", middle="#d4d8df", halo="#0c0e12")
ON_LIGHT = SideColours(left="#0068b5", right="#c95f00", middle="#5d6470", halo="#ffffff")


def colours_on(palette: QPalette) -> SideColours:
    """What fits the ground of a widget's palette."""
    return ON_DARK if palette.color(QPalette.ColorRole.Window).lightnessF() < 0.5 else ON_LIGHT
