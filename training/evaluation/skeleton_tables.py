"""Figures of skeletons as a table on the screen."""

from __future__ import annotations

from typing import Any

from rich.table import Table

Figures = dict[str, Any]


def skeleton_table(models: Figures) -> Table:
    """One line a part and method. F, precision, recall, IoU and errors in percent."""
    first = next(iter(models.values()))
    names = [("", "all"), *(("groups", name) for name in first["groups"])]
    names += [("sets", name) for name in first["sets"] if "/" not in name or _differs(name, first["sets"])]
    table = Table(title="Skeletons", title_justify="left")
    headings = ("set", "pictures", "model", "ODS", "95 %", "OIS", "P", "R", "threshold", "mask IoU", "mask F")
    for heading in (*headings, "true mask IoU", "scale error", "px", "ms"):
        table.add_column(heading, justify="left" if heading in ("set", "model") else "right", no_wrap=True)
    for kind, name in names:
        for index, (method, model) in enumerate(models.items()):
            figures = model[kind][name] if kind else model
            table.add_row(
                "" if index else name,
                "" if index else str(figures["pictures"]),
                method,
                _percent(figures["ods"]),
                "-".join(map(_percent, figures["interval"])),
                *(_percent(figures[key]) for key in ("ois", "precision", "recall")),
                f"{figures['threshold']:.2f}",
                *(_percent(figures.get(key)) for key in ("mask_iou", "mask_f", "true_mask_iou", "scale_error")),
                f"{figures['scale_error_px']:.1f}" if "scale_error_px" in figures else "",
                f"{1000 * figures['seconds']:.0f}",
                end_section=index == len(models) - 1,
            )
    return table


def _differs(name: str, sets: Figures) -> bool:
    """Whether a SET/QUALITY is only a part of its set: else its line would say the same again."""
    return bool(sets[name]["pictures"] < sets[name.rpartition("/")[0]]["pictures"])


def _percent(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f}"
