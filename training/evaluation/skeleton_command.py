"""`python -m training evaluate skeleton`: from the command line to figures on screen, in JSON, CSV and plots."""

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
    positive,
    screen,
)
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
    what = "masks in any known format, or published skeleton sets"
    add_choices(parser, epilog=EPILOG, data=what, model="skeleton", sample="sample and intervals")
    add = parser.add_argument
    add(
        "--view",
        choices=("object", "photo"),
        default="object",
        help="what a picture is (default: object; published sets are shown whole)",
    )
    add("--limit", type=positive, metavar="N", help="at most N objects (photos with --view photo), equally many a set")
    add("--thresholds", type=positive, default=100, metavar="N", help="how many (default: %(default)s)")
    add("--multi-scale", action="store_true", help="networks read at several scales and average")
    add_group(parser)
    add("--csv", type=Path, metavar="FILE", help="write precision and recall at every threshold")
    add("--plots", type=Path, metavar="DIR", help="write precision_recall.png and precision_recall.csv")
    add_running(parser)


def run(args: argparse.Namespace) -> int:
    """Measure and report; returns the exit code.

    Raises:
        DeepSkelError: Unknown method, missing data, a file that cannot be written.
    """
    from engine.skeleton.methods import make_skeleton_method
    from training.evaluation.report import run_facts, write_json
    from training.evaluation.skeleton import evaluate
    from training.evaluation.skeleton_sources import SkeletonOptions, open_views
    from training.evaluation.skeleton_summary import summarise_skeletons
    from training.evaluation.skeleton_tables import skeleton_table

    split = begin(args, args.csv)
    methods = {name: make_skeleton_method(name, args.device, args.weights) for name in args.model}
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
    console = screen()
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
