"""`python -m training evaluate crop`: from the command line to figures on screen, in JSON and as plots."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.evaluation.arguments import check_groups, count, fraction, group, names
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
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    add = parser.add_argument
    add("--data", type=Path, nargs="+", required=True, help="folders or files in any known format")
    add("--split", default="dev", help="split to measure on, 'all' for all (default: %(default)s)")
    add("--sets", type=names, default=[], metavar="A,B", help="these sets alone")
    add("--model", type=names, default=["deepcrop"], metavar="NAME[,NAME]", help="methods (default: deepcrop)")
    add("--clicks", type=count, default=20, help="most clicks an object; 0 leaves whole photos out (default: 20)")
    add("--limit", type=count, metavar="N", help="at most N objects of whole photos, equally many a set")
    add("--jitter", type=fraction, default=0.1, metavar="S", help="0 leaves jittered clicks out (default: 0.1)")
    add("--patches", type=count, default=1000, metavar="N", help="0 leaves the protocol out (default: 1000)")
    add(
        "--group",
        type=group,
        action="append",
        default=[],
        metavar="NAME=A,B",
        help="pool sets, or SET/QUALITY, as NAME",
    )
    add("--seed", type=count, default=0, help="of sample, patches and jitter (default: 0)")
    add("--device", default="auto", help="auto, cpu, cuda, cuda:N (default: %(default)s)")
    add("--weights", type=Path, metavar="DIR", help="folder of the networks' weights (default: the usual ones)")
    add("--threads", type=count, help="threads of the networks' arithmetic (default: torch's)")
    add("--json", type=Path, metavar="FILE", help="write the figures")
    add(
        "--records", type=Path, metavar="FILE", help="write every object's clicks, IoU and score, one line of JSON each"
    )
    add("--plots", type=Path, metavar="DIR", help="write mIoU by click and precision-recall as PNG")
    add("--quiet", action="store_true", help="no progress line")


def run(args: argparse.Namespace) -> int:
    """Measure and report; returns the exit code.

    Raises:
        DeepSkelError: Unknown method, missing data, a file that cannot be written.
    """
    import cv2
    import torch
    from rich.console import Console

    from engine.crop.methods import make_method
    from training.data.open import open_records
    from training.evaluation.crop import Options, evaluate
    from training.evaluation.report import check_writable, run_facts, write_json
    from training.evaluation.summary import summarise

    for path in filter(None, (args.json, args.records)):
        check_writable(path)
    if args.threads:
        torch.set_num_threads(args.threads)
        cv2.setNumThreads(args.threads)
    methods = {name: make_method(name, args.device, args.weights) for name in args.model}
    split = None if args.split == "all" else args.split
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
    console = Console() if sys.stdout.isatty() else Console(width=200)
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
