"""Dictionary learning by non-negative sparse coding: the alternation of Zhou et al. 2017, section on learning.

Min over B, C ≥ 0 of ½‖X − C B‖² + λ ΣC with ‖Bᵢ‖ ≤ 1: codes by accelerated proximal gradient (FISTA; Beck & Teboulle
2009), atoms by block coordinate descent (Mairal et al. 2010). Coefficients are not negative, for the negative of a pose
is no pose: no rotation leads from one to the other.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]


def encode(samples: F64, atoms: F64, sparsity: float, start: F64 | None = None, iterations: int = 100) -> F64:
    """Codes of samples in a dictionary.

    Args:
        samples: (N, D).
        atoms: (K, D).
        sparsity: λ.
        start: (N, K) codes to begin with; zero by default.
        iterations: Of FISTA.

    Returns:
        (N, K) from 0.
    """
    gram, target = atoms @ atoms.T, samples @ atoms.T - sparsity
    step = 1 / max(float(np.linalg.eigvalsh(gram)[-1]), 1e-12)
    code = np.zeros((len(samples), len(atoms))) if start is None else start
    ahead, momentum = code, 1.0
    for _ in range(iterations):
        new = np.maximum(ahead + step * (target - ahead @ gram), 0)
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = new + (momentum - 1) / following * (new - code)
        code, momentum = new, following
    return code


def update_atoms(samples: F64, code: F64, atoms: F64, rng: np.random.Generator) -> F64:
    """One pass of block coordinate descent; an atom that nothing uses becomes one of the worst-explained samples."""
    together, seen = code.T @ code, code.T @ samples
    new = atoms.copy()
    unused = np.flatnonzero(np.diag(together) < 1e-9)
    worst = np.argsort(-((samples - code @ atoms) ** 2).sum(1))[: 10 * len(unused)]
    replacement = iter(rng.permutation(worst)[: len(unused)])
    for k in range(len(new)):
        if k in unused:
            new[k] = samples[next(replacement)]
        else:
            new[k] += (seen[k] - together[k] @ new) / together[k, k]
        new[k] /= max(float(np.linalg.norm(new[k])), 1.0 if k not in unused else 1e-12)
    return new


def learn(
    samples: F64,
    atoms: int,
    sparsity: float,
    rounds: int,
    seed: int = 0,
    tell: Callable[[int, float], None] = lambda round_, loss: None,
) -> F64:
    """Learn a dictionary.

    Args:
        samples: (N, D), rows of about unit norm.
        atoms: K.
        sparsity: λ.
        rounds: Alternations.
        seed: Of the first atoms, which are samples.
        tell: Called with the round and its mean objective.

    Returns:
        (K, D) of norm at most 1.
    """
    rng = np.random.default_rng(seed)
    b = samples[rng.choice(len(samples), atoms, replace=len(samples) < atoms)].copy()
    b /= np.maximum(np.linalg.norm(b, axis=1, keepdims=True), 1e-12)
    code: F64 | None = None
    for round_ in range(rounds):
        code = encode(samples, b, sparsity, code, 30 if code is not None else 100)
        tell(round_, float((0.5 * ((samples - code @ b) ** 2).sum(1) + sparsity * code.sum(1)).mean()))
        b = update_atoms(samples, code, b, rng)
    return b
