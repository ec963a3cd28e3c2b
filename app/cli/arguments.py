"""What arguments of several verbs look like. Nothing heavy is imported here."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

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


class Layout(TypedDict):
    """How the help of a command looks, as argparse takes it."""

    description: str
    epilog: str
    formatter_class: type[argparse.HelpFormatter]
    allow_abbrev: bool


def layout(description: str, epilog: str = "", codes: str = EXIT_CODES) -> Layout:
    """Of a command whose help ends with the exit codes."""
    return Layout(
        description=description,
        epilog=epilog + codes,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def make_parser(program: str, description: str, epilog: str = "", codes: str = EXIT_CODES) -> argparse.ArgumentParser:
    """A parser whose help ends with the exit codes."""
    return argparse.ArgumentParser(prog=program, **layout(description, epilog, codes))


def add_photo(parser: argparse.ArgumentParser) -> None:
    """PHOTO, a path."""
    parser.add_argument("photo", type=Path, metavar="PHOTO", help="the photo")


def add_clicks(parser: argparse.ArgumentParser, on: str, beside: str) -> None:
    """--click and --not, together `clicks` in their order: (x, y, positive) each, None without any."""
    add = parser.add_argument
    add("--click", dest="clicks", action="append", type=click(positive=True), metavar="X,Y", help=on)
    add("--not", dest="clicks", action="append", type=click(positive=False), metavar="X,Y", help=beside)


def add_box(parser: argparse.ArgumentParser, around: str) -> None:
    """--box: four numbers, None without."""
    form = "X0,Y0,X1,Y1"
    parser.add_argument("--box", type=numbers(4, form), metavar=form, help=f"around {around}: left,top,right,bottom")


def add_device(parser: argparse.ArgumentParser, of: str = "") -> None:
    """--device, "auto" by default."""
    text = f"{of}auto (default), cpu, cuda, cuda:N or mps"
    parser.add_argument("--device", default="auto", metavar="D", help=text)


def add_overwrite(parser: argparse.ArgumentParser, what: str) -> None:
    """--overwrite."""
    parser.add_argument("--overwrite", action="store_true", help=what)


def add_output(parser: argparse.ArgumentParser, what: str, name: str = "OUT") -> None:
    """-o, a path that must be given."""
    parser.add_argument("-o", "--output", type=Path, required=True, metavar=name, help=what)


def add_json(parser: argparse.ArgumentParser) -> None:
    """--json."""
    parser.add_argument("--json", action="store_true", help="tell what was done as JSON on standard output")


def number_up_to(most: int) -> Callable[[str], float]:
    """What reads a number from 0 to `most`."""

    def parse_number(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if not 0 <= number <= most:
            raise argparse.ArgumentTypeError(f"“{text}” is no number from 0 to {most}")
        return number

    return parse_number


share = number_up_to(1)
"""What reads a number from 0 to 1."""


def positive_share(text: str) -> float:
    """A number above 0, up to 1."""
    number = share(text)
    if number == 0:
        raise argparse.ArgumentTypeError("it must be above 0")
    return number


def numbers(count: int, form: str) -> Callable[[str], tuple[float, ...]]:
    """What reads `count` numbers with commas between them; `form` shows a person how they are written."""

    def parse_numbers(text: str) -> tuple[float, ...]:
        try:
            found = tuple(float(part) for part in text.split(","))
        except ValueError:
            found = ()
        if len(found) != count:
            raise argparse.ArgumentTypeError(f"“{text}” is not of the form {form}")
        return found

    return parse_numbers


def click(*, positive: bool) -> Callable[[str], tuple[float, float, bool]]:
    """What reads a click on the object, or beside it."""
    parse_numbers = numbers(2, "X,Y")

    def parse_click(text: str) -> tuple[float, float, bool]:
        x, y = parse_numbers(text)
        return x, y, positive

    return parse_click
