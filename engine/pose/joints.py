"""Joints and bones by name: every layout that DeepSkel reads or writes, and how one becomes another.

Left and right are the person's own. Sources: MPII (Andriluka et al. 2014), LSP (Johnson & Everingham 2010), Human3.6M
in the 17-joint layout of Sun et al. 2017 and in the 16-joint layout rooted at the thorax, COCO (Lin et al. 2014).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.errors import InputError

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Layout:
    """A set of joints in a fixed order, and the bones between them.

    Args:
        name: How the layout is called in files and on the command line.
        joints: Names in order; the same name means the same joint in every layout.
        bones: (parent, child) by name; a tree whose root is `root`, where the layout has all the joints of one.
        root: The joint that 3D positions are relative to.
    """

    name: str
    joints: tuple[str, ...]
    bones: tuple[tuple[str, str], ...]
    root: str

    def index(self, joint: str) -> int:
        """Position of a joint by name.

        Raises:
            InputError: The layout has no such joint.
        """
        if joint not in self.joints:
            raise InputError(f"{self.name} has no joint called “{joint}”.", f"Its joints: {', '.join(self.joints)}.")
        return self.joints.index(joint)

    @cached_property
    def ends(self) -> Ints:
        """(B, 2) indices of parent and child of every bone."""
        return np.array([[self.joints.index(a), self.joints.index(b)] for a, b in self.bones], np.intp)

    @cached_property
    def parents(self) -> Ints:
        """(J,) index of the parent of every joint; the root (and a joint without a bone) is its own."""
        parents = np.arange(len(self.joints))
        for parent, child in self.ends:
            parents[child] = parent
        return parents

    @cached_property
    def outward(self) -> Ints:
        """(B,) indices of `bones` in an order in which a parent comes before its children."""
        done: set[int] = {self.joints.index(self.root)}
        order: list[int] = []
        while len(order) < len(self.bones):
            ready = [i for i, (parent, _) in enumerate(self.ends) if i not in order and parent in done]
            if not ready:  # a forest: begin with the next joint that nothing leads to
                children = set(self.ends[:, 1])
                done |= {p for p, _ in self.ends if p not in children}
                continue
            order += ready
            done |= {self.ends[i, 1] for i in ready}
        return np.array(order, np.intp)

    @cached_property
    def mirrored(self) -> Ints:
        """(J,) permutation that exchanges left and right."""
        return np.array([self.joints.index(other_side(joint)) for joint in self.joints], np.intp)


def other_side(joint: str) -> str:
    """l_knee -> r_knee, pelvis -> pelvis."""
    swap = {"l_": "r_", "r_": "l_"}
    return swap[joint[:2]] + joint[2:] if joint[:2] in swap else joint


_LEGS = (("r_hip", "r_knee"), ("r_knee", "r_ankle"), ("l_hip", "l_knee"), ("l_knee", "l_ankle"))
_ARMS = (("r_shoulder", "r_elbow"), ("r_elbow", "r_wrist"), ("l_shoulder", "l_elbow"), ("l_elbow", "l_wrist"))

MPII_16 = Layout(
    "mpii16",
    (
        "r_ankle", "r_knee", "r_hip", "l_hip", "l_knee", "l_ankle", "pelvis", "thorax", "upper_neck", "head_top",
        "r_wrist", "r_elbow", "r_shoulder", "l_shoulder", "l_elbow", "l_wrist",
    ),
    (
        ("pelvis", "r_hip"), ("pelvis", "l_hip"), _LEGS[0], _LEGS[1], _LEGS[2], _LEGS[3], ("thorax", "pelvis"),
        ("thorax", "r_shoulder"), _ARMS[0], _ARMS[1], ("thorax", "l_shoulder"), _ARMS[2], _ARMS[3],
        ("thorax", "upper_neck"), ("upper_neck", "head_top"),
    ),
    "thorax",
)  # fmt: skip
"""The layout of the networks: 16 joints, 15 bones, the thorax as root. Bones are numbered as the paper's colours."""

LSP_14 = Layout(
    "lsp14",
    (
        "r_ankle", "r_knee", "r_hip", "l_hip", "l_knee", "l_ankle", "r_wrist", "r_elbow", "r_shoulder", "l_shoulder",
        "l_elbow", "l_wrist", "upper_neck", "head_top",
    ),
    (
        ("upper_neck", "r_hip"), ("upper_neck", "l_hip"), *_LEGS,
        ("upper_neck", "r_shoulder"), _ARMS[0], _ARMS[1], ("upper_neck", "l_shoulder"), _ARMS[2], _ARMS[3],
        ("upper_neck", "head_top"),
    ),
    "upper_neck",
)  # fmt: skip
"""Leeds Sports Pose; its “neck” is MPII's upper neck."""

