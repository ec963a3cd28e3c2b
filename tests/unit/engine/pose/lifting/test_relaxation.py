"""The proximal step, the relaxation and the fit with one rotation, against plain solvers and made-up people."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from engine.pose.lifting.admm import AdmmSettings, solve
from engine.pose.lifting.prox import prox_spectral, singular_values
from engine.pose.lifting.refine import fit_shared, nearest_rotation, read_out, shared_rotation


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def prox_by_svd(m, t):
    """M less its projection on the nuclear-norm ball (Moreau), the projection by sorting (Duchi et al. 2008)."""
    u, s, vt = np.linalg.svd(m, full_matrices=False)
    if s.sum() <= t:
        return np.zeros_like(m)
    k = 2 if s[1] > (s.sum() - t) / 2 else 1
    projected = np.maximum(s - (s[:k].sum() - t) / k, 0)
    return u @ np.diag(s - projected) @ vt


def test_prox_is_moreaus(rng):
    m = rng.normal(size=(200, 2, 3))
    t = rng.uniform(0, 4, 200)
    expected = np.stack([prox_by_svd(*pair) for pair in zip(m, t, strict=True)])
    np.testing.assert_allclose(prox_spectral(m, t), expected, atol=1e-9)


def test_prox_by_hand():
    m = np.array([[3.0, 0, 0], [0, 1.0, 0]])
    np.testing.assert_allclose(prox_spectral(m, 1.0), [[2, 0, 0], [0, 1, 0]], atol=1e-12)
    np.testing.assert_allclose(prox_spectral(m, 3.0), [[0.5, 0, 0], [0, 0.5, 0]], atol=1e-12)
    np.testing.assert_array_equal(prox_spectral(m, 4.0), np.zeros((2, 3)))
    equal = np.array([[2.0, 0, 0], [0, 2.0, 0]])
    np.testing.assert_allclose(prox_spectral(equal, 1.0), [[1.5, 0, 0], [0, 1.5, 0]], atol=1e-12)
    np.testing.assert_array_equal(prox_spectral(np.zeros((2, 3)), 0.5), np.zeros((2, 3)))


def test_prox_of_a_matrix_of_rank_one(rng):
    m = np.outer([0.6, 0.8], rng.normal(size=3))
    np.testing.assert_allclose(prox_spectral(m, 0.3), prox_by_svd(m, 0.3), atol=1e-9)


def test_singular_values(rng):
    m = rng.normal(size=(50, 2, 3))
    np.testing.assert_allclose(np.stack(singular_values(m), 1), np.linalg.svd(m, compute_uv=False), atol=1e-9)


@pytest.mark.parametrize("missing", [0, 5])
def test_the_relaxation_meets_the_optimality_conditions(rng, missing):
    """The smooth part's slope is in the nuclear-norm ball of radius λ; on its edge and along M where M is not 0."""
    atoms, points, weights = rng.normal(size=(6, 3, 16)), rng.normal(size=(16, 2)), np.ones(16)
    weights[:missing] = 0
    weights[-1] = 0.5
    points -= (weights[:, None] * points).sum(0) / weights.sum()
    relaxed = solve(points[None], weights[None], atoms, AdmmSettings(2.0, None, 1e-7, 3000))
    assert relaxed.converged[0]
    m = relaxed.motion[0]
    rest = points - np.einsum("kab,kbj->ja", m, atoms)
    rest -= (weights[:, None] * rest).sum(0) / weights.sum()
    slope = np.einsum("ja,j,kbj->kab", rest, weights, atoms)
    nuclear, spectral = np.linalg.norm(slope, "nuc", (1, 2)), np.linalg.norm(m, 2, (1, 2))
    used = spectral > 1e-9
    assert (nuclear <= 2.0 + 1e-3).all()
    assert used.any()
    np.testing.assert_allclose(nuclear[used], 2.0, atol=1e-3)
    np.testing.assert_allclose((slope * m).sum((1, 2))[used], 2.0 * spectral[used], atol=1e-3)


