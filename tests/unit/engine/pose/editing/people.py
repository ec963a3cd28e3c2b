"""People for tests of edits: bodies that hypothesis draws, and one that stands as POSE does."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from engine.pose.camera import WeakPerspective
from engine.pose.joints import MPII_16
from engine.pose.kinematics import bone_lengths, bone_vectors, from_bones, rotate_bone, symmetric, with_bone_lengths
from engine.pose.project.person import PoseState
from tests.unit.engine.pose.someone import CAMERA, POSE

AT = MPII_16.index
LENGTHS = symmetric(bone_lengths(POSE))


def state_of(pose: np.ndarray = POSE, camera: WeakPerspective = CAMERA, **fields: object) -> PoseState:
    """A person whose joints in the picture are where the pose is seen."""
    return PoseState(joints=camera.project(pose), visibility=np.full(16, 2), pose=pose, camera=camera, **fields)


def without_pose(**fields: object) -> PoseState:
    return PoseState(joints=CAMERA.project(POSE), visibility=np.full(16, 2), **fields)


def rotations(most: float = np.pi) -> st.SearchStrategy[Rotation]:
    return st.tuples(*[st.floats(-most, most)] * 3).map(Rotation.from_rotvec)


def places(most: float = 1500.0) -> st.SearchStrategy[np.ndarray]:
    return st.tuples(*[st.floats(-most, most)] * 3).map(np.array)


@st.composite
def states(draw: st.DrawFn, most: float = 1.0) -> PoseState:
    """POSE with symmetric lengths, every bone turned by up to `most` radians about each axis."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    pose = with_bone_lengths(POSE, LENGTHS)
    for bone in MPII_16.outward:
        pose = rotate_bone(pose, bone, Rotation.from_rotvec(rng.uniform(-most, most, 3) / np.sqrt(3)))
    return state_of(from_bones(bone_vectors(pose)))


def angle(a: np.ndarray, b: np.ndarray) -> float:
    """Degrees between two vectors."""
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b)))


def edited(state: PoseState) -> set[str]:
    """Names of the joints in space that are said to be edited."""
    return {name for name, source in zip(MPII_16.joints, state.pose_from, strict=True) if source == "edited"}
