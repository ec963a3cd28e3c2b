"""What people call the joints."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.pose.joints import MPII_16

_WORDS = {
    "r_ankle": "right ankle",
    "r_knee": "right knee",
    "r_hip": "right hip",
    "l_hip": "left hip",
    "l_knee": "left knee",
    "l_ankle": "left ankle",
    "pelvis": "pelvis",
    "thorax": "thorax",
    "upper_neck": "neck",
    "head_top": "top of the head",
    "r_wrist": "right wrist",
    "r_elbow": "right elbow",
    "r_shoulder": "right shoulder",
    "l_shoulder": "left shoulder",
    "l_elbow": "left elbow",
    "l_wrist": "left wrist",
}


def joint_words(joint: int, *, hidden: bool = False) -> str:
    """The translated name of a joint by its index in MPII_16; left and right are the person's own."""
    name = QCoreApplication.translate("Joints", _WORDS[MPII_16.joints[joint]])
    return QCoreApplication.translate("Joints", "{joint}, hidden").format(joint=name) if hidden else name
