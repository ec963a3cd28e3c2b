"""Precision and recall over thresholds, as a table and as a picture."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from engine.errors import OutputError
from engine.skeleton.precision_recall import Counts, thresholds_of
from training.evaluation.skeleton_outcome import SkeletonOutcome
from training.evaluation.skeleton_summary import by_method, parts
from training.metrics.skeleton_pr import pooled

ALL = "all"
"""What is measured, taken together."""
_COLUMNS = ("model", "part", "threshold", "precision", "recall", "f", "matched", "predicted", "truth")

Groups = Mapping[str, Sequence[str]]


def write_curves(outcomes: Sequence[SkeletonOutcome], groups: Groups, path: Path) -> None:
    """Write a CSV file with one line a model, part (`ALL`, group, SET, SET/QUALITY) and threshold.

    Raises:
        OutputError: The file cannot be written.
    """
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            for model, part, counts in _curves(outcomes, groups):
                columns = (
                    thresholds_of(len(counts.matched)), counts.precision, counts.recall, counts.f, counts.matched,
                    counts.predicted, counts.truth,
                )  # fmt: skip
                for values in zip(*(column.tolist() for column in columns), strict=True):
                    writer.writerow([model, part, *(f"{v:.6f}" if isinstance(v, float) else v for v in values)])
    except OSError as error:
        raise OutputError(f"The file {path} cannot be written: {error.strerror}.") from error


def draw_curves(outcomes: Sequence[SkeletonOutcome], groups: Groups, folder: Path) -> list[Path]:
    """Write `precision_recall.png`, one panel a part, and `precision_recall.csv` into a folder.

    Raises:
        OutputError: The folder cannot be made or written to.
    """
    picture, table = folder / "precision_recall.png", folder / "precision_recall.csv"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _figure(list(_curves(outcomes, groups))).savefig(picture, dpi=120)
    except OSError as error:
        raise OutputError(f"The plots cannot be written to {folder}: {error.strerror}.") from error
    write_curves(outcomes, groups, table)
    return [table, picture]


def _curves(outcomes: Sequence[SkeletonOutcome], groups: Groups) -> Iterator[tuple[str, str, Counts]]:
    """(model, part, pooled counts)."""
    for model, found in by_method(outcomes).items():
        yield model, ALL, pooled([outcome.counts for outcome in found])
        for _, part, members in parts(found, groups):
            yield model, part, pooled([outcome.counts for outcome in members])


def _figure(curves: Sequence[tuple[str, str, Counts]]) -> Figure:
    truth = {part: int(counts.truth[0]) for _, part, counts in curves}
    # A quality that is all of its set would say the same again.
    names = [name for name in truth if "/" not in name or truth[name] < truth[name.rpartition("/")[0]]]
    columns = min(3, len(names))
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(4.6 * columns, 4.2 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for panel, name in zip(panels, names, strict=False):
        _iso_f(panel)
        for model, part, counts in curves:
            if part == name:
                best = int(counts.f.argmax())
                label = f"{model} {counts.f[best]:.3f}"
                seen = counts.predicted > 0  # above the surest pixel there is no precision
                (line,) = panel.plot(counts.recall[seen], counts.precision[seen], label=label)
                panel.plot(counts.recall[best], counts.precision[best], "o", color=line.get_color())
        panel.set(title=name, xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.01), aspect="equal")
        panel.legend(loc="upper right", title="ODS", fontsize="small")
    for panel in panels[len(names) :]:
        panel.axis("off")
    return figure


def _iso_f(panel: Axes) -> None:
    """Lines of equal F, labelled where they leave the panel."""
    for f in np.arange(0.1, 1, 0.1):
        recall = np.linspace(f / (2 - f), 1, 100)
        panel.plot(recall, f * recall / (2 * recall - f), color="0.85", linewidth=0.7, zorder=0)
        panel.annotate(f"{f:.1f}", (1, f / (2 - f)), fontsize="x-small", color="0.6", annotation_clip=False)
