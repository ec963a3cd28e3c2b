"""What people call the bones."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.pose.joints import MPII_16
from engine.pose.project.check_words import BONES


def bone_words(bone: int, *, both: bool = False) -> str:
    """The translated name of a bone by its index in MPII_16; left and right are the person's own.

    Args:
        bone: Index.
        both: Name it with the bone of the other side: “both thighs”.
    """
    if both:
        one = BONES[MPII_16.bones[bone][1]].removeprefix("left ").removeprefix("right ")
        return QCoreApplication.translate("Bones", f"both {one}s")
    return QCoreApplication.translate("Bones", BONES[MPII_16.bones[bone][1]])
