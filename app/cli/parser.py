"""The arguments of the command line. Nothing heavy is imported here, so that --help answers at once."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from app import __version__

EXIT_CODES = """exit codes:
  0  done
  1  something unexpected (the log has the details)
  2  an argument makes no sense
  3  the photo cannot be read
  4  the weights are missing or damaged
  5  the result cannot be written
  6  the device cannot be used
  130  interrupted    141  the reader of the output went away
"""

CIRCLES = 0.05
"""Share of the inscribed circles that are drawn unless it is said."""

VERBS = """commands:
  deepskel [PHOTO ...]      open the window
  deepskel crop PHOTO ...   cut an object out (deepskel crop --help)
  deepskel skeleton PHOTO   find skeletons with their inscribed circles (deepskel skeleton --help)
  deepskel info             versions, devices and weights (deepskel info --help)

"""


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments, with `verb` one of "crop", "skeleton", "info", "self-test" and "window".

    Wrong ones end the program with 2.
    """
    if argv and argv[0] in _VERB_PARSERS:
        return _VERB_PARSERS[argv[0]]().parse_args(argv[1:])
    return _main_parser().parse_args(argv)


def _parser(program: str, description: str, epilog: str = "") -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog=program,
        description=description,
        epilog=epilog + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _main_parser() -> argparse.ArgumentParser:
    parser = _parser("deepskel", "Click an object in a photo and get it cut out.", VERBS)
    parser.set_defaults(verb="window")
    parser.add_argument("photos", nargs="*", type=Path, metavar="PHOTO", help="photo to open in the window")
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
    parser = _parser(
        "deepskel crop",
        "Cut an object out of a photo. Coordinates are pixels from the upper left of the upright photo.",
    )
    parser.set_defaults(verb="crop")
    add = parser.add_argument
    add("photo", type=Path, metavar="PHOTO", help="the photo")
    add("--click", dest="clicks", action="append", type=_click(positive=True), metavar="X,Y", help="on the object")
    add("--not", dest="clicks", action="append", type=_click(positive=False), metavar="X,Y", help="not the object")
    add(
        "--box", type=_numbers(4, "X0,Y0,X1,Y1"), metavar="X0,Y0,X1,Y1", help="around the object: left,top,right,bottom"
    )
    add("--candidate", type=int, metavar="K", help="which reading of the clicks, 0 is the best (default)")
    add("--trim", action="store_true", help="cut the empty border off instead of keeping the photo's size")
    add("--mask-only", action="store_true", help="write the mask (white is the object) instead of the cut-out")
    add("--overwrite", action="store_true", help="replace OUT when it exists")
    add("--device", default="auto", metavar="D", help="auto (default), cpu, cuda, cuda:N or mps")
    add("-o", "--output", type=Path, required=True, metavar="OUT", help="file to write: .png or .tif")
    add("--json", action="store_true", help="tell what was done as JSON on standard output")
    return parser


def _skeleton_parser() -> argparse.ArgumentParser:
    parser = _parser(
        "deepskel skeleton",
        "Find the skeletons of the objects in a photo, with the radius of the inscribed circle at every point. "
        "Coordinates are pixels from the upper left of the upright photo.",
    )
    parser.set_defaults(verb="skeleton")
    add = parser.add_argument
    add("photo", type=Path, metavar="PHOTO", help="the photo")
    add("--click", dest="clicks", action="append", type=_click(positive=True), metavar="X,Y", help="only this object")
    add("--not", dest="clicks", action="append", type=_click(positive=False), metavar="X,Y", help="not this")
    add("--threshold", type=_share, metavar="T", help="least probability, 0 to 1 (default: that of the network)")
    add("--multi-scale", action="store_true", help="look at the photo in several sizes: slower, more precise")
    add(
        "--medial", action="store_true", help="medial axis of the clicked object's mask instead of the network's answer"
    )
    add(
        "--circles",
        type=_positive_share,
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
    add("--overwrite", action="store_true", help="replace files that exist")
    add("--device", default="auto", metavar="D", help="auto (default), cpu, cuda, cuda:N or mps")
    add("-o", "--output", type=Path, required=True, metavar="OUT", help="file to write: .json, .svg, .csv or .png")
    add("--json", action="store_true", help="tell what was done as JSON on standard output")
    return parser


def _info_parser() -> argparse.ArgumentParser:
    parser = _parser("deepskel info", "Versions, devices, and weights with the state of their hashes.")
    parser.set_defaults(verb="info")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    return parser


_VERB_PARSERS: dict[str, Callable[[], argparse.ArgumentParser]] = {
    "crop": _crop_parser,
    "skeleton": _skeleton_parser,
    "info": _info_parser,
}


def _share(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"“{text}” is no number from 0 to 1")
    return number


def _positive_share(text: str) -> float:
    number = _share(text)
    if number == 0:
        raise argparse.ArgumentTypeError("it must be above 0")
    return number


def _numbers(count: int, form: str) -> Callable[[str], tuple[float, ...]]:
    def parse_numbers(text: str) -> tuple[float, ...]:
        try:
            numbers = tuple(float(part) for part in text.split(","))
        except ValueError:
            numbers = ()
        if len(numbers) != count:
            raise argparse.ArgumentTypeError(f"“{text}” is not of the form {form}")
        return numbers

    return parse_numbers


def _click(*, positive: bool) -> Callable[[str], tuple[float, float, bool]]:
    parse_numbers = _numbers(2, "X,Y")

    def parse_click(text: str) -> tuple[float, float, bool]:
        x, y = parse_numbers(text)
        return x, y, positive

    return parse_click
