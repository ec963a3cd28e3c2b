"""What the verbs share: prompts, the photo, the device and what to do when it fails."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

from app import startup
from engine.crop.prompts import Click
from engine.device import Device, after_failure, choose
from engine.errors import DeviceError
from engine.imaging.load import load
from engine.imaging.photo import Photo

Answer = TypeVar("Answer")


def clicks_of(arguments: argparse.Namespace) -> tuple[Click, ...]:
    """The clicks of --click and --not in the order in which they were given."""
    return tuple(Click(x, y, positive) for x, y, positive in arguments.clicks or ())


def open_photo(arguments: argparse.Namespace, clicks: Sequence[Click]) -> Photo:
    """The photo, with its warnings told and the clicks inside it.

    Raises:
        PhotoError: It cannot be read.
        InputError: A click lies outside.
    """
    photo = load(arguments.photo)
    for warning in photo.warnings:
        note(warning)
    for click in clicks:
        click.check_inside(photo.width, photo.height)
    return photo


def choose_device(arguments: argparse.Namespace) -> Device:
    """The device of --device; DeviceError when it cannot be used."""
    startup.use_threads(keep_one_free=False)
    return choose(arguments.device)


def compute(arguments: argparse.Namespace, device: Device, work: Callable[[Device], Answer]) -> tuple[Answer, Device]:
    """`work(device)`, and again on the CPU when an accelerator fails that nobody asked for.

    Returns:
        The answer, and the device that gave it.

    Raises:
        DeviceError: The device was asked for by name and failed.
    """
    try:
        return work(device), device
    except RuntimeError as error:
        replacement = after_failure(device, error)
        if replacement is None:
            raise
        if arguments.device != "auto":
            raise DeviceError(replacement.reason, "Use --device auto or --device cpu.") from error
        note(replacement.reason)
        return work(replacement), replacement


def note(text: str) -> None:
    """Tell a person something beside the result."""
    print(f"deepskel: {printable(' '.join(text.split()))}", file=sys.stderr)


def printable(text: str) -> str:
    """The text as one line that no terminal takes for an order: names come from files of others."""
    return "".join(each if each.isprintable() else "\ufffd" for each in text)
