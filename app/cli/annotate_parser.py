"""The arguments of `deepskel annotate`. Nothing heavy is imported here."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.arguments import (
    EXIT_CODES,
    add_device,
    add_json,
    add_output,
    add_overwrite,
    layout,
    make_parser,
    number_up_to,
    positive_share,
)

FINDINGS = 7
"""Exit code of `check` when it has found something: 1 says that the program has failed."""

CODES = EXIT_CODES.replace("  130", f"  {FINDINGS}  `annotate check` has found something\n  130")

KINDS = {
    "json": "poses in space and joints in the picture, by name",
    "npz": "the same as arrays for NumPy",
    "h5": "MPII's annotations with joints in space, as training code reads them",
    "coco": "joints in the picture alone, as COCO keypoints",
    "bvh": "one person (--person) for animation programs",
}
"""What `export` writes; engine.pose.project.exports is too heavy for --help, a test compares the names."""


def annotate_parser() -> argparse.ArgumentParser:
    """Of `deepskel annotate`."""
    parser = make_parser(
        "deepskel annotate",
        "Poses in space of people in annotated photos: prepare them for fixing by hand (`deepskel "
        "project.json` opens them in the window), write them for other programs, and look for mistakes.",
        codes=CODES,
    )
    parser.set_defaults(verb="annotate")
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)

    def add_act(name: str, summary: str, description: str, epilog: str = "") -> argparse.ArgumentParser:
        return acts.add_parser(name, help=summary, **layout(description, epilog, CODES))

    _init(add_act("init", "make a project of annotations or photos", INIT))
    kinds = "formats:\n" + "".join(f"  {name:5} {what}\n" for name, what in KINDS.items()) + "\n"
    _export(add_act("export", "write a project's people for other programs", EXPORT, kinds))
    _check(add_act("check", "look for mistakes", CHECK))
    return parser


INIT = (
    "Make a project: everybody gets the pose that their joints in the picture are lifted to. May be stopped and\n"
    "given again: it goes on where it was, and never changes a pose that is there. The annotations and the photos\n"
    "stay as they are."
)
EXPORT = (
    "Write the people of a project who have a pose. The format is that of --format, else of FILE's ending: a .json is\n"
    "of the format json unless --format coco is given."
)
CHECK = (
    "Look for people without a pose, bones of odd length, joints that bend too far, left and right exchanged, poses\n"
    "beside the joints in the picture, and joints outside the photo."
)


def _init(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "annotations",
        type=Path,
        metavar="ANNOTATIONS",
        help="MPII's .mat, .json, .h5 or table, LSP's joints.mat, COCO keypoints; or a folder of photos",
    )
    add(
        "--images",
        type=Path,
        nargs="+",
        default=[],
        metavar="DIR",
        help="where the photos are, found by name (default: beside ANNOTATIONS and in `images` there)",
    )
    add("--predict", action="store_true", help="also let the networks read everybody whose photo is found")
    add("--processes", type=_number, metavar="N", help="how many at once (default: one a core, at most 8)")
    add("--limit", type=_number, metavar="N", help="only the first N people")
    add_device(parser, "of --predict: ")
    add("--verbose", action="store_true", help="name every missing photo, not only the first")
    add_overwrite(parser, "begin anew: what was done by hand in PROJECT is lost")
    add_output(parser, "project to write: .json", "PROJECT")
    add_json(parser)


def _export(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    _people_of(parser)
    add("--format", choices=tuple(KINDS), metavar="KIND", help=", ".join(KINDS))
    add("--person", metavar="ID", help="this person alone")
    add_overwrite(parser, "replace FILE when it exists")
    add_output(parser, "file to write", "FILE")
    add_json(parser)


def _check(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    _people_of(parser)
    add("--reprojection", type=positive_share, metavar="SHARE", help="of the person's size, from which on it is told")
    add("--asymmetry", type=positive_share, metavar="SHARE", help="difference of a bone's sides that is told")
    add("--limit", type=number_up_to(180), metavar="DEGREES", help="beyond a joint's limit that is told")
    add("--most", type=_number, default=40, metavar="N", help="lines of the table (default: %(default)s)")
    add("--json", type=Path, metavar="FILE", help="write everything that was found as JSON, - for standard output")
    add_overwrite(parser, "replace FILE when it exists")


def _people_of(parser: argparse.ArgumentParser) -> None:
    """PROJECT, and whom of it."""
    add = parser.add_argument
    add("project", type=Path, metavar="PROJECT", help="the project")
    add(
        "--only",
        choices=("reviewed", "changed", "all"),
        default="all",
        help="those said to be right, those edited by hand, or everybody (default)",
    )


def _number(text: str) -> int:
    """A whole number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"“{text}” is no whole number from 1")
    return int(text)
