"""Writes what `evaluate joints`, `maps` and `pose` measured into the tables of docs/quality/pose.md.

python scripts/pose_report.py joints.json maps.json pose.json: each table stands between <!-- name --> and
<!-- /name --> and is written again when one of the files has its figures; the command that gave them stands above it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from figures import NONE, table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from engine.pose.metrics import PCK_GROUPS  # noqa: E402 - the script is run from anywhere
from training.evaluation.pose_tables import ROWS  # noqa: E402 - the same

REPORT = ROOT / "docs" / "quality" / "pose.md"
COLUMNS = (*PCK_GROUPS, "mean")
Models = dict[str, Any]

PAPER = {
    "pose_rgb": ("114.2", "92.8", "94.6"),
    "pose_single": ("101.9", "66.9", "73.1"),
    "pose_matching": ("86.5", NONE, NONE),
    "pose_oracle": ("68.3", NONE, NONE),
    "true_map": ("76.2", "49.5", NONE),
}
"""The paper's figures on Human3.6M, mm: plain, with the true depth, with the true 2D. Other people, other photos."""


def joints(models: Models) -> list[str] | None:
    """PCK and PCKh of the detectors."""
    found = {name: model for name, model in models.items() if "pck" in model and "seconds" in model}
    rows = [
        [name, part, str(f["people"]), key.upper().replace("H", "h"), *(_percent(f[key].get(c)) for c in COLUMNS),
         _interval(f[f"{key}_interval"], 100)]
        for name, model in found.items()
        for part, f in {"all": model, **model["sets"]}.items()
        for key in ("pck", "pckh")
    ]  # fmt: skip
    return table(["network", "set", "people", "%", *COLUMNS, "95 %"], rows) if rows else None


def true_maps(models: Models) -> list[str] | None:
    """Errors on true maps."""
    figures = models.get("pose_regressor", {})
    if "mean_pose" not in figures:
        return None
    named = {
        "one true map": figures, "18, matched": figures["matching"], "18, likelihood": figures["likelihood"],
        "18, consensus": figures["consensus"],
        "18, fusion": figures["fusion"], "18, mean": figures["average"], "18, oracle": figures["oracle"],
        "mean pose of the training people": figures["mean_pose"],
    }  # fmt: skip
    lines = table(["", *_ERRORS], ([name, *_errors(f)] for name, f in named.items()))
    kinds = {"stick width": "widths", "crop": "crops", "set": "sets", "joints outside": "outside", "joint": "joints"}
    parts = (
        [kind, " · ".join(f"{name.replace('_', ' ')} {_mm(value)}" for name, value in figures[key].items())]
        for kind, key in kinds.items()
    )
    return [*lines, "", *table(["one true map by", "MPJPE, mm"], parts)]


def seen_maps(models: Models) -> list[str] | None:
    """How close maps are to true ones."""
    figures = models.get("pose_maps", {})
    parts = {name: figures[name] for name in ("synthetic", "photos") if "iou" in figures.get(name, {})}
    if not parts:
        return None
    keys = ("mae", "stick_mae", "cross_entropy", "cross_entropy_floor", "iou")
    rows = ([name, str(f["people"]), *(f"{f[key]:.3f}" for key in keys), _widths(f)] for name, f in parts.items())
    head = ["people", "number", "MAE", "on sticks", "cross entropy", "its floor", "IoU of bones", "by width"]
    bones = ([name, " · ".join(f"{b} {v:.2f}" for b, v in f["bones"].items())] for name, f in parts.items())
    return [*table(head, rows), "", *table(["people", "IoU by bone"], bones)]


def made(models: Models) -> list[str] | None:
    """Errors on made people, beside the paper's."""
    rows = [
        [title, *_errors(f), _mm(f["true_depth"]), _mm(f["true_2d"]), " / ".join(PAPER.get(name, (NONE,)))]
        for name, title, f in _rows(models, "synthetic")
    ]
    head = ["", *_ERRORS, "given the true depth", "given the true 2D", "paper: plain / depth / 2D"]
    return table(head, rows) if rows else None


