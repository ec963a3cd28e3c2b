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
    return run(_dispatch, arguments)


def _dispatch(arguments: argparse.Namespace) -> int:
    verb: Callable[[argparse.Namespace], int]
    match arguments.verb:
        case "crop":
            from app.cli.crop import crop as verb
        case "skeleton":
            from app.cli.skeleton import skeleton as verb
        case "pose":
            from app.cli.pose import pose as verb
        case "lift":
            from app.cli.lift import lift as verb
        case "annotate":
            from app.cli.annotate import annotate as verb
        case "info":
            from app.cli.info import info as verb
        case "self-test":
            from app.self_test import self_test as verb
        case _:
            verb = _window
    return verb(arguments)


def _window(arguments: argparse.Namespace) -> int:
    startup.prepare_window()
    from app.run import run_window

    return run_window(arguments.photos)


if __name__ == "__main__":
    sys.exit(main())
