"""`python -m training fit TASK`: data and configuration from the command line to the loop."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

from engine import device as devices
from engine.errors import InputError
from training.data.cache import PhotoCache
from training.data.open import open_records
from training.data.pose_data import PoseData, open_pose_data
from training.data.records import ObjectRecord
from training.data.skeleton_objects import skeleton_objects
from training.data.skeleton_sets import holds_skeletons, open_skeletons
from training.loop import FitOptions, fit
from training.recipes import RECIPES

EPILOG = """\
The run's folder receives last.pt (checkpoint), recipe.json (configuration), log.csv and TensorBoard events.
A run stops cleanly at its limit, on SIGTERM and on Ctrl-C; --resume goes on exactly, with the same command otherwise.
Several processes:  torchrun --nproc-per-node 2 -m training fit crop …
A configuration:    {"name": "deepcrop", "schedule": {"batch_size": 16}, "size": 128}   (fields left out keep defaults)
"""


@dataclass(frozen=True)
class Task:
    """What belongs to the networks of one kind.

    Args:
        what: One line for the help.
        models: Names of the networks, the default first.
        open: Paths and split to data as the recipes take it.
        images: The photos of that data.
    """

    what: str
    models: tuple[str, ...]
    open: Callable[[Sequence[Path], str], Any]
    images: Callable[[Any], list[Path]]


def _objects(paths: Sequence[Path], split: str) -> list[ObjectRecord]:
    return [record for path in paths for record in open_records(path, split)]


def _skeletons(paths: Sequence[Path], split: str) -> list[ObjectRecord]:
    """Objects with masks, or photos of the published skeleton sets."""
    records: list[ObjectRecord] = []
    for path in paths:
        if path.exists() and holds_skeletons(path):
            records += skeleton_objects(open_skeletons(path, split))
        else:
            records += open_records(path, split)
    return records


def _photos(records: Sequence[ObjectRecord]) -> list[Path]:
    return [record.image for record in records]


TASKS: dict[str, Task] = {
    "crop": Task(
        "click-directed segmentation",
        ("deepcrop", "deepcrop_v1", "deepcrop_v2", "deepmask", "sharpmask"),
        _objects,
        _photos,
    ),
    "skeleton": Task("object skeletons", ("skeleton", "fsds", "hed", "lmsds"), _skeletons, _photos),
    "pose": Task(
        "3D pose from skeleton maps",
        ("pose_maps", "pose_regressor", "hourglass", "pose_rgb", "skeleton_map", "map_regressor", "direct_pose"),
        open_pose_data,
        PoseData.images,
    ),
}
"""What `fit` can train, by the word on the command line."""


def add_arguments(parser: argparse.ArgumentParser, task: str) -> None:
    """Options of `fit TASK`."""
    models = TASKS[task].models
    parser.add_argument("--model", choices=models, default=models[0], help="network to train (default: %(default)s)")
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders or files in any known format")
    parser.add_argument("--split", default="train", help="split to train on (default: %(default)s)")
    parser.add_argument("--out", type=Path, help="folder of the run (default: runs/MODEL)")
    parser.add_argument("--minutes", type=float, help="stop after this time, earlier parts of a resumed run included")
    parser.add_argument("--steps", type=int, help="stop after this many optimiser steps")
    parser.add_argument("--config", type=Path, help="recipe as JSON; reproduces a run together with --data and --seed")
    parser.add_argument("--resume", type=Path, help="checkpoint to go on from, exactly")
    parser.add_argument("--init", type=Path, help="checkpoint whose weights start a new run, as far as they fit")
    parser.add_argument("--seed", type=int, default=0, help="(default: %(default)s)")
    parser.add_argument("--workers", type=int, default=1, help="processes that prepare samples (default: %(default)s)")
    parser.add_argument("--threads", type=int, help="threads of the network's arithmetic (default: torch's)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:N (default: %(default)s)")
    parser.add_argument(
        "--precision", default="auto", choices=["auto", "float32", "bfloat16"], help="(default: %(default)s)"
    )
    parser.add_argument(
        "--cache", type=Path, default=Path(".cache/photos"), help="decoded photos (default: %(default)s)"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress line")


def run(args: argparse.Namespace) -> int:
    """Train; returns the exit code.

    Raises:
        InputError: Bad configuration, data, or checkpoint.
    """
    if args.threads:
        torch.set_num_threads(args.threads)
    recipe_type = RECIPES[args.model]
    fields = _read_config(args.config) if args.config else {}
    if fields.setdefault("name", args.model) != args.model:
        raise InputError(f"{args.config} configures {fields['name']}, not {args.model}.", "Name the same in --model.")
    recipe = recipe_type.model_validate(fields)
    recipe_json = recipe.model_dump_json()
    device = devices.choose(args.device, precision=args.precision)
    task = TASKS[args.task]
    data = task.open(args.data, args.split)
    out = args.out or Path("runs") / args.model
    out.mkdir(parents=True, exist_ok=True)
    (out / "recipe.json").write_text(recipe.model_dump_json(indent=2) + "\n")
    distributed = "RANK" in os.environ and int(os.environ.get("WORLD_SIZE", "1")) > 1
    if distributed:
        dist.init_process_group("nccl" if device.torch_device.type == "cuda" else "gloo")
    try:
        cache = PhotoCache(args.cache, task.images(data), progress=not args.quiet)
        options = FitOptions(
            out, args.minutes, args.steps, args.resume, args.init, args.seed, args.workers, device.torch_device,
            device.dtype == torch.bfloat16, progress=not args.quiet,
        )  # fmt: skip
        state = fit(recipe, recipe.samples(data, cache, args.seed), options, recipe_json)
    finally:
        if distributed:
            dist.destroy_process_group()
    print(f"{args.model}: {state.step} steps in {state.elapsed / 60:.1f} minutes; checkpoint {out / 'last.pt'}")
    return 0


def _read_config(path: Path) -> dict[str, object]:
    try:
        fields = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise InputError(f"The configuration {path} cannot be read: {error}.") from error
    if not isinstance(fields, dict):
        raise InputError(f"The configuration {path} is not a JSON object.")
    return fields
