"""The surface around a pose, and its pixels, on bodies made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from engine.pose.joints import MPII_16
from tests.unit.training.data.test_body_frame import set_bone, standing
from training.data.body_frame import assembled, turn
from training.data.pose_widening import ADULT
from training.data.synthetic_people.build import Build
from training.data.synthetic_people.figure import normals, surface
from training.data.synthetic_people.frames import about, across, carried, cross, unit
from training.data.synthetic_people.raster import rasterise
from training.data.synthetic_people.topology import ANGLES, AROUND, COUNT, QUAD_ZONE, RINGS, ZONES

J = {name: i for i, name in enumerate(MPII_16.joints)}


def seen(units: np.ndarray, heading: float = 0.0) -> np.ndarray:
    """(16, 3) joints, 4 m before a level camera."""
    return assembled(units, ADULT) @ turn((0, 1, 0), heading).T * (1, -1, -1) + np.array([0, 0, 4000])


def build(seed: int = 0, **changes: float) -> Build:
    values = {name: getattr(Build.random(np.random.default_rng(seed)), name) for name in Build.__slots__}
    return Build(**(values | changes))


@pytest.mark.parametrize("heading", [0.0, 70.0, 180.0])
def test_toes_noses_and_chests_point_ahead(heading: float) -> None:
    joints = seen(standing(), heading)
    ahead = turn((0, 1, 0), heading) @ (0, 0, 1) * (1, -1, -1)
    for seed in range(6):
        points = surface(joints, build(seed), frozenset(), np.random.default_rng(seed))
        for side in "lr":
            foot = points[RINGS[f"{side}_foot"]].mean(1)
            assert (foot[-1] - foot[0]) @ ahead > 100
        chest = points[RINGS["torso"]][8]
        assert (chest[0] - chest[AROUND // 2]) @ ahead > 120
        head = points[RINGS["head"]][3]
        assert (head[0] - head[AROUND // 2]) @ ahead > 60  # a head turns by up to 63 degrees


def test_flesh_is_near_its_bones() -> None:
    joints = seen(standing())
    for seed in range(6):
        points = surface(joints, build(seed, hair=0.0, skirt=0.0), frozenset(ZONES), np.random.default_rng(seed))
        knee = points[RINGS["l_leg"]][5]
        assert np.linalg.norm(knee.mean(0) - joints[J["l_knee"]]) < 20
        assert 30 < np.linalg.norm(knee - knee.mean(0), axis=1).mean() < 150
        distance = np.linalg.norm(points[:, :, None] - joints, axis=-1).min(-1)
        assert distance.max() < 450


def test_cloth_stands_off_the_limb_it_covers_alone() -> None:
    joints, loose = seen(standing()), build(loose=(40.0, 30.0, 20.0))
    bare, dressed = (
        surface(joints, loose, covered, np.random.default_rng(0)) for covered in (frozenset(), frozenset({"arm_high"}))
    )
    upper, fore = RINGS["l_arm"].start + 2, RINGS["l_arm"].start + 7
    radius = [np.linalg.norm(p[upper] - p[upper].mean(0), axis=1).mean() for p in (bare, dressed)]
    assert radius[1] - radius[0] == pytest.approx(30, abs=1.5)
    np.testing.assert_allclose(bare[fore], dressed[fore])
    np.testing.assert_allclose(bare[RINGS["torso"]], dressed[RINGS["torso"]])


def test_without_a_skirt_its_rings_have_no_extent() -> None:
    points = surface(seen(standing()), build(skirt=0.0), frozenset(), np.random.default_rng(0))
    assert not np.ptp(points[RINGS["skirt"]], axis=(0, 1)).any()
    long = surface(seen(standing()), build(skirt=1.0), frozenset(), np.random.default_rng(0))
    assert np.ptp(long[RINGS["skirt"]][..., 1]) > 400


def test_normals_leave_the_surface() -> None:
    points = surface(seen(set_bone("l_ankle", (0, 0.2, -1))), build(), frozenset(), np.random.default_rng(0))
    n = normals(points)
    assert (((points - points.mean(1, keepdims=True)) * n).sum(-1) > -1e-9).all()
    solid = np.ptp(points, axis=1).max(-1) > 1
    np.testing.assert_allclose(np.linalg.norm(n[solid], axis=-1), 1, atol=1e-6)


def tube(radius: float, distance: float) -> np.ndarray:
    """Every ring in one far point but the torso's: an upright cylinder before the camera, its front towards it."""
    points = np.zeros((COUNT, AROUND, 3)) + np.array([0, 0, 9000])
    height = np.linspace(-400, 400, RINGS["torso"].stop - RINGS["torso"].start)
    ring = np.stack([np.sin(ANGLES) * radius, 0 * ANGLES, distance - np.cos(ANGLES) * radius], -1)
    points[RINGS["torso"]] = ring + height[:, None, None] * np.array([0, 1, 0])
    return points


