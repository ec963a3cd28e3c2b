"""`python -m training evaluate joints`: from the command line to figures on screen and in JSON."""

from __future__ import annotations

import argparse

from training.evaluation.arguments import add_choices, add_running, begin, fraction, positive, screen
from training.evaluation.progress import Progress

EPILOG = """\
Window:  the square 1.25 times as long as the longer extent of the person's annotated joints. --jitter S moves its
         centre by a Gaussian of S times its side, and its side by S octaves.
PCK@0.2: a joint counts as found within a fifth of the torso, left shoulder to right hip, as LSP has it.
PCKh@0.5: within half the head size: 0.6 of the head box's diagonal, or upper neck to head top without head boxes.
         Columns are means over their joints; the mean is over all joints by count, without pelvis and thorax.
         Joints of visibility 0 are left out. Intervals: 95 % bootstrap over people.
JSON:    models.NAME.pck.head ... .pck.mean, .pckh.mean, .pck_interval, .seconds; models.NAME.sets.SET as NAME
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `evaluate joints`."""
    what = "people in photos with 2D joints, in any known format"
    add_choices(parser, epilog=EPILOG, data=what, model="hourglass,pose_maps", sample="sample, jitter and intervals")
    add = parser.add_argument
    add("--limit", type=positive, metavar="N", help="at most N people, equally many a set")
    add("--size", type=size, metavar="S", help="side of the networks' input (default: as in use)")
    add("--flip", action="store_true", help="average with the mirror image")
    add("--jitter", type=fraction, default=0.0, metavar="S", help="windows miss by this share (default: 0)")
    add_running(parser)


def size(text: str) -> int:
    """A multiple of 32 from 64: what every network can halve as often as it does."""
    value = positive(text)
    if value < 64 or value % 32:
        raise argparse.ArgumentTypeError(f"{text} is not a multiple of 32 from 64")
    return value


def run(args: argparse.Namespace) -> int:
    """Measure and report; returns the exit code.

    Raises:
        DeepSkelError: Unknown network, missing data, a file that cannot be written.
    """
    from training.evaluation.pose_detectors import make_detector
    from training.evaluation.pose_joints import detect_joints, summarise_joints
    from training.evaluation.pose_photos import sample_people
    from training.evaluation.pose_tables import joint_tables
    from training.evaluation.report import run_facts, write_json

    split = begin(args)
    detectors = {
        name: make_detector(name, args.device, size=args.size, flip=args.flip, weights=args.weights)
        for name in args.model
    }
    people = sample_people(args.data, split, args.sets, args.limit, args.seed)
    with Progress(args.quiet) as advance:
        found = detect_joints(detectors, people, jitter=args.jitter, seed=args.seed, advance=advance)
    models = summarise_joints(found, people, args.seed)
    if args.json:
        protocol = {key: getattr(args, key) for key in ("seed", "limit", "size", "flip", "jitter")}
        write_json(args.json, {"models": models, "run": run_facts(args, protocol | {"people": len(people)})})
    for table in joint_tables(models):
        screen().print(table)
    return 0
