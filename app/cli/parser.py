"""The arguments of the command line. Nothing heavy is imported here, so that --help answers at once."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from app import __version__
from app.cli.annotate_parser import annotate_parser
from app.cli.arguments import (
    add_box,
    add_clicks,
    add_device,
    add_json,
    add_output,
    add_overwrite,
    add_photo,
    make_parser,
    positive_share,
    share,
)
from app.cli.pose_parser import lift_parser, pose_parser

CIRCLES = 0.05
"""Share of the inscribed circles that are drawn unless it is said."""

VERBS = """commands:
  deepskel [PHOTO ...]      open the window; a project or annotations of people open as a set
  deepskel crop PHOTO ...   cut an object out (deepskel crop --help)
  deepskel skeleton PHOTO   find skeletons with their inscribed circles (deepskel skeleton --help)
  deepskel pose PHOTO       read a person's pose in space (deepskel pose --help)
  deepskel lift JOINTS      joints in a picture to poses in space (deepskel lift --help)
  deepskel annotate ACT     prepare, write and check sets of poses fixed by hand (deepskel annotate --help)
  deepskel info             versions, devices and weights (deepskel info --help)

"""


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments, with `verb` one of those in VERBS without “deepskel”, "self-test" or "window".

    Wrong ones end the program with 2.
    """
    if argv and argv[0] in _VERB_PARSERS:
        return _VERB_PARSERS[argv[0]]().parse_args(argv[1:])
    return _main_parser().parse_args(argv)


def _main_parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "deepskel",
        "Cut objects out of photos, find their skeletons, see and fix poses. Without a command the window opens.",
        VERBS,
    )
    parser.set_defaults(verb="window")
    parser.add_argument(
        "photos",
        nargs="*",
        type=Path,
        metavar="PHOTO",
        help="photo to open in the window, or a set of people: project, annotations, folder",
    )
    parser.add_argument("--version", action="version", version=f"DeepSkel {__version__}")
    parser.add_argument(
        "--self-test",
        dest="verb",
        action="store_const",
        const="self-test",
        help="check that this installation works: libraries, files, weights, a crop, a skeleton, the window",
    )
    return parser


def _crop_parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "deepskel crop",
        "Cut an object out of a photo. Coordinates are pixels from the upper left of the upright photo.",
    )
    parser.set_defaults(verb="crop")
    add = parser.add_argument
    add_photo(parser)
    add_clicks(parser, "on the object", "not the object")
    add_box(parser, "the object")
    add("--candidate", type=int, metavar="K", help="which reading of the clicks, 0 is the best (default)")
    add("--trim", action="store_true", help="cut the empty border off instead of keeping the photo's size")
    add("--mask-only", action="store_true", help="write the mask (white is the object) instead of the cut-out")
    add_overwrite(parser, "replace OUT when it exists")
    add_device(parser)
    add_output(parser, "file to write: .png or .tif")
    add_json(parser)
    return parser


def _skeleton_parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "deepskel skeleton",
        "Find the skeletons of the objects in a photo, with the radius of the inscribed circle at every point. "
        "Coordinates are pixels from the upper left of the upright photo.",
    )
    parser.set_defaults(verb="skeleton")
    add = parser.add_argument
    add_photo(parser)
    add_clicks(parser, "only this object", "not this")
    add("--threshold", type=share, metavar="T", help="least probability, 0 to 1 (default: that of the network)")
    add("--multi-scale", action="store_true", help="look at the photo in several sizes: slower, more precise")
    add(
        "--medial", action="store_true", help="medial axis of the clicked object's mask instead of the network's answer"
    )
    add(
        "--circles",
        type=positive_share,
        nargs="?",
        const=CIRCLES,
        metavar="DENSITY",
        help=f"draw inscribed circles into SVG and PNG, few (near 0) to all (1); {CIRCLES} when not said",
    )
    add(
        "--colour",
        choices=("scale", "kind"),
        default="scale",
        help="what colours tell: diameter (default) or scale type",
    )
    add(
        "--backdrop",
        choices=("none", "embed", "link"),
        help="the photo beneath: none (usual for SVG), in the file (usual for PNG), or SVG refers to its file",
    )
    add("--mask", type=Path, metavar="MASK", help="also write the mask that the skeleton stands for: .png or .tif")
    add_overwrite(parser, "replace files that exist")
    add_device(parser)
    add_output(parser, "file to write: .json, .svg, .csv or .png")
    add_json(parser)
    return parser


def _info_parser() -> argparse.ArgumentParser:
    parser = make_parser("deepskel info", "Versions, devices, and weights with the state of their hashes.")
    parser.set_defaults(verb="info")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    return parser


_VERB_PARSERS: dict[str, Callable[[], argparse.ArgumentParser]] = {
    "crop": _crop_parser,
    "skeleton": _skeleton_parser,
    "pose": pose_parser,
    "lift": lift_parser,
    "annotate": annotate_parser,
    "info": _info_parser,
}
