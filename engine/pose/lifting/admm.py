"""Zhou et al.'s convex relaxation: shape and camera from 2D joints by the alternating direction method of multipliers.

Min over M, E, T of ½‖(W − Σ MᵢBᵢ − T1ᵀ − E) D‖² + λ Σ ‖Mᵢ‖₂ + β ‖E D²‖₁, where W (2 × J) are the joints seen, Bᵢ
(3 × J) the dictionary's poses, Mᵢ (2 × 3) = coefficient · first rows of a rotation relaxed to any matrix, ‖·‖₂ the
spectral norm, D² the joints' weights (X. Zhou, M. Zhu, S. Leonardos, K. Daniilidis, “Sparse representation for 3D shape
estimation: a convex relaxation approach”, TPAMI 2017). T has a closed form: W and the dictionary are centred instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.pose.lifting.prox import prox_spectral

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class AdmmSettings:
    """How the relaxation is solved.

    Args:
        sparsity: λ, for joints of unit spread; Zhou et al. have 1 for their dictionary.
        outliers: β, the error beyond which a joint counts as wrong, in units of the joints' spread; None: no outliers.
        tolerance: Relative primal and dual residual at which a person is done.
        iterations: At most so many.
        balance: μ is doubled (halved) when the primal (dual) residual is so many times the other.
    """

    sparsity: float = 1.0
    outliers: float | None = None
    tolerance: float = 1e-3
    iterations: int = 300
    balance: float = 10.0


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What the relaxation finds.

    Args:
        motion: (N, K, 2, 3) the matrices Mᵢ.
        outlier: (N, J, 2) E, zero where a joint is explained.
        iterations: (N,) spent on each person.
        converged: (N,) whether the tolerance was reached.
    """

    motion: F64
    outlier: F64
    iterations: Ints
    converged: Bools


def solve(points: F64, weights: F64, atoms: F64, settings: AdmmSettings) -> Relaxed:
    """Solve for many people at once, each with its own μ; who is done leaves the batch.

    The step Z(B̃B̃ᵀ + μI) = … is solved through the J x J matrix B̃ᵀB̃, whose eigenvectors serve every μ: B̃ has 3K rows and
    only J columns.

    Args:
        points: (N, J, 2), centred with the weights and of unit spread; anything finite where the weight is zero.
        weights: (N, J) from 0, the largest of a person about 1.
        atoms: (K, 3, J).
        settings: How.
    """
    n, joints = weights.shape
    k = len(atoms)
    flat = atoms.reshape(3 * k, joints)
    motion = np.zeros((n, 2, 3 * k))
    outlier = np.zeros((n, 2, joints))
    spent, done = np.zeros(n, np.intp), np.zeros(n, bool)
    root = np.sqrt(weights)
    total = np.maximum(weights.sum(1), 1e-12)
    # (x − mean) D of a row x is x C: C = (I − w 1ᵀ / Σw) D.
    centre = (np.eye(joints) - weights[:, :, None] / total[:, None, None]) * root[:, None, :]
    values, vectors = np.linalg.eigh(np.swapaxes(centre, 1, 2) @ (flat.T @ flat) @ centre)
    values = np.maximum(values, 0)
    seen = np.swapaxes(points, 1, 2)
    mu = 1 / np.maximum(np.abs(seen @ centre).mean((1, 2)), 1e-9)
    state = _State(motion, np.zeros_like(motion), outlier, mu)
    active = np.arange(n)
    for step in range(1, settings.iterations + 1):
        part = state.take(active)
        good = _iterate(
            part, seen[active], centre[active], root[active], values[active], vectors[active], flat, settings
        )
        state.put(active, part)
        spent[active] = step
        done[active] = good
        active = active[~good]
        if not len(active):
            break
    m = np.swapaxes(state.motion.reshape(n, 2, k, 3), 1, 2)
    return Relaxed(m, np.swapaxes(state.outlier, 1, 2), spent, done)


@dataclass(slots=True)
class _State:
    motion: F64
    multiplier: F64
    outlier: F64
    mu: F64

    def take(self, i: Ints) -> _State:
        return _State(self.motion[i], self.multiplier[i], self.outlier[i], self.mu[i])

    def put(self, i: Ints, part: _State) -> None:
        self.motion[i], self.multiplier[i] = part.motion, part.multiplier
        self.outlier[i], self.mu[i] = part.outlier, part.mu


def _iterate(
    s: _State, seen: F64, centre: F64, root: F64, values: F64, vectors: F64, flat: F64, settings: AdmmSettings
) -> Bools:
    """One round of all steps in place; returns who is done."""
    mu = s.mu[:, None, None]
    target = s.motion + s.multiplier / mu
    # Z = (RC Cᵀ Bᵀ + μ target)(B C Cᵀ Bᵀ + μ I)⁻¹ = target + (R − target B) C V (Λ + μ)⁻¹ Vᵀ Cᵀ Bᵀ
    missing = ((seen - s.outlier) - target @ flat) @ centre
    step = ((missing @ vectors) / (values + s.mu[:, None])[:, None, :]) @ np.swapaxes(vectors, 1, 2)
    z = target + (step @ np.swapaxes(centre, 1, 2)) @ flat.T
    k = len(flat) // 3
    wanted = np.swapaxes((z - s.multiplier / mu).reshape(len(z), 2, k, 3), 1, 2)
    new = prox_spectral(wanted, (settings.sparsity / s.mu)[:, None])
    motion: F64 = np.swapaxes(new, 1, 2).reshape(z.shape).astype(np.float64, copy=False)
    if settings.outliers is not None:
        _outlier_step(s, z @ flat, seen, root, settings.outliers)
    dual = s.mu * np.linalg.norm(motion - s.motion, axis=(1, 2))
    primal = np.linalg.norm(motion - z, axis=(1, 2))
    size = np.maximum(np.linalg.norm(motion, axis=(1, 2)), np.linalg.norm(z, axis=(1, 2)))
    s.motion = motion
    s.multiplier = s.multiplier + mu * (motion - z)
    pull = np.linalg.norm(s.multiplier, axis=(1, 2))
    relative_primal, relative_dual = primal / np.maximum(size, 1e-12), dual / np.maximum(pull, 1e-12)
    s.mu = np.where(relative_primal > settings.balance * relative_dual, s.mu * 2, s.mu)
    s.mu = np.where(relative_dual > settings.balance * relative_primal, s.mu / 2, s.mu)
    return np.asarray(np.maximum(relative_primal, relative_dual) < settings.tolerance, np.bool_)


def _outlier_step(s: _State, shown: F64, seen: F64, root: F64, threshold: float) -> None:
    """E takes what is left beyond the threshold; the mean is over what E leaves."""
    weights = root**2
    rest = seen - shown
    mean = (weights[:, None] * (rest - s.outlier)).sum(2) / np.maximum(weights.sum(1), 1e-12)[:, None]
    rest = rest - mean[..., None]
    s.outlier = np.where(root[:, None] > 0, np.sign(rest) * np.maximum(np.abs(rest) - threshold, 0), 0)
