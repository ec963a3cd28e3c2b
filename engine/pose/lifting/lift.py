"""2D joints to pseudo-3D poses: relaxation, one shared rotation, a body of plausible bones, flips by the prior."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.pose.camera import fit_weak_perspective_arrays
from engine.pose.joints import MPII_16
from engine.pose.kinematics import CHILDREN, PARENTS, ROOT, bone_lengths, with_bone_lengths
from engine.pose.lifting.admm import AdmmSettings, solve
from engine.pose.lifting.dictionary import Dictionary, load_dictionary
from engine.pose.lifting.flips import Flips, FlipSettings, rank_flips
from engine.pose.lifting.project import BodySettings, fit_body, plausible_lengths
from engine.pose.lifting.refine import fit_shared, read_out, shared_rotation
from engine.pose.limits import to_limits

F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

REVISION = 1
"""Part of what names a cache: raised when the same joints, dictionary and settings are lifted otherwise than before."""

FEWEST = 4
"""Known joints at different places without which nothing is lifted: rotation, scale and shift have six unknowns."""

HIDDEN = 0.5
"""Weight of a joint that was marked although it is hidden, beside one that is visible."""

BATCH = 256
"""People solved at once: as many as the processor's cache holds."""


@dataclass(frozen=True, slots=True)
class LiftSettings:
    """All settings of lifting; defaults were chosen on people of the training split.

    Args:
        relaxation: The convex relaxation.
        sparsity: λ of the fit with one shared rotation.
        rounds, steps: Turns of that fit, and proximal steps a turn.
        body: How bones and shape are weighed.
        flips: How depth flips are weighed.
        believable: Error of a joint, as a share of the mean body's torso, at which its confidence has fallen to 0.6.
    """

    relaxation: AdmmSettings = field(default_factory=lambda: AdmmSettings(sparsity=0.1, iterations=20))
    sparsity: float = 0.3
    rounds: int = 10
    steps: int = 30
    body: BodySettings = field(default_factory=BodySettings)
    flips: FlipSettings = field(default_factory=FlipSettings)
    believable: float = 0.15


@dataclass(frozen=True, slots=True)
class Lifted:
    """People in pseudo-3D: what explains their 2D joints, not what was measured.

    Args:
        poses: (N, 16, 3) mm of the mean body, camera axes, thorax at the origin; the most probable flip.
        scale: (N,) px/mm and
        shift: (N, 2) px of the weak-perspective camera that shows the pose over the 2D joints; NaN where `found` is
            false.
        confidence: (N, 16) in [0, 1]; 0 where a joint was not known.
        reprojection: (N, 16) px between the projected and the given joint; NaN where it was not known.
        flips: Other poses with the same projection, by signs relative to `poses`; the first is the pose itself.
        found: (N,) false where too few joints are known, or all fall on one point: the pose is then the mean pose.
    """

    poses: F64
    scale: F64
    shift: F64
    confidence: F64
    reprojection: F64
    flips: Flips
    found: Bools

    def __len__(self) -> int:
        return len(self.poses)

    def alternatives(self, rank: int) -> F64:
        """(N, 16, 3) the poses of this rank among the flips; 0 is `poses`."""
        return self.flips.poses(self.poses, rank)


def lift(
    points: npt.ArrayLike,
    visibility: npt.ArrayLike | None = None,
    dictionary: Dictionary | None = None,
    *,
    alternatives: int = 8,
    settings: LiftSettings | None = None,
) -> Lifted:
    """Lift many people; each one's answer depends on their own joints alone.

    Args:
        points: (N, 16, 2) px in the layout MPII_16, NaN where unknown.
        visibility: (N, 16) 0 unknown, 1 hidden, 2 visible; by default every finite point is visible.
        dictionary: The one that comes with DeepSkel by default.
        alternatives: How many flips are told for each person, the pose itself included; at least 1.
        settings: How.

    Raises:
        InputError: Arrays of other shapes.
        WeightsError: The dictionary is missing or damaged.
    """
    xy = np.asarray(points, np.float64)
    if xy.ndim != 3 or xy.shape[1:] != (len(MPII_16.joints), 2):
        raise InputError(f"Lifting takes (N, 16, 2) joints; got an array {xy.shape}.")
    seen = np.full(xy.shape[:2], 2) if visibility is None else np.asarray(visibility)
    if seen.shape != xy.shape[:2]:
        raise InputError(f"Lifting takes (N, 16) visibilities; got an array {seen.shape} for {len(xy)} people.")
    book, how = dictionary or load_dictionary(), settings or LiftSettings()
    known = np.isfinite(xy).all(-1) & (seen > 0)
    weights = np.where(known, np.where(seen == 1, HIDDEN, 1.0), 0.0)
    xy = np.where(known[..., None], xy, 0.0)
    points, spread = normalised(xy, weights)
    found = (_places(points, known) >= FEWEST) & (spread > 0)
    poses = np.repeat(book.mean[None], len(xy), 0)
    index = np.flatnonzero(found)
    for start in range(0, len(index), BATCH):
        part = index[start : start + BATCH]
        poses[part] = _fit(points[part], weights[part], book, how)
    flips = rank_flips(poses, book, max(alternatives, 1), how.flips)
    poses = flips.poses(poses, 0)
    flips = replace(flips, signs=flips.signs * flips.signs[:, :1])
    scale, shift = fit_weak_perspective_arrays(poses, np.where(known[..., None], xy, np.nan), weights)
    found &= np.isfinite(scale)
    scale, shift = np.where(found, scale, np.nan), np.where(found[:, None], shift, np.nan)
    error = np.linalg.norm(poses[..., :2] * scale[:, None, None] + shift[:, None] - xy, axis=-1)
    error = np.where(known, error, np.nan)
    confidence = _confidence(error, scale, weights, flips.sure, book, how)
    return Lifted(poses, scale, shift, confidence, error, flips, found)


