"""Words of a command line, read the same way by every `evaluate`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console


def add_choices(parser: argparse.ArgumentParser, *, epilog: str, data: str, model: str, sample: str) -> None:
    """What is measured on what: `--data --split --sets --model --seed` of every `evaluate`.

    Args:
        parser: Of the command.
        epilog: Shown as it is written.
        data: What `--data` may be.
        model: Names that are the default of `--model`, with commas.
        sample: What the seed is of.
    """
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = epilog
    add = parser.add_argument
    add("--data", type=Path, nargs="+", required=True, help=data)
    add("--split", default="dev", help="split to measure on, 'all' for all (default: %(default)s)")
    add("--sets", type=names, default=[], metavar="A,B", help="these sets alone")
    add("--model", type=names, default=names(model), metavar="NAME[,NAME]", help=f"methods (default: {model})")
    add("--seed", type=count, default=0, help=f"of {sample} (default: 0)")


def add_group(parser: argparse.ArgumentParser) -> None:
    """`--group` of the commands that pool sets."""
    parser.add_argument(
        "--group",
        type=group,
        action="append",
        default=[],
        metavar="NAME=A,B",
        help="pool sets, or SET/QUALITY, as NAME",
    )


def add_running(parser: argparse.ArgumentParser) -> None:
    """How a run computes and where its figures go: `--device --weights --threads --json --quiet`."""
    add = parser.add_argument
    add("--device", default="auto", help="auto, cpu, cuda, cuda:N (default: %(default)s)")
    add("--weights", type=Path, metavar="DIR", help="folder of the networks' weights (default: the usual ones)")
    add("--threads", type=positive, help="threads of the networks' arithmetic (default: torch's)")
    add("--json", type=Path, metavar="FILE", help="write the figures")
    add("--quiet", action="store_true", help="no progress line")


def begin(args: argparse.Namespace, *files: Path | None) -> str | None:
    """Before a run of hours: its files can be written, and the threads are as asked for.

    Args:
        args: Of the command.
        files: What it will write besides its JSON.

    Returns:
        The split to read; None for all.

    Raises:
        OutputError: A file cannot be written.
    """
    import cv2
    import torch

    from training.evaluation.report import check_writable

    for path in filter(None, (args.json, *files)):
        check_writable(path)
    if args.threads:
        torch.set_num_threads(args.threads)
        cv2.setNumThreads(args.threads)
    return None if args.split == "all" else str(args.split)


def screen() -> Console:
    """Where tables go: wide enough for them where nobody reads along."""
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=200)


def names(text: str) -> list[str]:
    """A,B -> [A, B], each once."""
    found = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not found:
        raise argparse.ArgumentTypeError("give at least one name")
    return found


def group(text: str) -> tuple[str, list[str]]:
    """NAME=A,B -> (NAME, [A, B])."""
    name, equals, members = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError("give NAME=SET,SET/QUALITY")
    return name, names(members)


def count(text: str) -> int:
    """A whole number from 0."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)


def positive(text: str) -> int:
    """A whole number from 1."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def fraction(text: str) -> float:
    """A number from 0 to 10."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 10:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 10")
    return value


def in_group(members: Sequence[str], set_name: str, quality: str) -> bool:
    """Whether a group, whose members are SET or SET/QUALITY, takes what is of this set and quality."""
    return set_name in members or f"{set_name}/{quality}" in members


def check_groups(groups: Mapping[str, Sequence[str]], sets: Iterable[str]) -> None:
    """InputError when a group names a set that is not measured."""
    known = set(sets)
    for name, members in groups.items():
        if unknown := sorted({member for member in members if member.partition("/")[0] not in known}):
            raise InputError(
                f"The group {name} names the set {unknown[0]}, which is not measured.",
                f"Sets: {', '.join(sorted(known))}.",
            )
