"""Checkpoints that hold everything a run needs to go on exactly where it stopped."""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.errors import InputError, OutputError

FORMAT = 1


@dataclass(slots=True)
class TrainingState:
    """All of a run's state.

    Args:
        recipe: The recipe's configuration, as JSON text; it names the network and reproduces the run.
        seed: Seed of the run.
        step: Optimiser steps done.
        elapsed: Seconds of training so far, over all resumes.
        net, ema, optimizer: State dictionaries.
        rng: State of torch's global generator on every rank, (world, n) uint8.
    """

    recipe: str
    seed: int
    step: int
    elapsed: float
    net: dict[str, Tensor]
    ema: dict[str, Tensor]
    optimizer: dict[str, Any]
    rng: Tensor


def save_checkpoint(state: TrainingState, path: Path) -> None:
    """Write atomically: a process killed in the middle leaves the previous checkpoint whole.

    Raises:
        OutputError: The folder cannot be written or the disk is full.
    """
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save({"format": FORMAT, **{k: getattr(state, k) for k in TrainingState.__slots__}}, temporary)
        temporary.replace(path)
    except (OSError, RuntimeError) as error:
        temporary.unlink(missing_ok=True)
        raise OutputError(
            f"The checkpoint {path} cannot be written: {error}.", "Free some space or choose --out."
        ) from error


def load_checkpoint(path: Path) -> TrainingState:
    """Read a checkpoint; nothing in it is executed (`weights_only`).

    Raises:
        InputError: Missing, damaged, or of another format.
    """
    if not path.is_file():
        raise InputError(f"The checkpoint {path} does not exist.", "Give the path of a last.pt.")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        if content.pop("format") != FORMAT:
            raise KeyError("format")
        return TrainingState(**content)
    except (RuntimeError, KeyError, TypeError, EOFError, AttributeError, pickle.UnpicklingError) as error:
        raise InputError(
            f"{path} is not a checkpoint of this program, or it is damaged.", "Use an older one."
        ) from error
