"""`python -m training evaluate lifting`: from the command line to figures on screen and in JSON."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.evaluation.arguments import count, fraction, positive
from training.evaluation.progress import Progress

if TYPE_CHECKING:
    from training.evaluation.lifting import LiftingOutcome, Views

EPILOG = """\
People of the split, evenly over their poses, before perspective cameras at random; errors in mm, thorax as the root.
Rows:  mean pose; relaxation (Zhou et al.); one shared rotation; lifted (with body, limits and flips by the prior: what
       `lift` returns); the best of the flips it offers (oracle); the dictionary's floor: the true 3D pose coded by it,
       as sparsely as lifting does, and without a price on coefficients.
JSON:  rows.ROW.pa_mpjpe, .mpjpe, .n_mpjpe; sets.SET.ROW…; below_mean_pose; people_per_minute; intervals are 95 %
       bootstraps over people
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `evaluate lifting`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    add = parser.add_argument
    add("--data", type=Path, nargs="+", required=True, help="motion capture: npz files, or folders of them")
    add("--split", choices=("dev", "train"), default="dev", help="held-out people, or the others (default: dev)")
    add("--limit", type=positive, default=2000, metavar="N", help="people (default: %(default)s)")
    add("--hide", type=fraction, default=0.0, metavar="P", help="share of joints that are unknown (default: 0)")
    add("--dictionary", type=Path, metavar="FILE", help="(default: the one that comes with DeepSkel)")
    add("--seed", type=count, default=0, help="of poses, cameras and intervals (default: 0)")
    add("--json", type=Path, metavar="FILE", help="write the figures")
    add("--quiet", action="store_true", help="no progress line")
    parser.set_defaults(device="cpu", sets=[], weights=None)


def run(args: argparse.Namespace) -> int:
    """Measure and report; returns the exit code.

    Raises:
        DeepSkelError: Missing data or dictionary, a file that cannot be written.
    """
    from rich.console import Console
    from rich.table import Table

    from engine.errors import InputError
    from engine.pose.lifting.dictionary import load_dictionary
    from engine.pose.lifting.lift import LiftSettings
    from training.data.mocap import open_poses
    from training.evaluation.lifting import evaluate_lifting, make_views
    from training.evaluation.report import check_writable, run_facts, write_json

    if args.json:
        check_writable(args.json)
    poses = open_poses(args.data).split(args.split)
    if not len(poses):
        raise InputError(f"The data has nobody of the split {args.split}.", "Give more motion capture.")
    dictionary = load_dictionary(args.dictionary)
    views = make_views(poses, args.limit, args.hide, args.seed)
    with Progress(args.quiet) as advance:
        outcome = evaluate_lifting(views, dictionary, LiftSettings(), advance)
    figures = summarise_lifting(outcome, views, args.seed)
    if args.json:
        protocol = {
            "people": len(views.poses),
            "seed": args.seed,
            "hide": args.hide,
            "dictionary": dictionary.card.get("sha256"),
            "root": "thorax",
        }
        write_json(args.json, figures | {"run": run_facts(args, protocol)})
    table = Table("row", "PA-MPJPE", "95 %", "MPJPE", "N-MPJPE", *figures["sets"])
    for row, values in figures["rows"].items():
        low, high = values["interval"]
        cells = [f"{values['pa_mpjpe']:.1f}", f"{low:.1f} to {high:.1f}", f"{values['mpjpe']:.1f}"]
        own = [f"{rows[row]['pa_mpjpe']:.1f}" for rows in figures["sets"].values()]
        table.add_row(row.replace("_", " "), *cells, f"{values['n_mpjpe']:.1f}", *own)
    console = Console() if sys.stdout.isatty() else Console(width=140)
    console.print(table)
    console.print(
        f"PA-MPJPE {figures['below_mean_pose']:.1%} below the mean pose; {figures['people_per_minute']:.0f} people "
        f"a minute by the clock, {figures['people_per_processor_minute']:.0f} a minute of one processor"
    )
    return 0


def summarise_lifting(outcome: LiftingOutcome, views: Views, seed: int) -> dict[str, Any]:
    """Figures with stable keys; see `EPILOG`."""
    import numpy as np

    from training.metrics.bootstrap import bootstrap_interval

    people = [str(i) for i in range(len(views.poses))]
    rows: dict[str, dict[str, Any]] = {
        row: {name: round(float(values.mean()), 3) for name, values in errors.items()}
        | {"interval": [round(v, 3) for v in bootstrap_interval(errors["pa_mpjpe"], people, seed)]}
        for row, errors in outcome.errors.items()
    }
    sets = {
        str(name): {
            row: {measure: round(float(values[views.sets == name].mean()), 3) for measure, values in errors.items()}
            for row, errors in outcome.errors.items()
        }
        for name in np.unique(views.sets)
    }
    return {
        "rows": rows,
        "sets": sets,
        "below_mean_pose": round(1 - rows["lifted"]["pa_mpjpe"] / rows["mean_pose"]["pa_mpjpe"], 5),
        "people_per_minute": round(60 * len(people) / outcome.seconds, 1),
        "people_per_processor_minute": round(60 * len(people) / max(outcome.processor_seconds, 1e-9), 1),
    }
