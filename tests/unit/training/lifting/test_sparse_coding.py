import numpy as np
import pytest
from scipy.optimize import nnls

from training.lifting.sparse_coding import encode, learn, update_atoms


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_codes_without_a_price_are_non_negative_least_squares(rng):
    atoms, samples = unit(rng.normal(size=(6, 10))), rng.normal(size=(5, 10))
    expected = np.stack([nnls(atoms.T, sample)[0] for sample in samples])
    np.testing.assert_allclose(encode(samples, atoms, 0.0, iterations=2000), expected, atol=1e-5)


def test_a_code_by_hand():
    atoms = np.eye(3)
    np.testing.assert_allclose(encode(np.array([[1.0, 0.05, -2.0]]), atoms, 0.1), [[0.9, 0, 0]], atol=1e-9)


def test_every_round_lowers_the_objective_and_the_truth_is_learned(rng):
    true = unit(rng.normal(size=(5, 12)))
    code = rng.uniform(0.5, 1.5, (300, 5)) * (rng.random((300, 5)) < 0.3)
    losses = []
    atoms = learn(code @ true, 5, 0.01, 60, seed=1, tell=lambda round_, loss: losses.append(loss))
    assert losses[-1] < 0.2 * losses[0]
    assert max(np.diff(losses)) < 0.05 * losses[0]
    assert (np.linalg.norm(atoms, axis=1) <= 1 + 1e-9).all()
    assert (unit(atoms) @ true.T).max(0).min() > 0.95


def test_an_atom_that_nothing_uses_becomes_a_sample(rng):
    samples = rng.normal(size=(20, 4))
    code = np.zeros((20, 2))
    code[:, 0] = 1
    atoms = update_atoms(samples, code, unit(rng.normal(size=(2, 4))), rng)
    assert np.isclose(unit(samples) @ atoms[1], 1).any()
