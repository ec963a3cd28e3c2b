"""Figures as tables on the screen."""

from __future__ import annotations

from typing import Any

from rich.table import Table

Figures = dict[str, Any]


def patch_table(models: Figures) -> Table:
    """One line a method: the patch protocol, in percent."""
    table = Table(title="Patch protocol", title_justify="left")
    for heading in ("model", "patches", "mean IoU", "95 %", "median IoU", "IoU@0.7", "score error", "ms"):
        table.add_column(heading, justify="left" if heading == "model" else "right", no_wrap=True)
    for name, model in models.items():
        if patch := model.get("patch"):
            table.add_row(
                name,
                str(patch["patches"]),
                _percent(patch["mean_iou"]),
                "-".join(map(_percent, patch["interval"])),
                _percent(patch["median_iou"]),
                _percent(patch["iou_at_70"]),
                _percent(patch["score_error"]),
                _milliseconds(patch),
            )
    return table


def set_table(models: Figures, limit: int) -> Table:
    """One line a set and method: dialogues of at most `limit` clicks. mIoU in percent; `jit` are jittered clicks."""
    first = next(iter(models.values()))
    names = [("groups", name) for name in first["groups"]]
    names += [("sets", name) for name in sorted(first["sets"]) if "/" not in name or _differs(name, first["sets"])]
    clicks = list(first[names[0][0]][names[0][1]]["miou"]) if names else []
    table = Table(title=f"Whole photos: mIoU by click; NoC counts {limit} where never reached", title_justify="left")
    headings = ["set", "objects", "model", *[f"@{click}" for click in clicks], "95 % of @1", "jit @1"]
    for heading in (*headings, "NoC80", "NoC85", "NoC90", "ms"):
        table.add_column(heading, justify="left" if heading in ("set", "model") else "right", no_wrap=True)
    for part, name in names:
        for index, (method, model) in enumerate(models.items()):
            figures = model[part][name]
            hand = figures.get("jittered")
            table.add_row(
                "" if index else name,
                "" if index else str(figures["objects"]),
                method,
                *[_percent(figures["miou"][click]) for click in clicks],
                "-".join(map(_percent, figures["interval"]["1"])),
                _percent(hand["miou"]["1"]) if hand else "",
                *[f"{figures['noc'][threshold]:.2f}" for threshold in ("80", "85", "90")],
                _milliseconds(figures),
                end_section=index == len(models) - 1,
            )
    return table


def _differs(name: str, sets: Figures) -> bool:
    """Whether a SET/QUALITY is only a part of its set: else its line would say the same again."""
    return bool(sets[name]["objects"] < sets[name.rpartition("/")[0]]["objects"])


def _percent(value: float) -> str:
    return f"{100 * value:.1f}"


def _milliseconds(figures: Figures) -> str:
    return f"{1000 * figures['seconds_per_click']:.0f}"
