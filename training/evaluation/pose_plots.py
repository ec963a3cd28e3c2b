"""Errors of poses as pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from engine.errors import OutputError
from engine.pose.metrics import mpjpe, pck, rates
from training.evaluation.pose import Measured
from training.evaluation.pose_rows import rows_of
from training.evaluation.pose_tables import ROWS

F64 = npt.NDArray[np.float64]

SHOWN = ("pose_rgb", "pose_single", "pose_matching", "pose_fusion", "pose_oracle", "true_map")
"""Rows that are drawn, where they were measured."""

FARTHEST = 300.0
"""Millimetres at which the curve of errors ends."""


def draw_poses(made: Measured | None, photos: Measured | None, figures: dict[str, Any], folder: Path) -> list[Path]:
    """Write `pose-errors.png`, and `pose-joints.png` with photos.

    Args:
        made, photos: What was read of them; None when nothing was.
        figures: `models` of the run.
        folder: Where to.

    Raises:
        OutputError: The folder cannot be made or written to.
    """
    pictures = {}
    if made is not None:
        pictures["pose-errors.png"] = _errors(made, figures)
    if photos is not None:
        pictures["pose-joints.png"] = _joints(photos)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, picture in pictures.items():
            picture.savefig(folder / name, dpi=110)
    except OSError as error:
        raise OutputError(f"The plots cannot be written to {folder}: {error.strerror}.") from error
    return [folder / name for name in pictures]


def _errors(made: Measured, figures: dict[str, Any]) -> Figure:
    truth = np.stack([person.pose for person in made.people])
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for name, row in _shown(made, truth):
        errors = np.sort(mpjpe(row, truth))
        left.step(errors, np.arange(1, len(errors) + 1) / len(errors), where="post", label=ROWS[name])
    left.set(title=f"Made people ({len(truth)})", xlabel="MPJPE, mm", ylabel="share of people", xlim=(0, FARTHEST))
    left.set(ylim=(0, 1))
    _legend(left)
    if grid := figures.get("pose", {}).get("synthetic", {}).get("grid"):
        sizes = list(grid)
        for how in next(iter(grid.values())):
            right.plot(sizes, [grid[size][how] for size in sizes], "o", label=how)
        right.set(title="By stick widths x crops", ylabel="MPJPE, mm", ylim=(0, None))
        right.tick_params(axis="x", rotation=45)
        _legend(right)
    else:
        right.axis("off")
    return figure


def _joints(photos: Measured) -> Figure:
    truth = np.stack([person.joints for person in photos.people])
    visibility = np.stack([person.visibility for person in photos.people])
    figure = Figure(figsize=(5.5, 4.2), layout="constrained")
    panel = figure.subplots()
    shares = np.linspace(0, 0.5, 26)[1:]

    def curve(xy: F64, label: str) -> None:
        means = [rates(pck(xy, truth, visibility, share), {}).get("mean", np.nan) for share in shares]
        panel.plot(shares, means, label=label)

    curve(next(iter(photos.readings.values())).seen.xy, "2D detector")
    rows = rows_of(photos.readings, None)
    for name in SHOWN:
        if name in rows:
            curve(rows[name].xy, ROWS[name])
    panel.axvline(0.2, color="grey", linewidth=0.8)
    panel.set(title=f"Photos ({len(truth)}), projected", xlabel="share of the torso", ylabel="PCK", ylim=(0, 1))
    _legend(panel)
    return figure


def _shown(measured: Measured, truth: F64) -> list[tuple[str, F64]]:
    rows = rows_of(measured.readings, truth)
    return [(name, rows[name].pose) for name in SHOWN if name in rows]


def _legend(panel: Axes) -> None:
    panel.grid(alpha=0.3)
    panel.legend(fontsize=8)