def test_a_cylinder_has_the_depths_and_normals_of_one() -> None:
    points = tube(300, 3000)
    pixels = points[..., :2] / points[..., 2:] * 300 + 50
    found = rasterise(points, normals(points), pixels, 100)
    assert set(QUAD_ZONE[found.quad]) <= {ZONES.index(z) for z in ("pelvis", "torso", "neck")}
    x, y = found.place % 100 + 0.5, found.place // 100 + 0.5
    middle = np.abs(x - 50) < 1
    np.testing.assert_allclose(found.depth[middle], 2700, atol=15)
    np.testing.assert_allclose(found.normal[:, middle].mean(1), (0, 0, -1), atol=0.05)
    np.testing.assert_allclose(np.abs((found.around[middle] + 0.5) % 1 - 0.5), 0, atol=0.03)
    # Its outline: 300 mm at 3 m are 30 px to either side (a little more, seen before the axis), 400 mm up and down.
    assert 78 < x.max() < 82
    assert 18 < x.min() < 22
    assert 92 < y.max() < 97
    right = (x > 70) & (x < 74)
    assert (found.normal[0, right] > 0.5).all()
    assert (found.around[right] > 0.1).all()
    assert (found.around[right] < 0.25).all()  # towards its own left, which is at image right


def test_the_nearer_limb_hides_the_farther() -> None:
    points = tube(200, 3000)
    near = tube(100, 2000)[RINGS["torso"]][: RINGS["l_leg"].stop - RINGS["l_leg"].start]
    points[RINGS["l_leg"]] = near
    pixels = points[..., :2] / points[..., 2:] * 300 + 50
    found = rasterise(points, normals(points), pixels, 100)
    grid = np.full(100 * 100, np.nan)
    grid[found.place] = found.depth
    assert grid[50 * 100 + 50] == pytest.approx(1900, abs=15)
    assert grid[50 * 100 + 67] > 2500  # 17 px aside there is the torso alone
    assert np.isnan(grid[50 * 100 + 95])


def test_small_vectors_agree_with_numpy() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        a, b, c = (unit(v) for v in rng.normal(size=(3, 3)))
        np.testing.assert_allclose(cross(a, b), np.cross(a, b), atol=1e-12)
        np.testing.assert_allclose(carried(a, a, b), b, atol=1e-9)
        np.testing.assert_allclose(carried(c, a, b) @ b, c @ a, atol=1e-9)  # angles are kept
        assert across(a, b) @ b == pytest.approx(0, abs=1e-9)
        np.testing.assert_allclose(about(a, b, np.radians(40)), turn(b, 40) @ a, atol=1e-9)
    assert np.linalg.norm(across(np.array([0, 0, 2.0]), np.array([0, 0, 1.0]))) == pytest.approx(1)
    np.testing.assert_allclose(carried(a, a, -a), -a)
