"""How far a pose is from the truth, as the protocols measure it.

3D, in millimetres (Ionescu et al. 2014; Rhodin et al. 2018 for N-MPJPE; Gower 1975 for Procrustes): the root is one of
the joints and counts with them, as in the published figures. 2D, as shares of joints: PCK@0.2 (Yang & Ramanan 2013, the
torso of LSP) and PCKh@0.5 (Andriluka et al. 2014, as HRNet's evaluation has it).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.pose.joints import MPII_16

F64 = npt.NDArray[np.float64]

PCK_SHARE = 0.2
"""Of the torso: how far a joint may be off (PCK@0.2)."""

PCKH_SHARE = 0.5
"""Of the head size: how far a joint may be off (PCKh@0.5)."""

HEAD_BOX_SHARE = 0.6
"""Head size over the diagonal of the annotated head box (MPII's SC_BIAS)."""

DERIVED = ("pelvis", "thorax")
"""Joints that no mean of PCK and PCKh counts: LSP does not annotate them, MPII's protocol leaves them out."""


COUNTED: npt.NDArray[np.bool_] = np.array([joint not in DERIVED for joint in MPII_16.joints])
"""(16,) the joints that means count."""


def _sides(joint: str) -> tuple[str, str]:
    return f"l_{joint}", f"r_{joint}"


PCKH_GROUPS: dict[str, tuple[str, ...]] = {
    "head": ("head_top",),
    **{joint: _sides(joint) for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")},
}
"""Columns of MPII's table."""

PCK_GROUPS: dict[str, tuple[str, ...]] = PCKH_GROUPS | {"head": ("upper_neck", "head_top")}
"""Columns of LSP's table: its head is both ends of the head."""


def joint_errors(predicted: npt.ArrayLike, truth: npt.ArrayLike, root: str | None = "thorax") -> F64:
    """Distances of joints after both poses are moved so that their roots meet.

    Args:
        predicted: (..., 16, 3) mm in MPII order.
        truth: The same; NaN where unknown.
        root: Joint that is brought together; None leaves the poses where they are.

    Returns:
        (..., 16) mm; NaN where the truth is unknown.

    Raises:
        InputError: Arrays of different shape, or not of 16 joints in 3D.
    """
    p, t = _both(predicted, truth, 3)
    if root is not None:
        at = MPII_16.index(root)
        p, t = p - p[..., at : at + 1, :], t - t[..., at : at + 1, :]
    return np.asarray(np.linalg.norm(p - t, axis=-1))


def mpjpe(predicted: npt.ArrayLike, truth: npt.ArrayLike, root: str = "thorax") -> F64:
    """Mean per-joint position error after the roots are aligned: no rotation, no scale.

    Args:
        predicted, truth: As in `joint_errors`.
        root: "thorax" (skeleton-map paper) or "pelvis" (most others).

    Returns:
        (...,) mm, the mean over the joints that are known.
    """
    return mean_known(joint_errors(predicted, truth, root))


def n_mpjpe(predicted: npt.ArrayLike, truth: npt.ArrayLike, root: str = "thorax") -> F64:
    """MPJPE after the prediction is also scaled about its root by what makes the squared error least.

    Returns:
        (...,) mm.
    """
    p, t = _both(predicted, truth, 3)
    at = MPII_16.index(root)
    p, t = p - p[..., at : at + 1, :], t - t[..., at : at + 1, :]
    known = np.isfinite(t).all(-1, keepdims=True)
    own, common = (np.where(known, p * p, 0).sum((-2, -1)), np.where(known, p * t, 0).sum((-2, -1)))
    scale = common / np.where(own > 0, own, 1.0)
    return mean_known(joint_errors(p * scale[..., None, None], t, root))


def pa_mpjpe(predicted: npt.ArrayLike, truth: npt.ArrayLike) -> F64:
    """MPJPE after similarity Procrustes: the rotation (no reflection), scale and shift of least squared error.

    Returns:
        (...,) mm; for a prediction whose joints all meet in a point, the error of the best single point.
    """
    return mean_known(joint_errors(procrustes(predicted, truth), truth, None))


def procrustes(predicted: npt.ArrayLike, truth: npt.ArrayLike) -> F64:
    """The prediction brought onto the truth by rotation, scale and shift, over the joints that are known.

    Returns:
        (..., 16, 3) mm.
    """
    p, t = _both(predicted, truth, 3)
    known = np.isfinite(t).all(-1, keepdims=True)
    count = np.maximum(known.sum(-2, keepdims=True), 1)
    centre_p = np.where(known, p, 0).sum(-2, keepdims=True) / count
    centre_t = np.where(known, t, 0).sum(-2, keepdims=True) / count
    a, b = np.where(known, p - centre_p, 0), np.where(known, t - centre_t, 0)
    u, singular, vt = np.linalg.svd(np.swapaxes(a, -1, -2) @ b)
    # A reflection would fit better: turn the axis that matters least, and take its part off the scale.
    sign = np.ones_like(singular)
    sign[..., -1] = np.where(np.linalg.det(u @ vt) < 0, -1.0, 1.0)
    rotation = (u * sign[..., None, :]) @ vt
    own = (a * a).sum((-2, -1))
    scale = (singular * sign).sum(-1) / np.where(own > 0, own, 1.0)
    return np.asarray(scale[..., None, None] * ((p - centre_p) @ rotation) + centre_t)


def pck(
    predicted: npt.ArrayLike, truth: npt.ArrayLike, visibility: npt.ArrayLike | None = None, share: float = PCK_SHARE
) -> F64:
    """Which joints are within a share of the torso: the distance from left shoulder to right hip, as LSP has it.

    Args:
        predicted: (..., 16, 2) px; a joint of NaN is wrong.
        truth: (..., 16, 2) px, NaN where unknown.
        visibility: (..., 16); joints of 0 are left out. None: the finite ones count.
        share: Of the torso; the border is within.

    Returns:
        (..., 16): 1 right, 0 wrong, NaN not counted. A person without a torso counts for nothing.
    """
    t = np.asarray(truth, np.float64)
    return _within(predicted, t, visibility, _distance(t, visibility, "l_shoulder", "r_hip"), share)


def pckh(
    predicted: npt.ArrayLike,
    truth: npt.ArrayLike,
    visibility: npt.ArrayLike | None = None,
    head: npt.ArrayLike | None = None,
    share: float = PCKH_SHARE,
) -> F64:
    """Which joints are within a share of the head size.

    Args:
        predicted, truth, visibility: As in `pck`.
        head: (...,) head sizes in px, from `head_size` where head boxes are annotated. Where it is NaN (None:
            everywhere) the distance from upper neck to head top stands in, as for LSP; that is not quite comparable.
        share: Of the head size; the border is within.

    Returns:
        As `pck`.
    """
    t = np.asarray(truth, np.float64)
    size = _distance(t, visibility, "upper_neck", "head_top")
    if head is not None:
        size = np.where(np.isfinite(np.asarray(head, np.float64)), head, size)
    return _within(predicted, t, visibility, size, share)


def head_size(boxes: npt.ArrayLike) -> F64:
    """(..., 4) head boxes x0, y0, x1, y1 in px -> (...,) 0.6 of their diagonals."""
    box = np.asarray(boxes, np.float64)
    return HEAD_BOX_SHARE * np.asarray(np.hypot(box[..., 2] - box[..., 0], box[..., 3] - box[..., 1]))


def rates(correct: F64, groups: Mapping[str, tuple[str, ...]]) -> dict[str, float]:
    """The table that papers print of PCK or PCKh.

    Args:
        correct: (N, 16) of `pck` or `pckh`.
        groups: Column -> joints; a column is the mean of its joints' own rates.

    Returns:
        The columns and "mean": over all joints but `DERIVED`, weighted by how often each is known. In [0, 1]; a column
        of which nothing is known is not there.
    """
    seen, right = np.isfinite(correct).sum(0), np.nansum(correct, 0)
    own = {joint: right[i] / seen[i] for i, joint in enumerate(MPII_16.joints) if seen[i]}
    table = {}
    for name, joints in groups.items():
        if found := [own[joint] for joint in joints if joint in own]:
            table[name] = float(np.mean(found))
    if total := seen[COUNTED].sum():
        table["mean"] = float(right[COUNTED].sum() / total)
    return table


def mean_known(errors: F64) -> F64:
    """(..., J) -> (...,) mean over what is not NaN; NaN where nothing is known."""
    known = np.isfinite(errors)
    count = known.sum(-1)
    return np.asarray(np.where(count > 0, np.where(known, errors, 0).sum(-1) / np.maximum(count, 1), np.nan))


def _within(predicted: npt.ArrayLike, truth: F64, visibility: npt.ArrayLike | None, size: F64, share: float) -> F64:
    p, t = _both(predicted, truth, 2)
    known = _known(t, visibility)
    reference = size[..., None] * share
    counted = known & np.isfinite(reference) & (reference > 0)
    distance = np.linalg.norm(p - t, axis=-1)
    right = np.isfinite(distance) & (distance <= reference)
    return np.asarray(np.where(counted, right.astype(np.float64), np.nan))


def _known(truth: F64, visibility: npt.ArrayLike | None) -> npt.NDArray[np.bool_]:
    known = np.isfinite(truth).all(-1)
    return np.asarray(known if visibility is None else known & (np.asarray(visibility) > 0))


def _distance(truth: F64, visibility: npt.ArrayLike | None, a: str, b: str) -> F64:
    """(...,) px between two joints; NaN where one is unknown."""
    i, j = MPII_16.index(a), MPII_16.index(b)
    known = _known(truth, visibility)
    length = np.linalg.norm(truth[..., i, :] - truth[..., j, :], axis=-1)
    return np.asarray(np.where(known[..., i] & known[..., j], length, np.nan))


def _both(predicted: npt.ArrayLike, truth: npt.ArrayLike, dimensions: int) -> tuple[F64, F64]:
    p, t = np.asarray(predicted, np.float64), np.asarray(truth, np.float64)
    expected = (len(MPII_16.joints), dimensions)
    if p.shape != t.shape or p.shape[-2:] != expected:
        raise InputError(f"Poses of {expected} are compared; got arrays {p.shape} and {t.shape}.")
    return p, t
