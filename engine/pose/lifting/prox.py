"""The proximal step of the spectral norm, for many 2 x 3 matrices at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]


def singular_values(m: Floats) -> tuple[Floats, Floats]:
    """The two singular values of (..., 2, 3) matrices, the larger first: closed form by the 2 x 2 matrix M Mᵀ."""
    large, small, _ = _gram(m)
    return np.sqrt(large), np.sqrt(small)


def prox_spectral(m: Floats, threshold: Floats | float) -> Floats:
    """Argmin over X of ½‖X − M‖² + t ‖X‖₂, the norm being the largest singular value.

    With singular values a ≥ b: zero if a + b ≤ t; both (a + b − t) / 2 if a − b ≤ t; else (a − t, b). That is M less
    its projection on the ball of radius t of the nuclear norm (Moreau; Zhou et al. 2017).

    Args:
        m: (..., 2, 3).
        threshold: t from 0, broadcastable to the leading dimensions.

    Returns:
        As `m`.
    """
    large, small, gram = _gram(m)
    a, b = np.sqrt(large), np.sqrt(small)
    t = np.asarray(threshold, m.dtype)
    middle = np.maximum((a + b - t) / 2, 0)
    apart = a - b > t
    new_a, new_b = np.where(apart, a - t, middle), np.where(apart, b, middle)
    # The same left vectors with other values: X = f(M Mᵀ) M, f linear in the 2 x 2 matrix on its two eigenvalues.
    tiny = np.finfo(m.dtype).tiny
    gain_a, gain_b = new_a / np.maximum(a, tiny), np.where(b > 0, new_b / np.maximum(b, tiny), 0)
    gap = large - small
    distinct = gap > 1e-6 * large
    slope = np.where(distinct, (gain_a - gain_b) / np.where(distinct, gap, 1), 0)
    level = gain_a - slope * large
    row0, row1 = m[..., 0, :], m[..., 1, :]
    aa, bb, ab = gram
    out = np.empty_like(m)
    out[..., 0, :] = (level + slope * aa)[..., None] * row0 + (slope * ab)[..., None] * row1
    out[..., 1, :] = (slope * ab)[..., None] * row0 + (level + slope * bb)[..., None] * row1
    return out


def _gram(m: Floats) -> tuple[Floats, Floats, tuple[Floats, Floats, Floats]]:
    """Eigenvalues of M Mᵀ, the larger first, and its entries."""
    row0, row1 = m[..., 0, :], m[..., 1, :]
    aa = np.einsum("...i,...i->...", row0, row0)
    bb = np.einsum("...i,...i->...", row1, row1)
    ab = np.einsum("...i,...i->...", row0, row1)
    root = np.hypot((aa - bb) / 2, ab)
    large = (aa + bb) / 2 + root
    # The product of both is the determinant: without the cancellation of a difference.
    determinant = np.maximum(aa * bb - ab * ab, 0)
    small = np.where(large > 0, determinant / np.where(large > 0, large, 1), 0)
    return large, np.minimum(small, large), (aa, bb, ab)
