"""`python -m training export`: a checkpoint becomes half-precision weights with a card."""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path
from typing import Any

from engine.crop.planes import MEAN, STD
from engine.errors import InputError
from engine.weights import ARCHITECTURES, DataSource, Evaluation, Normalisation, WeightsCard, save_weights
from training.checkpoint import load_checkpoint
from training.recipes import RECIPES

LICENCE = "Apache-2.0 for the weights as such; the photos that they were trained on have the terms listed under data"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `export`."""
    parser.add_argument("checkpoint", type=Path, help="last.pt of a run")
    parser.add_argument("--name", help="name of the weights (default: the recipe's)")
    parser.add_argument("--data-card", type=Path, required=True, help='JSON list of {"name", "terms"}, one a data set')
    parser.add_argument("--training-command", required=True, help="the command that trained the checkpoint")
    parser.add_argument("--evaluation", type=Path, help="JSON file that `evaluate` wrote; its figures go on the card")
    parser.add_argument("--out", type=Path, default=Path("resources/weights"), help="folder (default: %(default)s)")


def run(args: argparse.Namespace) -> int:
    """Write NAME.safetensors and NAME.json; returns the exit code.

    Raises:
        InputError: The checkpoint, the data card or the evaluation cannot be used.
        WeightsError: The weights are not finite.
        OutputError: The folder cannot be written.
    """
    state = load_checkpoint(args.checkpoint)
    fields = json.loads(state.recipe)
    recipe = RECIPES[fields["name"]].model_validate(fields)
    name = args.name or fields["name"]
    if name not in ARCHITECTURES:
        raise InputError(f"There is no network called {name}.", f"Known are {', '.join(ARCHITECTURES)}.")
    net = recipe.build()
    net.load_state_dict(state.ema)
    card = WeightsCard(
        name=name,
        architecture=ARCHITECTURES[name],
        arguments=fields.get("arguments", {}),
        input=str(type(net).forward.__doc__ or "").strip().splitlines()[0],
        normalisation=Normalisation(mean=MEAN, std=STD),
        data=tuple(DataSource.model_validate(entry) for entry in _read_json(args.data_card)),
        licence=LICENCE,
        training_command=args.training_command,
        commit=_commit(),
        evaluation=evaluation_of(args.evaluation, name) if args.evaluation else None,
    )
    args.out.mkdir(parents=True, exist_ok=True)
    complete = save_weights(net, args.out / f"{name}.safetensors", card)
    print(f"{args.out / name}.safetensors: {complete.parameters:,} parameters, {complete.bytes / 2**20:.1f} MiB")
    return 0


def evaluation_of(path: Path, name: str) -> Evaluation:
    """The figures of one network in a file of `evaluate`, flattened to dotted keys.

    Raises:
        InputError: The file does not hold them.
    """
    content = _read_json(path)
    try:
        figures = _flat(content["models"][name])
        command = content["run"]["command"]
    except (KeyError, TypeError) as error:
        raise InputError(f"{path} holds no evaluation of {name}.", "Run evaluate with --json first.") from error
    return Evaluation(command=command, figures=figures)


def _flat(tree: object, prefix: str = "") -> dict[str, float]:
    if isinstance(tree, dict):
        return {k: v for key, part in tree.items() for k, v in _flat(part, f"{prefix}.{key}".lstrip(".")).items()}
    # Intervals and other lists stay in the evaluation's own file.
    return {prefix: float(tree)} if isinstance(tree, int | float) and not isinstance(tree, bool) else {}


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}.") from error


def _commit() -> str:
    """The commit of the working tree, with "+" when it has changes; "" outside a checkout."""
    try:
        run = subprocess.run(["git", "describe", "--always", "--dirty=+"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return run.stdout.strip()
