"""What arguments of several verbs look like. Nothing heavy is imported here."""

from __future__ import annotations

import argparse
from collections.abc import Callable

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


def make_parser(program: str, description: str, epilog: str = "") -> argparse.ArgumentParser:
    """A parser whose help ends with the exit codes."""
    return argparse.ArgumentParser(
        prog=program,
        description=description,
        epilog=epilog + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def share(text: str) -> float:
    """A number from 0 to 1."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"“{text}” is no number from 0 to 1")
    return number


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
