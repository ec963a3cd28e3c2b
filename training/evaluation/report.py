"""The file that a run leaves: figures, and what it takes to repeat and to judge them."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from engine import device as devices
from engine.errors import OutputError

_PACKAGES = ("deepskel", "torch", "torchvision", "numpy", "opencv-python-headless")


def run_facts(args: argparse.Namespace, protocol: Mapping[str, Any]) -> dict[str, Any]:
    """Command, data, device, versions and date, as plain JSON values.

    Args:
        args: Of the command: `data`, `split`, `sets`, `weights` and `device` are read.
        protocol: What was measured and how: options and numbers of objects.
    """
    device = devices.choose(args.device)
    return {
        "command": "python -m training " + shlex.join(sys.argv[1:]),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "data": [str(path) for path in args.data],
        "split": args.split,
        "sets": args.sets,
        "weights": str(args.weights) if args.weights else None,
        **protocol,
        "device": device.name,
        "precision": str(device.dtype).removeprefix("torch."),
        "threads": torch.get_num_threads(),
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in _PACKAGES}},
    }


def check_writable(path: Path) -> None:
    """A run may take hours: that its result cannot be written must be said before."""
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise OutputError(
            f"The file {path} cannot be written.", "Give a file in an existing folder that you may write to."
        )


def write_json(path: Path, report: dict[str, Any]) -> None:
    """Write a report atomically; OutputError when that fails."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(json.dumps(report, indent=2, allow_nan=False) + "\n", encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OutputError(f"The file {path} cannot be written: {error.strerror}.") from error


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