def test_people_are_solved_alone(rng):
    atoms, points = rng.normal(size=(8, 3, 16)), rng.normal(size=(6, 16, 2))
    weights = (rng.random((6, 16)) > 0.2) * 1.0
    together = solve(points, weights, atoms, AdmmSettings(iterations=60))
    alone = solve(points[2:3], weights[2:3], atoms, AdmmSettings(iterations=60))
    np.testing.assert_allclose(together.motion[2], alone.motion[0], atol=1e-9)


def test_an_unknown_joint_does_not_matter(rng):
    atoms, points, weights = rng.normal(size=(8, 3, 16)), rng.normal(size=(1, 16, 2)), np.ones((1, 16))
    weights[0, 4] = 0
    moved = points.copy()
    moved[0, 4] = 77
    np.testing.assert_allclose(
        solve(points, weights, atoms, AdmmSettings()).motion, solve(moved, weights, atoms, AdmmSettings()).motion
    )


def test_outliers_are_found(rng):
    atoms = rng.normal(size=(4, 3, 16))
    atoms -= atoms.mean(2, keepdims=True)
    points = (Rotation.random(rng=rng).as_matrix()[:2] @ atoms[1]).T
    points[6] += (6.0, 0)
    relaxed = solve(points[None], np.ones((1, 16)), atoms, AdmmSettings(0.1, 0.3, 1e-5, 2000))
    outlier = np.abs(relaxed.outlier[0]).max(1)
    assert outlier.argmax() == 6
    assert outlier[6] > 3
    assert np.delete(outlier, 6).max() < 1


def test_one_pose_under_one_rotation_is_read_out(rng):
    atoms = rng.normal(size=(5, 3, 16))
    atoms -= atoms.mean(2, keepdims=True)
    true = Rotation.random(rng=rng).as_matrix()
    points = (2 * true[:2] @ atoms[3]).T[None]
    relaxed = solve(points, np.ones((1, 16)), atoms, AdmmSettings(0.01, None, 1e-6, 3000))
    coefficients, rotations = read_out(relaxed.motion)
    assert coefficients[0].argmax() == 3
    np.testing.assert_allclose(coefficients[0, 3], 2, atol=0.02)
    np.testing.assert_allclose(rotations[0, 3], true, atol=0.02)
    np.testing.assert_allclose(shared_rotation(coefficients, rotations)[0], true, atol=0.05)


def test_the_fit_with_one_rotation_recovers_shape_and_camera(rng):
    atoms = rng.normal(size=(4, 3, 16))
    atoms -= atoms.mean(2, keepdims=True)
    true, code = Rotation.random(5, rng=rng), rng.uniform(0, 1, (5, 4))
    shape = np.einsum("nab,nk,kbj->naj", true.as_matrix(), code, atoms)
    points = np.swapaxes(shape[:, :2], 1, 2)
    start = (Rotation.from_rotvec(rng.normal(0, 0.2, (5, 3))) * true).as_matrix()
    fit = fit_shared(points, np.ones((5, 16)), atoms, start, np.full((5, 4), 0.5), sparsity=1e-6, rounds=60)
    np.testing.assert_allclose(fit.coefficients, code, atol=0.02)
    np.testing.assert_allclose(fit.rotation, true.as_matrix(), atol=0.02)
    np.testing.assert_allclose(fit.pose(atoms)[..., 2], shape[:, 2], atol=0.1)
    assert (fit.objective < 1e-2).all()


def test_nearest_rotation():
    np.testing.assert_allclose(nearest_rotation(np.zeros((3, 3))), np.eye(3))
    turn = Rotation.from_rotvec((0.1, 0.2, 0.3)).as_matrix()
    np.testing.assert_allclose(nearest_rotation(5 * turn), turn)
    reflected = nearest_rotation(np.diag([3.0, 2.0, -1.0]))
    np.testing.assert_allclose(reflected, np.eye(3), atol=1e-12)
