"""From the relaxation's matrices to one camera and one shape: rotation read-out, and the fit with one shared rotation.

Zhou et al. 2017, section on reconstruction: the relaxed solution starts a local search over min over s·R in scaled
rotations and coefficients c ≥ 0 of ½‖(W − R₂ Σ cᵢBᵢ − T1ᵀ) D‖² + λ Σ cᵢ, by turns in c and in R.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

F64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fit:
    """One rotation and one shape for each person.

    Args:
        rotation: (N, 3, 3) from the dictionary's axes to the camera's.
        coefficients: (N, K) from 0.
        objective: (N,) what was minimised.
    """

    rotation: F64
    coefficients: F64
    objective: F64

    def pose(self, atoms: F64) -> F64:
        """(N, J, 3) in the units of the points that were fitted."""
        shape = np.tensordot(self.coefficients, atoms, 1)
        return np.swapaxes(self.rotation @ shape, 1, 2)


def read_out(motion: F64) -> tuple[F64, F64]:
    """Coefficients and rotations of the relaxation: cᵢ = ‖Mᵢ‖₂, the first rows of Rᵢ those nearest to Mᵢ / cᵢ.

    Args:
        motion: (N, K, 2, 3).

    Returns:
        (N, K) and (N, K, 3, 3); the unit matrix where a coefficient is zero.
    """
    left, values, right = np.linalg.svd(motion, full_matrices=False)
    rows = left @ right
    third = np.cross(rows[..., 0, :], rows[..., 1, :])
    rotation = np.concatenate([rows, third[..., None, :]], -2)
    used = values[..., 0] > 0
    return values[..., 0], np.where(used[..., None, None], rotation, np.eye(3))


def shared_rotation(coefficients: F64, rotations: F64) -> F64:
    """(N, K), (N, K, 3, 3) -> (N, 3, 3) the rotation nearest to the weighted mean (“syncRot”)."""
    return nearest_rotation(np.einsum("nk,nkab->nab", coefficients, rotations))


def nearest_rotation(matrix: F64) -> F64:
    """(..., 3, 3) -> the rotation nearest in the Frobenius norm; the unit matrix for zero."""
    empty = np.abs(matrix).max((-2, -1)) < 1e-12
    left, _, right = np.linalg.svd(np.where(empty[..., None, None], np.eye(3), matrix))
    left[..., 2] *= np.linalg.det(left @ right)[..., None]
    return np.asarray(left @ right, np.float64)


def fit_shared(
    points: F64,
    weights: F64,
    atoms: F64,
    rotation: F64,
    coefficients: F64,
    *,
    sparsity: float,
    rounds: int = 10,
    steps: int = 30,
) -> Fit:
    """Coefficients by accelerated proximal gradient and rotations by Gauss-Newton, in turns.

    Args:
        points: (N, J, 2) centred with the weights, of unit spread.
        weights: (N, J) from 0.
        atoms: (K, 3, J).
        rotation: (N, 3, 3) to start from.
        coefficients: (N, K) to start from.
        sparsity: λ.
        rounds: Turns.
        steps: Proximal steps a turn.
    """
    n, joints = weights.shape
    total = np.maximum(weights.sum(1), 1e-12)
    root = np.sqrt(weights)
    centre = (np.eye(joints) - weights[:, :, None] / total[:, None, None]) * root[:, None, :]
    seen = (np.swapaxes(points, 1, 2) @ centre).reshape(n, 2 * joints)
    flat = np.ascontiguousarray(atoms.transpose(1, 2, 0))
    c = coefficients
    for _ in range(rounds):
        # (N, 2, J, K): every atom as this camera sees it, centred and weighted
        shown = np.einsum("nab,bjk->najk", rotation[:, :2], flat, optimize=True)
        shown = (np.swapaxes(centre, 1, 2)[:, None] @ shown).reshape(n, 2 * joints, -1)
        c = _coefficients(shown, seen, c, sparsity, steps)
        shape = np.tensordot(c, atoms, 1) @ centre
        for _ in range(2):
            rotation = _turned(rotation, shape, seen)
    shown = (rotation[:, :2] @ (np.tensordot(c, atoms, 1) @ centre)).reshape(n, -1)
    return Fit(rotation, c, 0.5 * ((shown - seen) ** 2).sum(1) + sparsity * c.sum(1))


def _coefficients(shown: F64, seen: F64, start: F64, sparsity: float, steps: int) -> F64:
    largest = np.linalg.eigvalsh(shown @ np.swapaxes(shown, 1, 2))[:, -1]
    step = 1 / np.maximum(largest, 1e-12)[:, None]
    c, ahead, momentum = start, start, 1.0
    for _ in range(steps):
        residual = (shown @ ahead[..., None])[..., 0] - seen
        slope = (residual[:, None] @ shown)[:, 0]
        new = np.maximum(ahead - step * (slope + sparsity), 0)
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = new + (momentum - 1) / following * (new - c)
        c, momentum = new, following
    return c


def _turned(rotation: F64, shape: F64, seen: F64) -> F64:
    """One Gauss-Newton step on the rotation; a scale moves along, so that it is not the shape's error that turns it."""
    z = rotation @ shape
    n, _, joints = z.shape
    jacobian = np.zeros((n, 2, joints, 4))
    jacobian[:, 0, :, 1], jacobian[:, 0, :, 2] = z[:, 2], -z[:, 1]
    jacobian[:, 1, :, 0], jacobian[:, 1, :, 2] = -z[:, 2], z[:, 0]
    jacobian[..., 3] = z[:, :2]
    flat = jacobian.reshape(n, 2 * joints, 4)
    gram = np.swapaxes(flat, 1, 2) @ flat + 1e-2 * np.eye(4)
    slope = np.swapaxes(flat, 1, 2) @ (seen - z[:, :2].reshape(n, -1))[..., None]
    turn = np.linalg.solve(gram, slope)[:, :3, 0]
    return np.asarray(Rotation.from_rotvec(turn).as_matrix() @ rotation, np.float64)