@dataclass(frozen=True, slots=True)
class Shapes:
    """What the fits of the dictionary give, in the points' unit; depth increases away from the camera.

    Args:
        relaxed: (N, 16, 3) of the convex relaxation alone, every pose of the dictionary under a rotation of its own.
        shared: (N, 16, 3) after the fit with one rotation for all.
    """

    relaxed: F64
    shared: F64


def fit_shapes(points: F64, weights: F64, dictionary: Dictionary, settings: LiftSettings) -> Shapes:
    """Relaxation, read-out and shared rotation.

    Args:
        points: (N, 16, 2), centred with the weights and of unit spread.
        weights: (N, 16) from 0.
        dictionary, settings: As in `lift`.
    """
    relaxed = solve(points, weights, dictionary.rows, settings.relaxation)
    coefficients, rotations = read_out(relaxed.motion)
    fit = fit_shared(
        points,
        weights,
        dictionary.rows,
        shared_rotation(coefficients, rotations),
        coefficients,
        sparsity=settings.sparsity,
        rounds=settings.rounds,
        steps=settings.steps,
    )
    apart = np.einsum("nk,nkab,kbj->nja", coefficients, rotations, dictionary.rows, optimize=True)
    return Shapes(apart, fit.pose(dictionary.rows))


def normalised(xy: F64, weights: F64) -> tuple[F64, F64]:
    """(N, 16, 2), (N, 16) -> the points centred with the weights and of unit spread, and (N,) the spread in px.

    Where the weight is zero a point is zero; a person without spread stays at zero.
    """
    total = np.maximum(weights.sum(1), 1e-12)
    mean = (weights[..., None] * xy).sum(1) / total[:, None]
    centred = np.where(weights[..., None] > 0, xy - mean[:, None], 0.0)
    with np.errstate(over="ignore"):
        spread = np.sqrt((weights[..., None] * centred**2).sum((1, 2)) / (2 * total))
    usable = np.isfinite(spread) & (spread > 1e-9 * np.abs(xy).max((1, 2)))
    spread = np.where(usable, spread, 0.0)
    return centred / np.where(usable, spread, np.inf)[:, None, None], spread


def _places(points: F64, known: Bools) -> npt.NDArray[np.intp]:
    """(N,) at how many different places the known joints are, of points of unit spread."""
    near = np.abs(points[:, :, None] - points[:, None]).max(-1) < 1e-6
    repeated = (np.tril(near, -1) & known[:, None]).any(2)
    return np.asarray((known & ~repeated).sum(1), np.intp)


def _fit(points: F64, weights: F64, book: Dictionary, how: LiftSettings) -> F64:
    """(N, 16, 2) of unit spread -> (N, 16, 3) mm, thorax at the origin.

    The scale comes from the body: at first all bones of the fitted shape together are as long as the mean body's, then
    the camera that shows the body best is believed, so that no bone looks longer than it is.
    """
    shape = fit_shapes(points, weights, book, how).shared
    size = book.lengths.sum() / np.maximum(bone_lengths(shape).sum(1), 1e-9)
    body = shape * size[:, None, None]
    lengths = plausible_lengths(body, book, how.body)
    total = weights.sum(1)[:, None]
    for _ in range(how.body.fits):
        scale, _ = fit_weak_perspective_arrays(body, points, weights)
        size = np.where(np.isfinite(scale), 1 / np.where(np.isfinite(scale), scale, 1.0), size)
        wished = shape * size[:, None, None]
        middle = (weights[..., None] * wished[..., :2]).sum(1) / total
        body = fit_body(wished, points * size[:, None, None] + middle[:, None], weights, lengths, how.body)
    body = to_limits(with_bone_lengths(body, lengths))
    return np.asarray(body - body[:, ROOT : ROOT + 1], np.float64)


def _confidence(error: F64, scale: F64, weights: F64, sure: F64, book: Dictionary, how: LiftSettings) -> F64:
    """How far a joint is to be believed: seen, its projection where it was seen, its depth not ambiguous.

    The depth of a joint hangs on all bones between it and the thorax: their probabilities multiply.
    """
    allowed = how.believable * book.lengths[MPII_16.bones.index(("thorax", "pelvis"))] * scale
    fits = np.exp(-0.5 * (error / allowed[:, None]) ** 2)
    depth = np.ones_like(weights)
    for bone in MPII_16.outward:
        depth[:, CHILDREN[bone]] = depth[:, PARENTS[bone]] * sure[:, bone]
    return np.where(weights > 0, weights * np.nan_to_num(fits) * depth, 0.0)
