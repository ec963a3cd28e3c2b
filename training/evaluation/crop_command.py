"""`python -m training evaluate crop`: from the command line to figures on screen, in JSON and as plots."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.evaluation.arguments import (
    add_choices,
    add_group,
    add_running,
    begin,
    check_groups,
    count,
    fraction,
    screen,
)
from training.evaluation.progress import Progress

if TYPE_CHECKING:
    from rich.console import Console

    from training.evaluation.crop import Measured, Options

EPILOG = """\
Patch protocol:  one random click on an object of canonical size in a 192 pixel patch; 160 are compared.
Whole photos:    a simulated person clicks the middle of the largest error, again and again; IoU at probability 0.5.
                 With --jitter S a hand misses by S times the square root of the object's area, but not the error.
Intervals are 95 % bootstrap intervals over photos. NoC@t counts --clicks where t is never reached (noc_failed: share).
JSON: models.NAME.sets.SET.miou."1", .noc."85", .interval."1", .jittered.miou."1", .seconds_per_click;
      SET is a set or SET/QUALITY; models.NAME.groups.GROUP as sets; models.NAME.patch.mean_iou, .median_iou, .iou_at_70
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `evaluate crop`."""
    what = "folders or files in any known format"
    add_choices(parser, epilog=EPILOG, data=what, model="deepcrop", sample="sample, patches and jitter")
    add = parser.add_argument
    add("--clicks", type=count, default=20, help="most clicks an object; 0 leaves whole photos out (default: 20)")
    add("--limit", type=count, metavar="N", help="at most N objects of whole photos, equally many a set")
    add("--jitter", type=fraction, default=0.1, metavar="S", help="0 leaves jittered clicks out (default: 0.1)")
    add("--patches", type=count, default=1000, metavar="N", help="0 leaves the protocol out (default: 1000)")
    add_group(parser)
    add(
        "--records", type=Path, metavar="FILE", help="write every object's clicks, IoU and score, one line of JSON each"
    )
    add("--plots", type=Path, metavar="DIR", help="write mIoU by click and precision-recall as PNG")
    add_running(parser)


def run(args: argparse.Namespace) -> int:
    """Measure and report; returns the exit code.

    Raises:
        DeepSkelError: Unknown method, missing data, a file that cannot be written.
    """
    from engine.crop.methods import make_method
    from training.data.open import open_records
    from training.evaluation.crop import Options, evaluate
    from training.evaluation.report import run_facts, write_json
    from training.evaluation.summary import summarise

    split = begin(args, args.records)
    methods = {name: make_method(name, args.device, args.weights) for name in args.model}
    records = [record for path in args.data for record in open_records(path, split, args.sets)]
    groups = dict(args.group)
    check_groups(groups, (record.set for record in records))
    options = Options(args.clicks, args.limit, args.patches, args.jitter, args.seed, args.records)
    with Progress(args.quiet) as advance:
        measured = evaluate(methods, records, options, advance)
    models = summarise(measured.outcomes, args.clicks, groups, args.seed)
    report = {"models": models, "run": run_facts(args, _protocol(options, measured, args.model[0]))}
    if args.json:
        write_json(args.json, report)
    console = screen()
    _print(console, models, args.clicks)
    if measured.skipped:
        console.print(f"{measured.skipped} objects without a pixel were left out.")
    if args.plots:
        from training.evaluation.plots import draw_plots

        console.print("Plots:", *draw_plots(measured.outcomes, args.clicks, args.plots))
    return 0


def _protocol(options: Options, measured: Measured, first: str) -> dict[str, Any]:
    objects = [o for o in measured.outcomes if o.kind == "centre" and o.method == first]
    return {
        "seed": options.seed,
        "clicks": options.clicks,
        "limit": options.limit,
        "jitter": options.jitter,
        "patches": options.patches,
        "objects": len(objects),
        "objects_skipped": measured.skipped,
    }


def _print(console: Console, models: dict[str, Any], limit: int) -> None:
    from training.evaluation.tables import patch_table, set_table

    if any("patch" in model for model in models.values()):
        console.print(patch_table(models))
    if any(model["sets"] for model in models.values()):
        console.print(set_table(models, limit))
