"""What a regressor makes of true skeleton maps: held-out people of motion capture before random cameras."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from engine.nets.map_net import MAP_SIZE
from engine.pose.hypotheses import Detection, Origin, PoseReading
from engine.pose.maps import CROPS, SINGLE, WIDTHS, render_maps
from engine.pose.metrics import mpjpe
from engine.pose.network import Regressed
from engine.pose.person import person_window, scaled
from engine.pose.ranking import RANKINGS, rank
from training.data.mocap import Poses
from training.data.pose_bank import PoseBank, View
from training.evaluation.pose_figures import error_of, joints_of, pose_figures

F64 = npt.NDArray[np.float64]
Figures = dict[str, Any]
Advance = Callable[[str, int, int], None]
Regressor = Callable[[torch.Tensor], Regressed]
"""(N, 6, s, s) maps in [0, 1] to poses."""

CUTS = (0.8, 0.65, 0.5)
"""Factors on the window's side by which joints are cut off, to see what a regressor makes of the rest."""

MEAN_VIEWS = 2000
"""Views of the training people that their mean pose is taken of."""

FOCAL = 1000.0
"""Pixels that a direction of 45 degrees is from the middle: fine enough for a window's least side."""

BATCH = 64


@dataclass(frozen=True, eq=False)
class Scenes:
    """Views of people whose maps can be drawn.

    Args:
        views: N views.
        people: N recordings: poses of one resemble each other.
        sets: N sets that they are of.
    """

    views: tuple[View, ...]
    people: tuple[str, ...]
    sets: tuple[str, ...]

    @property
    def truth(self) -> F64:
        """(N, 16, 3) mm, camera axes, relative to the thorax."""
        return np.stack([view.pose for view in self.views])

    @property
    def xy(self) -> F64:
        """(N, 16, 2) px."""
        return np.stack([view.xy for view in self.views]) * FOCAL

    def maps(self, first: int, last: int, width: float, crop: float) -> tuple[torch.Tensor, npt.NDArray[np.intp]]:
        """Draw some views.

        Args:
            first, last: Which.
            width, crop: Stick width, and factor on the side of the person's window.

        Returns:
            (n, 6, S, S) maps and (n,) how many joints are outside them.
        """
        xy = np.stack(
            [
                scaled(person_window(view.xy * FOCAL), crop).to_window(view.xy * FOCAL, MAP_SIZE, MAP_SIZE)
                for view in self.views[first:last]
            ]
        )
        depth = np.stack([view.joints[:, 2] for view in self.views[first:last]])
        outside = ((xy < 0) | (xy >= MAP_SIZE)).any(-1).sum(1)
        maps = render_maps(torch.from_numpy(xy), torch.from_numpy(depth), width, MAP_SIZE, perspective=True)
        return maps, outside


def scenes_of(poses: Poses, count: int, seed: int) -> Scenes:
    """Recorded people as they are, before random cameras; the same for the same arguments.

    Args:
        poses: Of people who were not trained on.
        count: How many views.
        seed: Of poses and cameras.
    """
    bank = PoseBank(poses)
    views = tuple(bank.view(n, seed) for n in range(count))
    recordings = tuple(f"{poses.subject[view.index]}/{poses.sequence[view.index]}" for view in views)
    return Scenes(views, recordings, tuple(str(poses.set[view.index]) for view in views))


def mean_pose(poses: Poses, seed: int) -> F64:
    """(16, 3) mm: the mean of views of some people, the best guess of one who does not look."""
    bank = PoseBank(poses)
    return np.asarray(np.mean([bank.view(n, seed).pose for n in range(MEAN_VIEWS)], 0))


