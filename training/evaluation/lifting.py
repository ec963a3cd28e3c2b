"""How well 2D joints are lifted: people of known 3D pose before random cameras, against what needs no lifting."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.pose.kinematics import ROOT, bone_lengths
from engine.pose.lifting.dictionary import Dictionary
from engine.pose.lifting.lift import LiftSettings, fit_shapes, lift, normalised
from engine.pose.lifting.refine import nearest_rotation
from engine.pose.metrics import mpjpe, n_mpjpe, pa_mpjpe
from training.data.mocap import Poses
from training.data.pose_bank import PoseBank
from training.lifting.sparse_coding import encode

F64 = npt.NDArray[np.float64]
Names = npt.NDArray[np.str_]
Advance = Callable[[str, int, int], None]

FOCAL = 1100.0
"""Pixels; a scale for the screen alone, since lifting knows no unit of the picture."""

PART = 500
"""People between two steps of the progress line."""


@dataclass(frozen=True, slots=True)
class Views:
    """People as random cameras see them.

    Args:
        poses: (N, 16, 3) mm, camera axes, thorax at the origin.
        points: (N, 16, 2) px of a perspective camera.
        visibility: (N, 16) 0 where the joint was hidden from the lifting.
        sets: (N,) file that the pose is of.
    """

    poses: F64
    points: F64
    visibility: npt.NDArray[np.intp]
    sets: Names


def make_views(poses: Poses, count: int, hide: float, seed: int) -> Views:
    """Draw people evenly over their poses, as they were recorded, each before a camera of their own.

    Args:
        poses: Motion capture.
        count: How many people.
        hide: Share of joints that are unknown.
        seed: Of everything; the n-th person does not depend on the count.
    """
    bank = PoseBank(poses)
    views = [bank.view(number, seed) for number in range(count)]
    unseen = np.random.default_rng((seed, 1)).random((count, 16)) < hide
    return Views(
        np.stack([view.pose for view in views]),
        np.stack([view.xy for view in views]) * FOCAL,
        np.where(unseen, 0, 2),
        np.asarray(poses.set[[view.index for view in views]], np.str_),
    )


@dataclass(frozen=True, slots=True)
class LiftingOutcome:
    """Errors in mm of every person under every row of the table.

    Args:
        errors: Row -> measure ("pa_mpjpe", "mpjpe", "n_mpjpe") -> (N,).
        seconds, processor_seconds: Of lifting everyone, by the clock and of the processors.
    """

    errors: Mapping[str, Mapping[str, F64]]
    seconds: float
    processor_seconds: float


def evaluate_lifting(
    views: Views, dictionary: Dictionary, settings: LiftSettings, advance: Advance, alternatives: int = 8
) -> LiftingOutcome:
    """Measure lifting stage by stage, the mean pose and the dictionary's floor, on the same people.

    Rows: `mean_pose`; `relaxation` and `shared_rotation`, the fits of the dictionary; `lifted`, what `lift` returns;
    `best_flip`, for each person the best of `alternatives` flips (an oracle); `floor`, the true 3D pose coded by the
    dictionary as sparsely as lifting does, and `floor_dense` without a price on coefficients.
    """
    parts: dict[str, list[F64]] = {}
    count, seconds, processor = len(views.poses), 0.0, 0.0
    for start in range(0, count, PART):
        part = slice(start, start + PART)
        points, truth, seen = views.points[part], views.poses[part], views.visibility[part]
        begun, used = time.perf_counter(), time.process_time()
        lifted = lift(points, seen, dictionary, alternatives=alternatives, settings=settings)
        seconds += time.perf_counter() - begun
        processor += time.process_time() - used
        weights = (seen > 0).astype(np.float64)
        shapes = fit_shapes(normalised(points, weights)[0], weights, dictionary, settings)
        rows = {
            "mean_pose": np.broadcast_to(dictionary.mean, truth.shape),
            "relaxation": _mean_size(shapes.relaxed, dictionary),
            "shared_rotation": _mean_size(shapes.shared, dictionary),
            "lifted": lifted.poses,
            "best_flip": _best(
                [lifted.alternatives(rank) for rank in range(alternatives)], lifted.flips.probability > 0, truth
            ),
            "floor": floor(truth, dictionary, settings.sparsity),
            "floor_dense": floor(truth, dictionary, 0.0),
        }
        for row, poses in rows.items():
            parts.setdefault(row, []).append(poses)
        advance("lifting", min(start + PART, count), count)
    measures = {"pa_mpjpe": pa_mpjpe, "mpjpe": mpjpe, "n_mpjpe": n_mpjpe}
    errors = {
        row: {name: measure(np.concatenate(poses), views.poses) for name, measure in measures.items()}
        for row, poses in parts.items()
    }
    return LiftingOutcome(errors, seconds, processor)


def floor(truth: F64, dictionary: Dictionary, sparsity: float, rounds: int = 5, steps: int = 60) -> F64:
    """The best that the dictionary makes of a pose that is known in 3D: coded under the rotation that suits it best.

    Args:
        truth: (N, 16, 3) mm.
        dictionary: The dictionary.
        sparsity: λ, for poses of unit root mean square over joints.
        rounds: Turns of rotation and code.
        steps: Of the coding, each turn.

    Returns:
        (N, 16, 3) mm in the truth's axes, thorax at the origin.
    """
    centred = truth - truth.mean(1, keepdims=True)
    size = np.sqrt((centred**2).sum(2).mean(1))[:, None, None]
    unit = centred / size
    atoms = dictionary.atoms.reshape(len(dictionary.atoms), -1)
    made = np.broadcast_to(dictionary.mean - dictionary.mean.mean(0), unit.shape)
    code: F64 | None = None
    rotation = np.broadcast_to(np.eye(3), (len(unit), 3, 3))
    for _ in range(rounds):
        rotation = nearest_rotation(np.swapaxes(unit, 1, 2) @ made)
        code = encode((unit @ rotation).reshape(len(unit), -1), atoms, sparsity, code, steps)
        made = (code @ atoms).reshape(unit.shape)
    back = (made @ np.swapaxes(rotation, 1, 2)) * size
    return np.asarray(back - back[:, ROOT : ROOT + 1], np.float64)


def _mean_size(shape: F64, dictionary: Dictionary) -> F64:
    scaled = shape * (dictionary.lengths.sum() / bone_lengths(shape).sum(1))[:, None, None]
    return np.asarray(scaled - scaled[:, ROOT : ROOT + 1], np.float64)


def _best(poses: list[F64], there: npt.NDArray[np.bool_], truth: F64) -> F64:
    """For each person the pose of least PA-MPJPE among those that are there."""
    errors = np.where(there, np.stack([pa_mpjpe(pose, truth) for pose in poses], 1), np.inf)
    return np.asarray(np.stack(poses)[errors.argmin(1), np.arange(len(truth))], np.float64)
