"""The guided filter with a colour guide (He, Sun and Tang, "Guided Image Filtering", 2013)."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]


class GuidedFilter:
    """Smooths maps so that their edges are the photo's: what depends on the photo alone is computed once.

    Args:
        rgb: (H, W, 3) uint8 guide.
        radius: Of the box windows, pixels.
        epsilon: Regularisation, squared colour in [0, 1].
    """

    def __init__(self, rgb: npt.NDArray[np.uint8], radius: int, epsilon: float = 1e-3) -> None:
        self._kernel = (2 * radius + 1, 2 * radius + 1)
        guide = np.asarray(rgb, np.float32) / np.float32(255)
        self._guide = guide
        self._mean = self._box(guide)
        # Covariance of the colours in every window: six numbers, inverted in closed form.
        products = np.stack([guide[..., i] * guide[..., j] for i in range(3) for j in range(i, 3)], 2)
        moments = np.concatenate([self._box(products[..., :3]), self._box(products[..., 3:])], 2)
        m = self._mean
        rr, rg, rb, gg, gb, bb = (
            moments[..., k] - m[..., i] * m[..., j]
            for k, (i, j) in enumerate((i, j) for i in range(3) for j in range(i, 3))
        )
        rr, gg, bb = rr + epsilon, gg + epsilon, bb + epsilon
        c00, c01, c02 = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
        c11, c12, c22 = rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg
        determinant = rr * c00 + rg * c01 + rb * c02
        self._inverse = np.stack([c00, c01, c02, c11, c12, c22], 2) / determinant[..., None]

    def __call__(self, p: F32) -> F32:
        """Filter a (H, W) float32 map."""
        mean_p = self._box(p)
        covariance = self._box(self._guide * p[..., None]) - self._mean * mean_p[..., None]
        x, y, z = covariance[..., 0], covariance[..., 1], covariance[..., 2]
        i00, i01, i02, i11, i12, i22 = (self._inverse[..., k] for k in range(6))
        a = np.stack([i00 * x + i01 * y + i02 * z, i01 * x + i11 * y + i12 * z, i02 * x + i12 * y + i22 * z], 2)
        b = mean_p - (a * self._mean).sum(2)
        return np.asarray((self._box(a) * self._guide).sum(2) + self._box(b), np.float32)

    def _box(self, image: F32) -> F32:
        return np.asarray(cv2.blur(image, self._kernel, borderType=cv2.BORDER_REFLECT), np.float32)
