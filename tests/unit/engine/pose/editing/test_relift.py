from dataclasses import replace

import numpy as np
import pytest

from engine.errors import InputError
from engine.pose.camera import fit_weak_perspective
from engine.pose.editing.joints2d import move_joint, set_visibility
from engine.pose.editing.limbs import fix_limb, flip_limb
from engine.pose.editing.relift import refit_camera, relift
from engine.pose.kinematics import LIMBS, ROOT, bone_vectors
from engine.pose.lifting.lift import lift
from tests.unit.engine.pose.editing.people import edited, state_of, without_pose
from tests.unit.engine.pose.someone import CAMERA, POSE


def only(count):
    """A person of whom so many joints are known."""
    visibility = np.where(np.arange(16) < count, 2, 0)
    return replace(
        without_pose(), joints=np.where(visibility[:, None] > 0, CAMERA.project(POSE), np.nan), visibility=visibility
    )


def test_it_is_what_lifting_makes_of_the_joints():
    state = move_joint(state_of(), 15, (170, 40))
    lifted = lift(state.joints[None], state.visibility[None])
    for before in (state, replace(state, pose=None, camera=None)):
        found = relift(before)
        np.testing.assert_allclose(found.pose, lifted.poses[0], atol=1e-9)
        assert found.camera.scale == lifted.scale[0]
        assert set(found.pose_from) == {"lifted"}
        assert found.joints_from[15] == "edited"
        assert not found.pose[ROOT].any()


def test_fixed_limbs_stay():
    state = fix_limb(flip_limb(state_of(), "l_arm"), "l_arm")
    found = relift(move_joint(state, 0, (100, 190)))
    arm = list(LIMBS["l_arm"])
    np.testing.assert_allclose(bone_vectors(found.pose)[arm], bone_vectors(state.pose)[arm], atol=1e-9)
    free = relift(fix_limb(state, "l_arm", False))
    assert np.abs(bone_vectors(free.pose)[arm] - bone_vectors(state.pose)[arm]).max() > 10
    assert edited(found) == {"l_elbow", "l_wrist"}
    assert found.pose_from.count("lifted") == 14
    assert found.camera == refit_camera(found).camera


@pytest.mark.parametrize(("count", "more"), [(0, "4 more joints"), (3, "1 more joint\\.")])
def test_too_few_joints_say_how_many_are_missing(count, more):
    with pytest.raises(InputError, match=more):
        relift(only(count))


def test_joints_on_one_place():
    heap = replace(without_pose(), joints=np.full((16, 2), 50.0))
    with pytest.raises(InputError, match="fewer than 4 places"):
        relift(heap)


def test_the_camera_fits_the_joints_and_hidden_ones_count_half():
    moved = set_visibility(move_joint(state_of(), 15, (170, 40)), 15, 1)
    weights = np.where(np.arange(16) == 15, 0.5, 1.0)
    found = refit_camera(moved)
    assert found.camera == fit_weak_perspective(POSE, moved.joints, weights)
    assert found.pose is moved.pose
    assert found.pose_from == moved.pose_from


def test_cameras_that_cannot_be_found():
    with pytest.raises(InputError, match="no pose"):
        refit_camera(without_pose())
    blind = replace(state_of(), joints=np.full((16, 2), np.nan), visibility=np.zeros(16))
    with pytest.raises(InputError, match="No camera"):
        refit_camera(blind)