def measure_true_maps(
    regressor: Regressor, scenes: Scenes, mean: F64, seed: int, advance: Advance = lambda what, done, total: None
) -> Figures:
    """Errors on true maps.

    Args:
        regressor: What is measured.
        scenes: On what.
        mean: (16, 3) of `mean_pose`.
        seed: Of the intervals.
        advance: Told (what is measured, how much of it is done, how much there is).

    Returns:
        Figures of `pose_figures` with one map of `SINGLE`; `.joints`; the same of every ranking of the 18, told the
        true 2D joints (`.matching`, `.likelihood`, `.consensus`, `.fusion`), of their `.average`, of `.oracle`, the
        one closest to the truth, and of `.mean_pose`; MPJPE `.widths.W` at crop 1, `.crops.C` at the single width,
        `.sets.SET`, and `.outside.K` by how many joints are cut off.
    """
    truth, people = scenes.truth, scenes.people
    grid = [(w, c) for w in WIDTHS for c in CROPS]
    told: dict[tuple[float, float], Regressed] = {}
    for number, (width, crop) in enumerate(grid):
        told[width, crop] = _regress(regressor, scenes, width, crop)[0]
        advance("true maps", number + 1, len(grid))
    reading = PoseReading(
        Detection(scenes.xy, np.ones(truth.shape[:2])),
        np.stack([told[key].pose for key in grid], 1),
        np.stack([told[key].sigma for key in grid], 1),
        tuple(Origin(*key) for key in grid),
    )
    poses = {key: one.pose for key, one in told.items()}
    single = poses[SINGLE]
    figures = pose_figures(single, truth, people, seed)
    figures["joints"] = joints_of(single, truth)
    rows = np.arange(len(truth))
    for how in RANKINGS:
        ranked = rank(reading, how)
        figures[how] = pose_figures(ranked.reading.pose[rows, ranked.best()], truth, people, seed)
    errors = mpjpe(reading.pose, np.broadcast_to(truth[:, None], reading.pose.shape))
    for name, chosen in (
        ("average", reading.pose.mean(1)),
        ("oracle", reading.pose[rows, errors.argmin(1)]),
        ("mean_pose", np.broadcast_to(mean, truth.shape)),
    ):
        figures[name] = pose_figures(np.asarray(chosen), truth, people, seed)
    figures["widths"] = {f"{w:g}": error_of(poses[w, 1.0], truth) for w in WIDTHS}
    figures["crops"] = {f"{c:g}": error_of(poses[SINGLE[0], c], truth) for c in CROPS}
    figures["sets"] = {}
    for part in sorted(set(scenes.sets)):
        of_set = [i for i, name in enumerate(scenes.sets) if name == part]
        figures["sets"][part] = {"views": len(of_set), "mpjpe": error_of(single[of_set], truth[of_set])}
    figures["outside"] = _by_outside(regressor, scenes, truth)
    return figures


def _regress(regressor: Regressor, scenes: Scenes, width: float, crop: float) -> tuple[Regressed, npt.NDArray[np.intp]]:
    found, outside = [], []
    for first in range(0, len(scenes.views), BATCH):
        maps, out = scenes.maps(first, first + BATCH, width, crop)
        found.append(regressor(maps))
        outside.append(out)
    poses = Regressed(np.concatenate([f.pose for f in found]), np.concatenate([f.sigma for f in found]))
    return poses, np.concatenate(outside)


def _by_outside(regressor: Regressor, scenes: Scenes, truth: F64) -> Figures:
    """MPJPE of all joints, also of those that are outside: a user gets them all."""
    found = [_regress(regressor, scenes, SINGLE[0], cut) for cut in CUTS]
    errors = np.concatenate([mpjpe(one.pose, truth) for one, _ in found])
    outside = np.concatenate([out for _, out in found])
    figures: Figures = {}
    for name, low, high in (("0", 0, 0), ("1-2", 1, 2), ("3-4", 3, 4), ("5-8", 5, 8), ("9-16", 9, 16)):
        some = errors[(outside >= low) & (outside <= high)]
        if len(some):
            figures[name] = {"mpjpe": round(float(some.mean()), 3), "views": len(some)}
    return figures
