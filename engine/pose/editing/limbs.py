"""Whole limbs and whole poses: flipped in depth, mirrored, exchanged, taken from other poses, fixed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.pose import kinematics
from engine.pose.editing.joints2d import renamed
from engine.pose.editing.relift import fitted_camera, whole
from engine.pose.editing.state import bones_of, checked_bone, checked_joint, marked, on_grid, posed, with_pose
from engine.pose.joints import MPII_16
from engine.pose.kinematics import CHILDREN, LIMBS, ROOT, bone_lengths, bone_vectors, from_bones
from engine.pose.project.candidates import Candidate
from engine.pose.project.person import From3D, PoseState

F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

SIDES: dict[str, tuple[str, ...]] = {
    "arms": ("r_shoulder", "r_elbow", "r_wrist"),
    "legs": ("r_hip", "r_knee", "r_ankle"),
}
"""What can be exchanged with its other side -> its right joints. With the shoulder an arm is whole: no bone changes."""


def limb_of(joint: int) -> str:
    """Name of the limb that ends in a joint or goes through it; the thorax belongs to the torso.

    Raises:
        InputError: There is no such joint.
    """
    checked_joint(joint)
    return next((limb for limb, bones in LIMBS.items() if joint in CHILDREN[list(bones)]), "torso")


def fix_limb(state: PoseState, limb: str, on: bool = True) -> PoseState:
    """Say whether lifting anew, and poses that are taken over, leave a limb as it is.

    Raises:
        InputError: No pose, or no such limb.
    """
    posed(state)
    bones_of([limb])
    return replace(state, fixed=state.fixed | {limb} if on else state.fixed - {limb})


def flip_limb(state: PoseState, limb: str) -> PoseState:
    """All bones of a limb reflected about the image plane; what hangs on it moves along in depth.

    x and y stay to the last bit, so that the projection does; flipped twice, the depths are what they were, to the last
    bit if they were multiples of state.DEPTH_STEP, as after every edit, and to half of it otherwise.

    Raises:
        InputError: No pose, or no such limb.
    """
    pose, _ = posed(state)
    return with_pose(state, kinematics.flip_depth(on_grid(pose), bones_of([limb])))


def flip_bone(state: PoseState, bone: int) -> PoseState:
    """One bone reflected about the image plane, as `flip_limb` does it.

    Raises:
        InputError: No pose, or no such bone.
    """
    pose, _ = posed(state)
    return with_pose(state, kinematics.flip_depth(on_grid(pose), [checked_bone(bone)]))


def flip_all(state: PoseState) -> PoseState:
    """The whole pose reflected about the image plane: what was in front is behind, and the picture is the same.

    Raises:
        InputError: No pose.
    """
    pose, _ = posed(state)
    return with_pose(state, pose * (1.0, 1.0, -1.0))


def mirror_pose(state: PoseState) -> PoseState:
    """The pose as a mirror beside the person shows it: left is right, and what went left goes right.

    The joints in the picture say where the photo shows the person, which no mirror changes: they stay, and so does the
    camera. This is for a pose that was copied from somebody who faces the other way; mirrored twice, it is restored.

    Raises:
        InputError: No pose.
    """
    pose, _ = posed(state)
    mirrored = kinematics.mirror(pose) + 0.0  # no −0
    return with_pose(replace(state, pose_from=_sides_renamed(state.pose_from)), mirrored)


def swap_sides(state: PoseState, limb: str | None = None) -> PoseState:
    """Left and right exchanged, in space and in the picture together: places stay, names change.

    Args:
        state: Has a pose.
        limb: Whole body by default; “arms” or “legs”, shoulders and hips included, or a limb that belongs to them.

    Raises:
        InputError: No pose, or a limb that has no other side.
    """
    pose, _ = posed(state)
    joints = None if limb is None else SIDES[_pair_of(limb)]
    order = kinematics.swap_sides(np.arange(len(MPII_16.joints), dtype=np.float64)[:, None], joints)[:, 0].astype(int)
    pose_from = tuple(state.pose_from[i] for i in order)
    renamed_joints = order != np.arange(len(order))
    swapped = replace(
        renamed(state, order),
        pose=on_grid(pose[order]),
        pose_from=marked(pose_from, renamed_joints, "edited"),
    )
    if limb is not None:
        return swapped
    return replace(swapped, fixed=frozenset(_other_limb(name) for name in state.fixed))


def reset_limb(state: PoseState, limb: str | None, candidate_pose: npt.ArrayLike, source: From3D) -> PoseState:
    """A limb's bones in the directions that another pose of the same photo gives them.

    The limb keeps its root and its bones' lengths: only the directions are the other pose's opinion, and they are taken
    in the axes of the camera, because that is what an explanation of the photo is about. What hangs on the limb moves
    along.

    Args:
        state: Has a pose.
        limb: All limbs by default, also those that are fixed: the person asked for it.
        candidate_pose: (16, 3) mm in the same camera's axes.
        source: Where that pose comes from.

    Raises:
        InputError: No pose, no such limb, or not a pose.
    """
    pose, _ = posed(state)
    bones = bones_of(LIMBS if limb is None else [limb])
    return _taken(state, _directed(pose, bone_lengths(pose), _checked_pose(candidate_pose), bones), bones, source)


def choose(state: PoseState, candidate: Candidate) -> PoseState:
    """The candidate taken whole, with its lengths and its camera; limbs that are fixed keep their bones.

    With a limb fixed, the camera is fitted anew if the joints in the picture allow it.

    Args:
        state: May have no pose yet.
        candidate: The pose.

    Raises:
        InputError: Not a pose.
    """
    return whole(state, _checked_pose(candidate.pose), candidate.camera, candidate.source)


def copy_pose(state: PoseState, other: PoseState) -> PoseState:
    """The pose of somebody else (the image before): directions of their bones, own lengths, a camera that fits.

    Limbs that are fixed keep their bones. Where too few joints are known for a camera, the present one stays; without
    one, the other's is taken.

    Args:
        state: May have no pose yet; its bones then are as long as the other's.
        other: Has a pose.

    Raises:
        InputError: The other has no pose.
    """
    theirs, their_camera = posed(other)
    lengths = bone_lengths(theirs if state.pose is None else state.pose)
    own = theirs if state.pose is None else state.pose
    pose = _directed(own, lengths, theirs, range(len(lengths)))
    taken = whole(state, pose, state.camera or their_camera, "copied")
    return replace(taken, camera=fitted_camera(taken) or taken.camera)


def _taken(state: PoseState, pose: F64, bones: Iterable[int], source: From3D) -> PoseState:
    """The state with a pose whose bones of these come from elsewhere."""
    theirs = np.isin(np.arange(len(MPII_16.joints)), CHILDREN[list(bones)])
    return replace(state, pose=on_grid(pose), pose_from=marked(state.pose_from, theirs, source))


def _directed(pose: F64, lengths: F64, other: F64, bones: Iterable[int]) -> F64:
    """(16, 3) the pose with these bones in the other's directions; a bone without length there keeps its own."""
    vectors, theirs, size = bone_vectors(pose), bone_vectors(other), bone_lengths(other)
    for bone in bones:
        if size[bone] > 0:
            vectors[bone] = theirs[bone] * (lengths[bone] / size[bone])
    return from_bones(vectors, pose[ROOT])


def _checked_pose(pose: npt.ArrayLike) -> F64:
    p = np.asarray(pose, np.float64)
    if p.shape != (len(MPII_16.joints), 3) or not np.isfinite(p).all():
        raise InputError(f"A pose is (16, 3) and finite; got an array {p.shape}.")
    return np.asarray(p - p[ROOT], np.float64)


def _sides_renamed(values: tuple[From3D, ...]) -> tuple[From3D, ...]:
    return tuple(values[i] for i in MPII_16.mirrored)


def _other_limb(limb: str) -> str:
    return {"r_": "l_", "l_": "r_"}.get(limb[:2], limb[:2]) + limb[2:]


def _pair_of(limb: str) -> str:
    pairs = dict.fromkeys(("arms", "r_arm", "l_arm", "shoulders"), "arms")
    pairs |= dict.fromkeys(("legs", "r_leg", "l_leg", "hips"), "legs")
    if limb not in pairs:
        raise InputError(f"“{limb}” has no other side to be exchanged with.", f"Exchange {' or '.join(SIDES)}.")
    return pairs[limb]