H36M_17 = Layout(
    "h36m17",
    (
        "pelvis", "r_hip", "r_knee", "r_ankle", "l_hip", "l_knee", "l_ankle", "spine", "upper_neck", "nose", "head_top",
        "l_shoulder", "l_elbow", "l_wrist", "r_shoulder", "r_elbow", "r_wrist",
    ),
    (
        ("pelvis", "r_hip"), ("pelvis", "l_hip"), *_LEGS, ("pelvis", "spine"), ("spine", "upper_neck"),
        ("upper_neck", "nose"), ("nose", "head_top"), ("upper_neck", "r_shoulder"), _ARMS[0], _ARMS[1],
        ("upper_neck", "l_shoulder"), _ARMS[2], _ARMS[3],
    ),
    "pelvis",
)  # fmt: skip
"""Human3.6M's 17 joints as most code has them (Sun et al.; the shoulders hang on the neck)."""

H36M_16 = Layout(
    "h36m16",
    (
        "pelvis", "r_hip", "r_knee", "r_ankle", "l_hip", "l_knee", "l_ankle", "thorax", "upper_neck", "head_top",
        "l_shoulder", "l_elbow", "l_wrist", "r_shoulder", "r_elbow", "r_wrist",
    ),
    MPII_16.bones,
    "thorax",
)  # fmt: skip
"""Human3.6M's 16 joints rooted at the thorax (the skeleton-map paper's): MPII's joints in another order."""

COCO_17 = Layout(
    "coco17",
    (
        "nose", "l_eye", "r_eye", "l_ear", "r_ear", "l_shoulder", "r_shoulder", "l_elbow", "r_elbow", "l_wrist",
        "r_wrist", "l_hip", "r_hip", "l_knee", "r_knee", "l_ankle", "r_ankle",
    ),
    (
        *_LEGS, ("l_hip", "r_hip"), ("l_shoulder", "l_hip"), ("r_shoulder", "r_hip"), ("l_shoulder", "r_shoulder"),
        *_ARMS, ("nose", "l_eye"), ("nose", "r_eye"), ("l_eye", "l_ear"), ("r_eye", "r_ear"),
    ),
    "l_hip",
)  # fmt: skip
"""COCO keypoints; its bones are a drawing, not a tree."""

LAYOUTS = {layout.name: layout for layout in (MPII_16, LSP_14, H36M_17, H36M_16, COCO_17)}
"""Layouts by name."""

# What a layout lacks can be the middle of what it has (data set papers; Human3.6M's spine is close to that).
_MIDDLES: dict[str, tuple[str, str]] = {
    "pelvis": ("l_hip", "r_hip"),
    "thorax": ("l_shoulder", "r_shoulder"),
    "spine": ("pelvis", "thorax"),
    "upper_neck": ("thorax", "head_top"),
}


def convert(points: npt.ArrayLike, visibility: npt.ArrayLike, source: Layout, target: Layout) -> tuple[F64, Ints]:
    """Joints of one layout as another: by name, or as the middle of two joints where that is what the joint is.

    Args:
        points: (..., J, D) positions; D is 2 or 3. NaN where unknown.
        visibility: (..., J) 0 unknown, 1 known but hidden, 2 visible (COCO's three states).
        source, target: The layouts.

    Returns:
        (..., K, D) positions, NaN where unknown, and (..., K) visibility; a middle is as visible as its worse end.

    Raises:
        InputError: The arrays do not have the source's number of joints.
    """
    values, seen = np.asarray(points, np.float64), np.asarray(visibility, np.intp)
    if values.ndim < 2 or values.shape[-2] != len(source.joints) or seen.shape != values.shape[:-1]:
        raise InputError(f"{source.name} has {len(source.joints)} joints; got arrays {values.shape} and {seen.shape}.")

    def find(joint: str, depth: int = 0) -> tuple[F64, Ints]:
        if joint in source.joints:
            i = source.joints.index(joint)
            return np.where(seen[..., i, None] > 0, values[..., i, :], np.nan), seen[..., i]
        if joint in _MIDDLES and depth < 3:
            (a, seen_a), (b, seen_b) = (find(end, depth + 1) for end in _MIDDLES[joint])
            return (a + b) / 2, np.minimum(seen_a, seen_b)
        shape = values.shape[:-2]
        return np.full((*shape, values.shape[-1]), np.nan), np.zeros(shape, np.intp)

    found = [find(joint) for joint in target.joints]
    return np.stack([p for p, _ in found], -2), np.stack([v for _, v in found], -1)
