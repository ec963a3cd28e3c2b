"""The entry point of the window and of the command line: `deepskel` or `python -m app`.

The order matters. Frozen helpers of multiprocessing come first, then streams and logs, then arguments, then torch, then
Qt: on Windows torch's libraries cannot be loaded once Qt's are (pytorch/pytorch#166628).
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Callable, Sequence

from app import startup
from app.cli.parser import parse
from app.cli.run import run


def main(argv: Sequence[str] | None = None) -> int:
    """Run what the arguments ask for and return the exit code."""
    multiprocessing.freeze_support()
    startup.start()
    arguments = parse(sys.argv[1:] if argv is None else argv)
    return run(_verb(arguments.verb), arguments)


def _verb(name: str) -> Callable[[argparse.Namespace], int]:
    match name:
        case "crop":
            from app.cli.crop import crop

            return crop
        case "info":
            from app.cli.info import info

            return info
        case "self-test":
            from app.self_test import self_test

            return self_test
        case _:
            return _window


def _window(arguments: argparse.Namespace) -> int:
    startup.use_threads(keep_one_free=True)  # imports torch before Qt
    from app.run import run_window

    return run_window(arguments.photos)


if __name__ == "__main__":
    sys.exit(main())
