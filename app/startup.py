"""What every entry point does first: streams, logs, faults and the number of threads."""

from __future__ import annotations

import ctypes
import faulthandler
import logging
import os
import signal
import sys
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

import platformdirs

PLENTY = 1 << 40

_kept_open: list[IO[str]] = []


def log_folder() -> Path:
    """Where logs go; created on demand."""
    return platformdirs.user_log_path("deepskel", appauthor=False)


def start() -> None:
    """Make output safe, then send log records and the traces of hard crashes to files.

    A folder that cannot be written is no reason not to start: there are no logs then.
    """
    # Threads that spin while they wait for each other starve when other programs keep the cores busy: clicks have taken
    # seconds instead of a tenth. Read when torch loads.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    with suppress(OSError):
        log_folder().mkdir(parents=True, exist_ok=True)
    _give_streams()
    with suppress(OSError):
        faults = (log_folder() / "faults.log").open("a", encoding="utf-8")
        _kept_open.append(faults)  # faulthandler writes to its descriptor for as long as the process lives
        faulthandler.enable(faults)
    handler = RotatingFileHandler(
        log_folder() / "deepskel.log", maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    logging.raiseExceptions = False  # a full disk must not end a computation
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def prepare_window() -> None:
    """What comes between the arguments and Qt."""
    use_threads(keep_one_free=True)  # imports torch, which has to be before Qt on Windows
    keep_singletons()
    # In the worker's thread this import would hold the interpreter, and with it the window, for its whole length.
    import engine.skeleton.methods  # noqa: F401 - and with it those of crop

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Qt's loop never lets Python see Ctrl-C


def keep_singletons() -> None:
    """Give None, True and False so many references that they cannot run out of them.

    PySide6 6.12 takes one away, without ever having given it, in many calls: one of None in overloaded methods that
    return nothing (QPainter.setPen, drawLine, …), one of True or False where a signal carries it. Before Python 3.12,
    where they became immortal, that ends the process within thousands of repaints ("none_dealloc", "bool_dealloc").
    """
    if sys.version_info < (3, 12):
        for value in (None, True, False):
            references = ctypes.c_ssize_t.from_address(id(value))  # the first field of every object
            if references.value < PLENTY:
                references.value += PLENTY


def use_threads(*, keep_one_free: bool) -> None:
    """Set how many threads torch computes with: one per core, unless OMP_NUM_THREADS says otherwise.

    Args:
        keep_one_free: Leave a core to the window where there are more than two.
    """
    import torch

    if "OMP_NUM_THREADS" in os.environ:
        return
    cores = torch.get_num_threads()  # torch starts with the physical cores that this process may use
    torch.set_num_threads(cores - 1 if keep_one_free and cores > 2 else cores)


def _give_streams() -> None:
    """Windowed programs on Windows have no stdout and no stderr, and libraries that write to them would fail."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            try:
                stream = (log_folder() / f"{name}.log").open("w", encoding="utf-8", buffering=1)
            except OSError:
                stream = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - lives as long as the process
            setattr(sys, name, stream)
