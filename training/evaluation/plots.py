"""Figures as pictures: mIoU by click, and precision and recall of the predicted score."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from engine.errors import OutputError
from training.evaluation.outcome import Outcome
from training.evaluation.summary import of_kind
from training.metrics.ranking import average_precision, precision_recall


def draw_plots(outcomes: Sequence[Outcome], limit: int, folder: Path) -> list[Path]:
    """Write `miou_by_click.png` (one panel a set) and `score_pr.png` (first click, IoU 0.7), as far as measured.

    Raises:
        OutputError: The folder cannot be made or written to.
    """
    photos = of_kind(outcomes, "centre")
    pictures = {"score_pr.png": _score_curves(photos or of_kind(outcomes, "patch"))}
    if photos:
        pictures["miou_by_click.png"] = _click_curves(photos, limit)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, picture in pictures.items():
            picture.savefig(folder / name, dpi=120)
    except OSError as error:
        raise OutputError(f"The plots cannot be written to {folder}: {error.strerror}.") from error
    return [folder / name for name in sorted(pictures)]


def _click_curves(outcomes: Sequence[Outcome], limit: int) -> Figure:
    sets = sorted({outcome.record.set for outcome in outcomes})
    columns = min(4, len(sets))
    rows = -(-len(sets) // columns)
    figure = Figure(figsize=(3.6 * columns + 1, 3.0 * rows + 0.6), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
    for panel, name in zip(panels, sets, strict=False):
        count = 0
        for method in _methods(outcomes):
            curves = [o.curve(limit) for o in outcomes if o.record.set == name and o.method == method]
            count = len(curves)
            panel.plot(range(1, limit + 1), np.mean(curves, axis=0), marker=".", label=method)
        panel.set(title=f"{name} ({count})", ylim=(0, 1))
        panel.grid(alpha=0.3)
    for panel in panels[len(sets) :]:
        panel.axis("off")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside right upper")
    figure.supxlabel("clicks")
    figure.supylabel("mean IoU")
    return figure


def _score_curves(outcomes: Sequence[Outcome]) -> Figure:
    figure = Figure(figsize=(6, 4.5), layout="constrained")
    panel = figure.subplots()
    for method in _methods(outcomes):
        found = [o for o in outcomes if o.method == method]
        scores, ious = np.array([o.scores[0] for o in found]), np.array([o.ious[0] for o in found])
        precision, recall = precision_recall(scores, ious, 0.7)
        panel.plot(
            recall,
            precision,
            marker=".",
            markersize=3,
            label=f"{method} (AP {average_precision(precision, recall):.3f})",
        )
    panel.set(
        title="First click, ranked by predicted IoU",
        xlabel="recall at IoU 0.7",
        ylabel="precision at IoU 0.7",
        xlim=(0, 1),
        ylim=(0, 1.02),
    )
    panel.grid(alpha=0.3)
    panel.legend()
    return figure


def _methods(outcomes: Sequence[Outcome]) -> list[str]:
    return list(dict.fromkeys(outcome.method for outcome in outcomes))
