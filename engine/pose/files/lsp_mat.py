"""Leeds Sports Pose: `joints.mat` of LSP (3 × 14 × N) and of LSP-extended (14 × 3 × N).

LSP's third value says that a joint is hidden. In LSP-extended it says that a joint is labelled at all.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.errors import InputError
from engine.pose.files.annotation import MATLAB, Annotation, Described, Source, with_joints
from engine.pose.files.mat import load
from engine.pose.joints import LSP_14

FORMAT, FORMAT_EXTENDED = "LSP .mat", "LSP-extended .mat"
TRAINING = 1000
"""The first so many photos of LSP are for training, the others for testing."""


def read_lsp_mat(path: Path) -> list[Annotation]:
    """Read everyone; photo N is called im0001.jpg, in LSP-extended im00001.jpg.

    Raises:
        InputError: The file cannot be read, or “joints” is missing, of another shape, or its flags are not 0 and 1.
    """
    path = Path(path)
    joints = load(path).get("joints")
    if not isinstance(joints, np.ndarray) or joints.dtype.kind not in "iuf":
        raise InputError(f"{path.name} has no matrix “joints”.", "Give the joints.mat of LSP or of LSP-extended.")
    if joints.ndim == 2:  # one person
        joints = joints[..., None]
    extended = joints.shape[:2] == (14, 3)
    if not extended and joints.shape[:2] != (3, 14):
        raise InputError(f"“joints” of {path.name} is {joints.shape}; needed is 3 × 14 × N or 14 × 3 × N.")
    values = joints.transpose((2, 0, 1) if extended else (2, 1, 0)).astype(np.float64)
    flag = values[..., 2]
    if not np.isin(flag, (0, 1)).all():
        raise InputError(f"The flags in “joints” of {path.name} are not 0 and 1.")
    seen = np.where(flag == 1, 2, 0) if extended else np.where(flag == 1, 1, 2)
    seen = np.where(np.isfinite(values).all(-1), seen, 0)
    digits = 5 if extended else 4
    people = [
        Described(
            image=f"im{i + 1:0{digits}}.jpg",
            at=f"joints(:,:,{i + 1})",
            split="train" if extended or i < TRAINING else "test",
        )
        for i in range(len(values))
    ]
    source = Source(FORMAT_EXTENDED if extended else FORMAT, path.name)
    return with_joints(people, source, LSP_14, values[..., :2] + MATLAB, seen)
