"""The pixels of a mask's medial axis, by how much boundary lies between what is nearest on their two sides.

Two neighbouring pixels whose nearest boundary points are far apart along the boundary, but near across the mask, have
the axis between them. The excess of the arc over its chord grows from the tips of the axis to its middle, so that one
threshold cuts the tips that a rough boundary makes and leaves the rest connected.

Source: Ogniewicz and Kübler, "Hierarchic Voronoi skeletons" (1995), chord residual; Telea and van Wijk, "An augmented
fast marching method" (2002), on a pixel grid.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.ndimage import distance_transform_edt, gaussian_filter1d

from engine.skeleton.thinning import thinned

F32 = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

LEAST_RESIDUAL = 2.0
"""Pixels by which a boundary arc must at least exceed its chord to make an axis: more than the steps of a raster and
than a bump of one pixel."""
SMOOTHING = 0.5
"""Standard deviation of the Gaussian along the boundary, as a share of the residual: the steps of a raster would
lengthen slanted arcs by up to 8 %."""


def axis_pixels(mask: Bools, residual: float = 0) -> Bools:
    """The medial axis, one pixel wide, as connected as the mask; a loop is around every hole but the tiniest.

    Args:
        mask: (H, W) bool; outside the picture is outside the mask.
        residual: By how much an arc must exceed its chord to make an axis, as a share of the mask's longer side; never
            less than `LEAST_RESIDUAL`.

    Returns:
        (H, W) bool; every connected part of the mask has at least one pixel.
    """
    if not mask.any():
        return np.zeros_like(mask)
    least = max(LEAST_RESIDUAL, residual * max(mask.shape))
    mask = np.pad(mask, 1)
    boundary = _Boundary.of(mask, least)
    nearest = _nearest_crack(mask, boundary)
    marked = np.zeros_like(mask)
    for axis in (0, 1):
        here, there = (np.s_[:-1, :], np.s_[1:, :]) if axis == 0 else (np.s_[:, :-1], np.s_[:, 1:])
        rows, columns = np.nonzero(mask[here] & mask[there])
        apart = boundary.apart(nearest[here][rows, columns], nearest[there][rows, columns])
        marked[here][rows[apart], columns[apart]] = True
        marked[there][rows[apart], columns[apart]] = True
        # Where the mask is one pixel wide, the boundary of both its sides is nearest to the same pixel.
        before, after = (np.roll(mask, 1, axis), np.roll(mask, -1, axis))
        rows, columns = np.nonzero(mask & ~before & ~after)
        first, second = 2 * rows, 2 * columns
        other = (first + 1, second) if axis == 0 else (first, second + 1)
        apart = boundary.apart(boundary.number[first, second], boundary.number[other])
        marked[rows[apart], columns[apart]] = True
    _fill_meshes(marked, mask)
    _one_piece_each(marked, mask)
    return np.asarray(thinned(marked[None, 1:-1, 1:-1])[0])


@dataclass(frozen=True, eq=False)
class _Boundary:
    """The boundary of a mask, as the border pixels of the mask at twice its size: there, no border is passed twice.

    Args:
        number: (2 H, 2 W) int32: number of the boundary point at each border pixel, -1 elsewhere.
        xy: (N, 2) float64 position of each point, smoothed along the boundary, pixels of the mask.
        arc: (N,) float64 length of the boundary from its first point, pixels.
        total: (N,) float64 length of the whole closed boundary.
        curve: (N,) int32 which boundary it belongs to.
        residual: By how much an arc that makes an axis exceeds its chord, pixels.
    """

    number: npt.NDArray[np.int32]
    xy: npt.NDArray[np.float64]
    arc: npt.NDArray[np.float64]
    total: npt.NDArray[np.float64]
    curve: npt.NDArray[np.int32]
    residual: float

    @classmethod
    def of(cls, mask: Bools, residual: float) -> _Boundary:
        double = cv2.resize(mask.astype(np.uint8), None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
        found, _ = cv2.findContours(double, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        contours = [np.asarray(c).reshape(-1, 2) for c in found]
        number = np.full(double.shape, -1, np.int32)
        xy, arc, total = [], [], []
        for contour in contours:
            smooth = gaussian_filter1d(contour / 2, 2 * SMOOTHING * residual, axis=0, mode="wrap")
            step = np.linalg.norm(np.roll(smooth, -1, 0) - smooth, axis=1)
            along = np.cumsum(step)
            xy.append(smooth)
            arc.append(along - step)
            total.append(np.full(len(contour), along[-1]))
        every = np.concatenate(contours)
        number[every[:, 1], every[:, 0]] = np.arange(len(every))
        curve = np.repeat(np.arange(len(contours), dtype=np.int32), [len(c) for c in contours])
        return cls(number, np.concatenate(xy), np.concatenate(arc), np.concatenate(total), curve, residual)

    def apart(self, a: npt.NDArray[np.int32], b: npt.NDArray[np.int32]) -> Bools:
        """Whether there is an axis between the points numbered `a` and `b`, each (N,)."""
        arc = np.abs(self.arc[a] - self.arc[b])
        arc = np.minimum(arc, self.total[a] - arc)
        difference = self.xy[a] - self.xy[b]
        chord = np.hypot(difference[:, 0], difference[:, 1])
        return np.asarray((arc - chord > self.residual) | (self.curve[a] != self.curve[b]))


def _nearest_crack(mask: Bools, boundary: _Boundary) -> npt.NDArray[np.int32]:
    """(H, W) int32: number of the boundary point nearest to each pixel of the mask, -1 outside."""
    index = distance_transform_edt(mask, return_distances=False, return_indices=True)
    rows, columns = np.nonzero(mask)
    outside_row, outside_column = np.asarray(index)[:, rows, columns]
    dr, dc = rows - outside_row, columns - outside_column
    # The nearest pixel outside has a pixel of the mask next to it, one step back along the longer axis: the nearest
    # boundary runs between the two. Of the four quarters of that pixel, the one towards us at that boundary.
    vertical = np.abs(dr) >= np.abs(dc)
    row = outside_row + np.where(vertical, np.sign(dr), 0)
    column = outside_column + np.where(vertical, 0, np.sign(dc))
    lower = np.where(vertical, dr < 0, dr > 0)
    right = np.where(vertical, dc > 0, dc < 0)
    nearest = np.full(mask.shape, -1, np.int32)
    nearest[rows, columns] = boundary.number[2 * row + lower, 2 * column + right]
    return nearest


def _fill_meshes(marked: Bools, mask: Bools) -> None:
    """Fill what the marks enclose when it lies wholly within the mask: only holes have loops around them."""
    _, label = cv2.connectedComponents((~marked).astype(np.uint8), connectivity=4)
    open_ = np.zeros(int(label.max()) + 1, np.bool_)
    open_[label[~mask]] = True
    marked |= ~open_[label]


def _one_piece_each(marked: Bools, mask: Bools) -> None:
    """Leave one piece in every part of the mask: its largest, or its innermost pixel where nothing is marked.

    Other pieces are pixels near a tip, where the excess wavers around the least that counts.
    """
    count, part = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    _, piece, stats, _ = cv2.connectedComponentsWithStats(marked.astype(np.uint8), connectivity=8)
    size = stats[:, cv2.CC_STAT_AREA]
    of_piece = np.zeros(len(size), np.int64)
    of_piece[piece[marked]] = part[marked]
    order = np.lexsort((-size, of_piece))  # the largest piece of every part comes first
    _, first = np.unique(of_piece[order], return_index=True)
    keep = np.zeros(len(size), np.bool_)
    keep[order[first]] = True
    keep[0] = False
    marked &= keep[piece]

    without = np.ones(count, np.bool_)
    without[0] = False
    without[part[marked]] = False
    if without.any():
        rows, columns = np.nonzero(without[part])
        depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[rows, columns]
        order = np.lexsort((-depth, part[rows, columns]))
        _, first = np.unique(part[rows, columns][order], return_index=True)
        marked[rows[order[first]], columns[order[first]]] = True