def grid(models: Models) -> list[str] | None:
    """By number of widths and crops."""
    lines: list[str] = []
    for part, what, shown in (("synthetic", "made people, MPJPE", _mm), ("photos", "photos, PCK@0.2", _percent)):
        if found := models.get("pose", {}).get(part, {}).get("grid"):
            sizes = list(found)
            ways = list(next(iter(found.values())))
            rows = ([how, *(shown(found[size][how]) for size in sizes)] for how in ways)
            lines += ["", *table([what, *(size.replace("x", " × ") for size in sizes)], rows)]
    return lines[1:] or None


def by_joint(models: Models) -> list[str] | None:
    """Errors of joints of made people."""
    rows = [
        [title, *(_mm(_pair(f["joints"], joint)) for joint in _JOINTS)] for _, title, f in _rows(models, "synthetic")
    ]
    return table(["mm", *(joint.replace("_", " ") for joint in _JOINTS)], rows) if rows else None


def photos(models: Models) -> list[str] | None:
    """2D joints of projected poses in photos, and how far they agree with lifted poses."""
    found = _rows(models, "photos")
    if not found:
        return None
    everyone = [("2D detector alone", models["detector"]["photos"])] + [(title, f) for _, title, f in found]
    lines = []
    for key, title in (("pck", "PCK@0.2"), ("pckh", "PCKh@0.5")):
        rows = (
            [name, *(_percent(f[key].get(c)) for c in COLUMNS), _interval(f[f"{key}_interval"], 100)]
            for name, f in everyone
        )
        lines += ["", *table([title, *COLUMNS, "95 %"], rows)]
    pseudo = [[t, _mm(f["pseudo"]["n_mpjpe"]), _mm(f["pseudo"]["pa_mpjpe"])] for _, t, f in found if "pseudo" in f]
    if pseudo:
        lines += ["", *table(["against poses lifted from true 2D, mm", "N-MPJPE", "PA-MPJPE"], pseudo)]
    return lines[1:]


TABLES: dict[str, Callable[[Models], list[str] | None]] = {
    "joints": joints, "true maps": true_maps, "seen maps": seen_maps, "made": made, "grid": grid, "by joint": by_joint,
    "photos": photos,
}  # fmt: skip
"""Mark in the report -> what makes its lines of the models of a file; None when the file does not have them."""

_ERRORS = ("MPJPE", "95 %", "N-MPJPE", "PA-MPJPE", "pelvis as root")
_JOINTS = ("head_top", "upper_neck", "shoulder", "elbow", "wrist", "pelvis", "hip", "knee", "ankle")


def filled(text: str, evaluations: Iterable[dict[str, Any]]) -> str:
    """The report with the tables that evaluations have figures for."""
    for content in evaluations:
        for name, make in TABLES.items():
            if (lines := make(content["models"])) is None:
                continue
            command = re.sub(r"(?<=\s)/\S*/", "", content["run"]["command"])  # where it lay tells nobody anything
            body = "\n".join([f"`{command}`", "", *lines, ""])
            marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
            text = marked.sub(lambda match, body=body: match[1] + body + match[2], text)
    return text


def _rows(models: Models, part: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [(name, title, models[name][part]) for name, title in ROWS.items() if part in models.get(name, {})]


def _errors(figures: dict[str, Any]) -> list[str]:
    return [
        _mm(figures["mpjpe"]), _interval(figures["interval"], 1),
        *(_mm(figures[key]) for key in ("n_mpjpe", "pa_mpjpe", "mpjpe_pelvis")),
    ]  # fmt: skip


def _widths(figures: dict[str, Any]) -> str:
    return " · ".join(f"{width}: {f['iou']:.2f}" for width, f in figures["widths"].items())


def _pair(errors: dict[str, float], joint: str) -> float:
    found = [errors[name] for name in (joint, f"l_{joint}", f"r_{joint}") if name in errors]
    return sum(found) / len(found)


def _mm(value: Any) -> str:
    return f"{value['mpjpe'] if isinstance(value, dict) else value:.1f}"


def _percent(value: float | None) -> str:
    return NONE if value is None else f"{100 * value:.1f}"


def _interval(ends: Iterable[float], factor: float) -> str:
    return "–".join(f"{factor * end:.1f}" for end in ends)


if __name__ == "__main__":
    REPORT.write_text(
        filled(REPORT.read_text(encoding="utf-8"), (json.loads(Path(p).read_text()) for p in sys.argv[1:]))
    )
