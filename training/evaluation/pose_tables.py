"""Figures of poses as tables on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table

from engine.pose.metrics import PCK_GROUPS
from engine.pose.ranking import RANKINGS

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
    for key, interval, title in (("pck", "pck_interval", "PCK@0.2"), ("pckh", "pckh_interval", "PCKh@0.5")):
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


def map_tables(models: Figures) -> list[Table]:
    """Errors on true maps, and how close seen maps are to true ones, as far as measured."""
    made = []
    if regressor := models.get("pose_regressor"):
        named = {"single map": regressor} | {
            title: regressor[key]
            for title, key in (
                *((f"18 maps, {how}", how) for how in RANKINGS),
                ("18 maps, mean", "average"), ("18 maps, oracle", "oracle"), ("mean pose", "mean_pose"),
            )
        }  # fmt: skip
        made.append(error_table("True maps of held-out people, mm", named))
        ways = {
            **{f"width {w}": f for w, f in regressor["widths"].items()},
            **{f"crop {c}": f for c, f in regressor["crops"].items()},
            **{f"{k} joints outside": f["mpjpe"] for k, f in regressor["outside"].items()},
            **{name: f["mpjpe"] for name, f in regressor["sets"].items()},
            **{joint.replace("_", " "): f for joint, f in regressor["joints"].items()},
        }
        rows = ([name, mm(value)] for name, value in ways.items())
        made.append(table("Single true map, MPJPE", ("what", "mm"), rows))
    if seen := models.get("pose_maps"):
        keys = ("mae", "stick_mae", "cross_entropy", "cross_entropy_floor", "iou")
        rows = (
            [name, str(figures["people"]), *(f"{figures[key]:.4f}" for key in keys)] for name, figures in seen.items()
        )
        made.append(table("Maps seen", ("people", "number", "MAE", "on sticks", "CE", "its floor", "IoU"), rows))
        bones = dict.fromkeys(bone for figures in seen.values() for bone in figures["bones"])
        cells = ([bone, *(percent(figures["bones"].get(bone)) for figures in seen.values())] for bone in bones)
        made.append(table("IoU of bones", ("bone", *seen), cells))
    return made


ROWS = {
    "mean_pose": "mean pose",
    "pose_rgb": "Direct RGB",
    "pose_single": "single map",
    "pose_matching": "18 maps, matched",
    "pose_likelihood": "18 maps, likelihood",
    "pose_consensus": "18 maps, consensus",
    "pose_fusion": "18 maps, fusion",
    "pose_oracle": "18 maps, oracle",
    "pose_ensemble": "ensemble, matched",
    "pose_ensemble_oracle": "ensemble, oracle",
    "true_map": "single true map",
    "true_map_matching": "18 true maps, matched",
}
"""Rows as the tables call them, in the paper's order."""


def pose_tables(models: Figures) -> list[Table]:
    """The paper's tables: errors, given depth or 2D, by widths and crops, by joint; 2D joints of projected poses."""
    tables = []
    if made := _named(models, "synthetic"):
        tables.append(error_table(f"Made people ({_people(made)}), mm", made))
        given = ([name, mm(f["true_depth"]), mm(f["true_2d"])] for name, f in made.items())
        tables.append(table("Made people, MPJPE given the true", ("", "depth", "2D"), given))
        if "pose" in models:
            tables.append(_grid_table("Made people, MPJPE by widths x crops", models["pose"]["synthetic"], mm))
        joints = next(iter(made.values()))["joints"]
        by_joint = ([joint.replace("_", " "), *(mm(f["joints"][joint]) for f in made.values())] for joint in joints)
        tables.append(table("Made people, error of joints, mm", ("joint", *made), by_joint))
    for part, title in (("synthetic", "Made people"), ("photos", "Photos")):
        if rows := _named(models, part):
            everyone = {"2D detector": models["detector"][part]} | {n: f for n, f in rows.items() if "pck" in f}
            for key, protocol in (("pck", "PCK@0.2"), ("pckh", "PCKh@0.5")):
                cells = (
                    [name, *(percent(f[key].get(c)) for c in COLUMNS), "-".join(map(percent, f[f"{key}_interval"]))]
                    for name, f in everyone.items()
                )
                tables.append(table(f"{title} ({_people(rows)}), projected, {protocol}", ("", *COLUMNS, "95 %"), cells))
    if photos := {name: f["pseudo"] for name, f in _named(models, "photos").items() if "pseudo" in f}:
        lifted = ([name, mm(f["n_mpjpe"]), mm(f["pa_mpjpe"])] for name, f in photos.items())
        title = f"Photos ({_people(photos)}) against poses lifted from true 2D (no truth), mm"
        tables.append(table(title, ("", "N-MPJPE", "PA-MPJPE"), lifted))
    if "grid" in models.get("pose", {}).get("photos", {}):
        tables.append(_grid_table("Photos, PCK@0.2 by widths x crops", models["pose"]["photos"], percent))
    return tables


def _named(models: Figures, part: str) -> dict[str, Figures]:
    return {title: models[name][part] for name, title in ROWS.items() if part in models.get(name, {})}


def _people(rows: Mapping[str, Figures]) -> int:
    return int(next(iter(rows.values()))["people"])


def _grid_table(title: str, figures: Figures, shown: Callable[[float | None], str]) -> Table:
    ways = dict.fromkeys(how for found in figures["grid"].values() for how in found)
    cells = ([size, *(shown(found.get(how)) for how in ways)] for size, found in figures["grid"].items())
    return table(title, ("maps", *ways), cells)


def error_table(title: str, named: Mapping[str, Figures]) -> Table:
    """Figures of `pose_figures`, a line each."""
    rows = (
        [name, mm(f["mpjpe"]), "-".join(map(mm, f["interval"])), mm(f["n_mpjpe"]), mm(f["pa_mpjpe"]),
         mm(f["mpjpe_pelvis"])]
        for name, f in named.items()
    )  # fmt: skip
    return table(title, ("", "MPJPE", "95 %", "N-MPJPE", "PA-MPJPE", "MPJPE, pelvis"), rows)


def percent(value: float | None) -> str:
    """0.5 -> 50.0; nothing where nothing is known."""
    return "" if value is None else f"{100 * value:.1f}"


def mm(value: float | None) -> str:
    """Millimetres with one digit."""
    return "" if value is None else f"{value:.1f}"
