"""Figures of poses as tables on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table

from engine.pose.metrics import PCK_GROUPS

Figures = Mapping[str, Any]

COLUMNS = (*PCK_GROUPS, "mean")
"""Groups of joints as papers order them."""


def table(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> Table:
    """A table whose first `words` columns are words and whose others are figures."""
    made = Table(title=title, title_justify="left")
    for index, heading in enumerate(headings):
        made.add_column(heading, justify="left" if index < words else "right", no_wrap=True)
    for row in rows:
        made.add_row(*row)
    return made


def joint_tables(models: Figures) -> list[Table]:
    """PCK@0.2 and PCKh@0.5 of every model, all people and set by set, in percent."""
    made = []
    for key, interval, title in (("pck", "interval", "PCK@0.2"), ("pckh", "pckh_interval", "PCKh@0.5")):
        rows = [
            [part, str(figures["people"]), name, *(percent(figures[key].get(c)) for c in COLUMNS),
             "-".join(map(percent, figures.get(interval, ()))), seconds]
            for name, model in models.items()
            for part, figures, seconds in [
                ("all", model, f"{1000 * model['seconds']:.0f}"), *((s, f, "") for s, f in model["sets"].items())
            ]
        ]  # fmt: skip
        rows.sort(key=lambda row: row[0] != "all")
        headings = ("set", "people", "model", *COLUMNS, "95 %", "ms")
        made.append(table(title, headings, rows, 1))
    return made


def percent(value: float | None) -> str:
    """0.5 -> 50.0; nothing where nothing is known."""
    return "" if value is None else f"{100 * value:.1f}"


def mm(value: float | None) -> str:
    """Millimetres with one digit."""
    return "" if value is None else f"{value:.1f}"
