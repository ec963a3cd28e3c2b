from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.canvas.sides import ON_DARK
from app.canvas3d.body import BONE_RADII, GAP, SHADOW, child_bone, floor_under, ghost_bones, outward_joints
from app.canvas3d.mesh import body_mesh, ghost_mesh
from app.canvas3d.picking import bone_at, ghost_at, joint_at
from app.canvas3d.scene import Scene
from app.canvas3d.solids import CUBE, OCTAHEDRON, face_normals, frame, sections, shade
from app.canvas3d.viewpoint import Viewpoint
from engine.pose.kinematics import CHILDREN, MOVED, bone_index, flip_depth
from tests.unit.app.canvas3d.poses import joint, standing

SHIN = bone_index("l_knee", "l_ankle")
VIEW = Viewpoint((500.0, 500.0)).fitted(standing())


def test_the_floor_is_beneath_the_lowest_joint() -> None:
    floor = floor_under(standing())
    assert floor.y == 1380 + GAP
    assert (floor.corners[:, 1] == floor.y).all()
    assert floor.shadow.shape == (SHADOW, SHADOW)
    assert floor.shadow.max() == 1  # beneath the trunk
    assert floor.shadow[0].max() == floor.shadow[:, 0].max() == 0  # nothing at the edges
    assert floor.shadow[SHADOW // 2].sum() > floor.shadow[:, SHADOW // 2].sum()  # arms to the sides


def test_flips_share_their_bones_with_the_pose() -> None:
    pose = standing()
    pose[joint("l_ankle")] += (0, 0, 80)
    flipped = flip_depth(pose, [SHIN])
    scene = Scene(pose=pose, ghosts=(pose, flipped, flipped))
    ends, bones, owners = ghost_bones(scene)
    assert bones.tolist() == [SHIN]
    assert owners.tolist() == [1]
    assert np.allclose(ends[0], flipped[[joint("l_knee"), joint("l_ankle")]])
    alone = ghost_bones(replace(scene, pose=None))
    assert len(alone[0]) == 16
    assert len(ghost_bones(Scene(pose=pose))[0]) == 0


def test_joints_outwards_have_their_parents_before_them() -> None:
    order = outward_joints()
    assert sorted(order) == list(range(16))
    assert child_bone(None) is None
    assert child_bone(order[0]) is None
    for at, each in enumerate(order[1:], 1):
        bone = child_bone(each)
        assert bone is not None
        assert CHILDREN[bone] == each
        assert all(order.index(int(beyond)) >= at for beyond in np.flatnonzero(MOVED[bone]))


def test_sections_are_as_thick_as_the_bone() -> None:
    first, last = np.array([0.0, 0, 0]), np.array([0.0, 300, 400])
    points, outwards = sections(first, last, np.array([40.0, 20.0]), 8)
    axis = np.array([0, 0.6, 0.8])
    beside = points - (points @ axis)[..., None] * axis
    assert np.allclose(np.linalg.norm(beside[0], axis=1), 40)
    assert np.allclose(np.linalg.norm(beside[-1], axis=1), 20)
    assert np.allclose(outwards @ axis, 0)
    many, _ = sections(np.stack([first] * 3), np.stack([last] * 3), np.full((3, 2), 10.0), 6)
    assert many.shape == (3, 6, 6, 3)


@pytest.mark.parametrize("axis", [(0, 0, 0), (0, 0, 1), (0, 0, -2), (1, 2, 3)])
def test_a_frame_for_every_axis(axis: tuple[float, float, float]) -> None:
    across, over = frame(np.array(axis, np.float64))
    assert np.allclose(np.linalg.norm([across, over], axis=1), 1)
    assert across @ over == pytest.approx(0)
    assert across @ axis == pytest.approx(0)
    assert over[2] <= 0


@pytest.mark.parametrize("faces", [CUBE, OCTAHEDRON])
def test_faces_look_outwards(faces: np.ndarray) -> None:
    normals = face_normals(faces)
    assert np.allclose(np.linalg.norm(normals, axis=1), 1)
    assert ((normals * faces.mean(1)).sum(1) > 0).all()
    assert np.allclose(normals.sum(0), 0)
    assert (shade(normals) >= 0.5).all()


def test_meshes_lie_around_the_bones() -> None:
    mesh = body_mesh(Scene(pose=standing()), ON_DARK)
    assert len(mesh) % 3 == 0
    assert np.allclose(np.linalg.norm(mesh["a_normal"], axis=1), 1, atol=1e-5)
    low, high = mesh["a_place"].min(0), mesh["a_place"].max(0)
    assert (low < standing().min(0)).all()
    assert (high > standing().max(0)).all()
    assert (high - low < np.ptp(standing(), axis=0) + 4 * BONE_RADII.max()).all()
    ghosts = ghost_mesh(Scene(ghosts=(standing(),)), ON_DARK)
    assert len(ghosts) == 15 * 6 * 6
    assert len(body_mesh(Scene(), ON_DARK)) == len(ghost_mesh(Scene(), ON_DARK)) == 0


def test_the_joint_under_the_mouse() -> None:
    scene = Scene(pose=standing())
    x, y = VIEW.project(standing()[joint("l_elbow")])
    assert joint_at(scene, VIEW, (x + 3, y - 3)) == joint("l_elbow")
    assert joint_at(scene, VIEW, (x + 25, y)) is None
    assert joint_at(Scene(), VIEW, (x, y)) is None


def test_of_two_joints_the_nearer_one() -> None:
    pose = standing()
    pose[joint("l_wrist")] = pose[joint("l_hip")] + (0, 0, -200)
    x, y = VIEW.project(pose[joint("l_hip")])
    assert joint_at(Scene(pose=pose), VIEW, (x, y)) == joint("l_wrist")
    pose[joint("l_wrist"), 2] = 200
    assert joint_at(Scene(pose=pose), VIEW, (x, y)) == joint("l_hip")


def test_the_bone_and_the_candidate_under_the_mouse() -> None:
    moved = standing()
    moved[joint("r_wrist")] += (0, 300, 0)
    scene = Scene(pose=standing(), ghosts=(standing(), moved))
    middle = (standing()[joint("r_elbow")] + moved[joint("r_wrist")]) / 2
    xy = tuple(VIEW.project(middle))
    assert ghost_at(scene, VIEW, xy) == 1
    assert bone_at(scene, VIEW, xy) is None
    shin = tuple(VIEW.project(standing()[[joint("l_knee"), joint("l_ankle")]].mean(0)))
    assert bone_at(scene, VIEW, shin) == SHIN
    assert ghost_at(scene, VIEW, shin) is None  # it is the pose's
    assert bone_at(Scene(), VIEW, shin) is None
    assert ghost_at(Scene(), VIEW, shin) is None
