"""`python -m training evaluate skeleton`: from the command line to figures on screen, in JSON, CSV and plots."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.evaluation.arguments import check_groups, count, group, names, positive
from training.evaluation.progress import Progress

if TYPE_CHECKING:
    from training.evaluation.skeleton_sources import SkeletonOptions, Views

EPILOG = """\
Views:   "object" shows each whole object of at least 32 x 32 pixels in its box enlarged 1.4 times, as the published
         sets do; "photo" shows whole photos. On other objects and void a detection without a partner does not count.
F:       the papers' protocol: map divided by its maximum, suppressed, cut at k / (thresholds + 1), thinned, matched
         one to one within 0.01 of the diagonal by a maximum matching, counts pooled. ODS: one threshold for all;
         OIS: counts pooled at each picture's own best threshold. Intervals: 95 % bootstrap over photos.
Masks:   recovered from the skeleton at the method's ODS threshold over all that was measured; scale errors too.
JSON:    models.NAME.ods, .interval, .ois, .threshold, .precision, .recall, .mask_iou, .mask_f, .true_mask_iou,
         .scale_error, .scale_error_px, .seconds; models.NAME.sets.SET (or SET/QUALITY) and .groups.GROUP as NAME
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `evaluate skeleton`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    add = parser.add_argument
    add("--data", type=Path, nargs="+", required=True, help="masks in any known format, or published skeleton sets")
    add("--split", default="dev", help="split to measure on, 'all' for all (default: %(default)s)")
    add("--sets", type=names, default=[], metavar="A,B", help="these sets alone")
    add("--model", type=names, default=["skeleton"], metavar="NAME[,NAME]", help="methods (default: skeleton)")
    add(
        "--view",
        choices=("object", "photo"),
        default="object",
        help="what a picture is (default: object; published sets are shown whole)",
    )
    add("--limit", type=positive, metavar="N", help="at most N objects (photos with --view photo), equally many a set")
    add("--thresholds", type=positive, default=100, metavar="N", help="how many (default: %(default)s)")
    add("--multi-scale", action="store_true", help="networks read at several scales and average")
    add(
        "--group",
        type=group,
        action="append",
        default=[],
        metavar="NAME=A,B",
        help="pool sets, or SET/QUALITY, as NAME",
    )
    add("--seed", type=count, default=0, help="of sample and intervals (default: 0)")
    add("--device", default="auto", help="auto, cpu, cuda, cuda:N (default: %(default)s)")
    add("--weights", type=Path, metavar="DIR", help="folder of the networks' weights (default: the usual ones)")
    add("--threads", type=positive, help="threads of the networks' arithmetic (default: torch's)")
    add("--json", type=Path, metavar="FILE", help="write the figures")
    add("--csv", type=Path, metavar="FILE", help="write precision and recall at every threshold")
    add("--plots", type=Path, metavar="DIR", help="write precision_recall.png and precision_recall.csv")
    add("--quiet", action="store_true", help="no progress line")


def run(args: argparse.Namespace) -> int:
    """Measure and report; returns the exit code.

    Raises:
        DeepSkelError: Unknown method, missing data, a file that cannot be written.
    """
    import cv2
    import torch
    from rich.console import Console

    from engine.skeleton.methods import make_skeleton_method
    from training.evaluation.report import check_writable, run_facts, write_json
    from training.evaluation.skeleton import evaluate
    from training.evaluation.skeleton_sources import SkeletonOptions, open_views
    from training.evaluation.skeleton_summary import summarise_skeletons
    from training.evaluation.skeleton_tables import skeleton_table

    for path in filter(None, (args.json, args.csv)):
        check_writable(path)
    if args.threads:
        torch.set_num_threads(args.threads)
        cv2.setNumThreads(args.threads)
    methods = {name: make_skeleton_method(name, args.device, args.weights) for name in args.model}
    split = None if args.split == "all" else args.split
    options = SkeletonOptions(args.view, args.limit, args.thresholds, args.seed, args.multi_scale)
    views = open_views(args.data, split, args.sets, options)
    groups = dict(args.group)
    check_groups(groups, views.sets)
    with Progress(args.quiet) as advance:
        outcomes = evaluate(methods, views, options, advance)
    models = summarise_skeletons(outcomes, groups, args.seed)
    if args.json:
        write_json(
            args.json,
            {"models": models, "run": run_facts(args, _protocol(options, views, len(outcomes) // len(methods)))},
        )
    console = Console() if sys.stdout.isatty() else Console(width=200)
    console.print(skeleton_table(models))
    if args.csv or args.plots:
        from training.evaluation.skeleton_curves import draw_curves, write_curves

        if args.csv:
            write_curves(outcomes, groups, args.csv)
        if args.plots:
            console.print("Plots:", *draw_curves(outcomes, groups, args.plots))
    return 0


def _protocol(options: SkeletonOptions, views: Views, pictures: int) -> dict[str, Any]:
    return {
        "seed": options.seed,
        "view": views.kind,
        "limit": options.limit,
        "thresholds": options.thresholds,
        "multi_scale": options.multi_scale,
        "pictures": pictures,
    }
