"""Lifting anew after the joints in the picture were edited, and the camera that fits them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.pose.camera import WeakPerspective, fit_weak_perspective
from engine.pose.editing.state import bones_of, marked, on_grid, posed
from engine.pose.joints import MPII_16
from engine.pose.kinematics import CHILDREN, bone_vectors, from_bones
from engine.pose.lifting.lift import FEWEST, HIDDEN, lift
from engine.pose.project.person import From3D, PoseState

F64 = npt.NDArray[np.float64]


def relift(state: PoseState) -> PoseState:
    """The pose that lifting makes of the joints in the picture as they are now.

    Limbs that are fixed keep their bones' vectors and hang on what is new; the camera is then fitted to the whole. A
    person without a pose gets one.

    Raises:
        InputError: Too few joints are known, or they are too close; nothing is changed then.
        WeightsError: The dictionary of poses is missing or damaged.
    """
    known = int(state.known.sum())
    if known < FEWEST:
        more = FEWEST - known
        raise InputError(
            f"Lifting needs {FEWEST} joints in the picture; {known} are known.",
            f"Mark {more} more {'joint' if more == 1 else 'joints'}.",
        )
    lifted = lift(state.joints[None], state.visibility[None], alternatives=1)
    if not lifted.found[0]:
        raise InputError(f"The joints in the picture are at fewer than {FEWEST} places.", "Move them apart.")
    camera = WeakPerspective(float(lifted.scale[0]), float(lifted.shift[0, 0]), float(lifted.shift[0, 1]))
    return whole(state, lifted.poses[0], camera, "lifted")


def refit_camera(state: PoseState) -> PoseState:
    """The camera that shows the pose closest to the joints in the picture; hidden ones count half.

    Raises:
        InputError: No pose, or joints to which no camera can be fitted.
    """
    pose, _ = posed(state)
    return replace(state, camera=fit_weak_perspective(pose, state.joints, _weights(state)))


def whole(state: PoseState, pose: F64, camera: WeakPerspective, source: From3D) -> PoseState:
    """The state with another pose, its fixed limbs left as they are.

    Args:
        state: May have no pose yet.
        pose: (16, 3) mm.
        camera: That shows the pose; fitted anew when a limb stays and the joints in the picture allow it.
        source: Where the pose comes from.
    """
    kept = [] if state.pose is None else bones_of(state.fixed)
    vectors = bone_vectors(pose)
    if state.pose is not None and kept:
        vectors[kept] = bone_vectors(state.pose)[kept]
    joined = from_bones(vectors) if kept else pose
    own = np.ones(len(MPII_16.joints), bool)
    own[CHILDREN[kept]] = False
    taken = replace(state, pose=on_grid(joined), camera=camera, pose_from=marked(state.pose_from, own, source))
    return replace(taken, camera=fitted_camera(taken) or camera) if kept else taken


def fitted_camera(state: PoseState) -> WeakPerspective | None:
    """The camera that shows the pose closest to the joints in the picture; None where there is none."""
    try:
        return refit_camera(state).camera
    except InputError:
        return None


def _weights(state: PoseState) -> F64:
    return np.where(state.visibility == 1, HIDDEN, 1.0)
