"""Small pose networks with random weights, and a little motion capture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.pose.joints import MPII_16
from engine.weights import ARCHITECTURES, DataSource, Normalisation, WeightsCard, build, save_weights
from training.data.mocap import JOINTS_17, Poses

ARGUMENTS: dict[str, dict[str, Any]] = {
    "hourglass": {"stacks": 1, "channels": 8},
    "pose_maps": {"widths": [8, 8, 8, 8, 8], "depths": [1, 1, 1, 1]},
    "pose_regressor": {"widths": [8, 8, 8, 8], "depths": [1, 1, 1]},
    "pose_rgb": {"widths": [8, 8, 8, 8, 8], "depths": [1, 1, 1, 1]},
}

_STANDING = {
    "pelvis": (0, 0, 0), "spine": (0, 250, 0), "thorax": (0, 480, 0), "upper_neck": (0, 560, 10),
    "head_top": (0, 780, 20), "l_hip": (95, 0, 0), "l_knee": (100, -430, 30), "l_ankle": (105, -850, -10),
    "l_shoulder": (180, 480, 0), "l_elbow": (220, 200, -20), "l_wrist": (230, -40, 60),
}  # fmt: skip


def write_weights(folder: Path, *names: str) -> Path:
    """Weights of small networks in a folder that `--weights` takes."""
    for name in names or ARGUMENTS:
        torch.manual_seed(0)
        card = WeightsCard(
            name=name,
            architecture=ARCHITECTURES[name],
            arguments=ARGUMENTS[name],
            input="",
            normalisation=Normalisation(mean=(0, 0, 0), std=(1, 1, 1)),
            data=(DataSource(name="none", terms="none"),),
            licence="Apache-2.0",
            training_command="none",
            commit="0",
        )
        save_weights(build(name, ARGUMENTS[name]), folder / f"{name}.safetensors", card)
    return folder


def standing(count: int) -> Poses:
    """Poses that differ a little, half of them of a person who is held out."""
    rng = np.random.default_rng(5)
    body = {**_STANDING, **{f"r_{n[2:]}": (-x, y, z) for n, (x, y, z) in _STANDING.items() if n.startswith("l_")}}
    joints = np.array([body[joint] for joint in JOINTS_17], np.float32) + rng.normal(0, 25, (count, 17, 3))
    joints[:, JOINTS_17.index("pelvis")] = 0
    subject = np.array(["cmu007", "cmu005"])[np.arange(count) % 2]
    sequence = np.array([f"{i // 4:02}" for i in range(count)])
    return Poses(joints.astype(np.float32), subject, sequence, np.full(count, "small"), np.arange(count, dtype=np.intp))


def write_capture(path: Path, count: int = 24) -> Path:
    """`standing` as a file."""
    poses = standing(count)
    subjects, subject = np.unique(poses.subject, return_inverse=True)
    sequences, sequence = np.unique(poses.sequence, return_inverse=True)
    np.savez(
        path, joints=poses.joints, joint_names=np.array(JOINTS_17), subject=subject, subjects=subjects, seq=sequence,
        sequences=sequences, frame=poses.frame,
    )  # fmt: skip
    return path


THORAX = MPII_16.index("thorax")
