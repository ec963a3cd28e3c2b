"""What was read of people as figures with stable keys."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.pose.joints import MPII_16
from engine.pose.metrics import n_mpjpe, pa_mpjpe, pck, rates
from engine.pose.ranking import DEFAULT, rank
from training.evaluation.pose import TRUE_MAP, Measured
from training.evaluation.pose_figures import error_of, joints_of, pose_figures
from training.evaluation.pose_joints import joint_figures
from training.evaluation.pose_rows import MATCHING, chosen, oracle, rows_of, subsets

F64 = npt.NDArray[np.float64]
Figures = dict[str, Any]

LEAST_KNOWN = 14
"""Joints whose pose must have been lifted for a person to be compared with it."""


def summarise_made(measured: Measured, mean: F64, seed: int) -> dict[str, Figures]:
    """Figures of made people, whose pose is true.

    Args:
        measured: What was read of them.
        mean: (16, 3) mm, the pose of `mean_pose`, a row that looks at nothing.
        seed: Of the intervals.

    Returns:
        Row -> figures of `pose_figures` and `joint_figures`, `joints`, and `true_depth` and `true_2d`, the MPJPE when
        the pose's depth, or what lies across the view, is replaced by the truth. `pose` also has `grid.WxC` with the
        MPJPE by way to choose. `detector` has figures of the joints alone.
    """
    truth = np.stack([person.pose for person in measured.people])
    people = [person.person for person in measured.people]
    summary: dict[str, Figures] = {
        "mean_pose": _errors(np.broadcast_to(mean, truth.shape), truth, people, seed),
    }
    for name, row in rows_of(measured.readings, truth).items():
        summary[name] = _errors(row.pose, truth, people, seed) | joint_figures(row.xy, measured.people, seed)
    if "pose" in measured.readings:
        summary["pose"]["grid"] = {
            size: {
                MATCHING: error_of(chosen(rank(some, MATCHING)).pose, truth),
                DEFAULT: error_of(chosen(rank(some, DEFAULT)).pose, truth),
                "oracle": error_of(oracle(some, truth).pose, truth),
            }
            for size, some in subsets(measured.readings["pose"])
        }
    return _with_detector(summary, measured, seed)


def summarise_photos(measured: Measured, seed: int) -> dict[str, Figures]:
    """Figures of people in photos, of whom the 2D joints are known.

    Args:
        measured: What was read of them.
        seed: Of the intervals.

    Returns:
        Row -> figures of `joint_figures` of the projected pose, `sets.SET` likewise, and against poses that were lifted
        from the true 2D joints, which are no truth, `pseudo.n_mpjpe`, `.pa_mpjpe`, `.people`. `pose` also has
        `grid.WxC` with the mean PCK by way to choose. `detector` has figures of the joints alone.
    """
    lifted = np.stack([person.pose for person in measured.people])
    known: npt.NDArray[np.bool_] = np.asarray(np.isfinite(lifted).all(-1))
    usable = (known.sum(-1) >= LEAST_KNOWN) & known[:, MPII_16.index(MPII_16.root)]
    summary = {}
    for name, row in rows_of(measured.readings, None).items():
        summary[name] = _with_sets(row.xy, measured, seed)
        if usable.any():
            pose, pseudo = row.pose[usable], lifted[usable]
            summary[name]["pseudo"] = {
                "people": int(usable.sum()),
                "n_mpjpe": round(float(n_mpjpe(pose, pseudo).mean()), 3),
                "pa_mpjpe": round(float(pa_mpjpe(pose, pseudo).mean()), 3),
            }
    if "pose" in measured.readings:
        summary["pose"]["grid"] = {
            size: {how: _pck_of(chosen(rank(some, how)).xy, measured) for how in (MATCHING, DEFAULT)}
            for size, some in subsets(measured.readings["pose"])
        }
    return _with_detector(summary, measured, seed)


def _errors(pose: F64, truth: F64, people: list[str], seed: int) -> Figures:
    deep, flat = pose.copy(), pose.copy()
    deep[..., 2], flat[..., :2] = truth[..., 2], truth[..., :2]
    given = {"true_depth": error_of(deep, truth), "true_2d": error_of(flat, truth)}
    return (
        {"people": len(people)} | pose_figures(pose, truth, people, seed) | given | {"joints": joints_of(pose, truth)}
    )


def _with_sets(xy: F64, measured: Measured, seed: int) -> Figures:
    figures = joint_figures(xy, measured.people, seed) | {"sets": {}}
    for part in sorted({person.set for person in measured.people}):
        of_set = [i for i, person in enumerate(measured.people) if person.set == part]
        figures["sets"][part] = joint_figures(xy[of_set], [measured.people[i] for i in of_set], seed)
    return figures


def _with_detector(summary: dict[str, Figures], measured: Measured, seed: int) -> dict[str, Figures]:
    for name, took in measured.seconds.items():
        summary[name]["seconds"] = round(took, 6)
    seen = [reading.seen for name, reading in measured.readings.items() if name != TRUE_MAP]
    return {"detector": _with_sets(seen[0].xy, measured, seed)} | summary if seen else summary


def _pck_of(xy: F64, measured: Measured) -> float:
    joints = np.stack([person.joints for person in measured.people])
    visibility = np.stack([person.visibility for person in measured.people])
    return round(rates(pck(xy, joints, visibility), {}).get("mean", 0.0), 6)
