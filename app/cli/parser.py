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

VERBS = """commands:
  deepskel [PHOTO ...]      open the window
  deepskel crop PHOTO ...   cut an object out (deepskel crop --help)
  deepskel info             versions, devices and weights (deepskel info --help)

"""


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments, with `verb` one of "crop", "info", "self-test" and "window". Wrong ones end the program with 2."""
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
        help="check that this installation works: libraries, files, weights, a crop, the window",
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


def _info_parser() -> argparse.ArgumentParser:
    parser = _parser("deepskel info", "Versions, devices, and weights with the state of their hashes.")
    parser.set_defaults(verb="info")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    return parser


_VERB_PARSERS: dict[str, Callable[[], argparse.ArgumentParser]] = {"crop": _crop_parser, "info": _info_parser}


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
