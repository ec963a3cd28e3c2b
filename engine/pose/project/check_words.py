"""Joints, bones and limits in words, for the sentences of `check`."""

from __future__ import annotations

from engine.pose.joints import MPII_16


def joint_words(joint: str) -> str:
    """r_knee -> “right knee”, upper_neck -> “upper neck”."""
    side = {"r_": "right ", "l_": "left "}.get(joint[:2], "")
    return side + (joint[2:] if side else joint.replace("_", " "))


def share_text(share: float) -> str:
    """0.123 -> “12 %”."""
    return f"{100 * share:.0f} %"


JOINTS = tuple(joint_words(joint) for joint in MPII_16.joints)
"""16, in the order of MPII_16."""

_BONE_AT = {
    "hip": "hip bone", "knee": "thigh", "ankle": "shin", "shoulder": "shoulder bone", "elbow": "upper arm",
    "wrist": "forearm", "pelvis": "trunk", "upper_neck": "neck", "head_top": "head",
}  # fmt: skip


def _bone_words(child: str) -> str:
    side = {"r_": "right ", "l_": "left "}.get(child[:2], "")
    return side + _BONE_AT[child[2:] if side else child]


BONES = {child: _bone_words(child) for _, child in MPII_16.bones}
"""A bone's outer joint -> what to call the bone: “right thigh”, “trunk”."""

BOTH = {
    child: f"Both {_BONE_AT[child[2:]]}s are" if child[:2] == "r_" else f"The {_BONE_AT[child]} is"
    for _, child in MPII_16.bones
    if child[:2] != "l_"
}
"""A bone's outer joint, the right one of two -> how a sentence about both sides begins: “Both thighs are”."""

PARTS = {
    "body": "the whole body",
    "legs": "the legs",
    "arms": "the arms",
    "lower_legs": "knees and ankles",
    "lower_arms": "elbows and wrists",
}

_SIDED = {
    "knee": "The {side} knee bends {{:.0f}}° too far.",
    "elbow": "The {side} elbow bends {{:.0f}}° too far.",
    "knee_side": "The {side} knee bends {{:.0f}}° too far to the wrong side.",
    "thigh": "The {side} thigh swings {{:.0f}}° too far back or inwards.",
}

LIMIT_TEXTS = {
    **{
        f"{s}_{name}": text.format(side=side)
        for name, text in _SIDED.items()
        for s, side in (("r", "right"), ("l", "left"))
    },
    "neck": "The neck bends {:.0f}° too far against the trunk.",
    "head": "The head bends {:.0f}° too far against the neck.",
}
"""Limit -> sentence that takes the degrees."""
