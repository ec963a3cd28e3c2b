"""Networks that were trained before, for recipes that learn from their answers."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from torch import nn

from engine.errors import InputError
from engine.weights import build
from training.checkpoint import load_checkpoint
from training.recipes.base import Recipe

R = TypeVar("R", bound=Recipe)


def read_trained(path: Path, kind: type[R]) -> tuple[R, nn.Module]:
    """Configuration and averaged weights of a checkpoint; the network is in eval mode and without gradients.

    Args:
        path: Checkpoint.
        kind: The recipe that it must be of.

    Raises:
        InputError: It is none, or of another recipe.
    """
    state = load_checkpoint(path)
    try:
        recipe = kind.model_validate_json(state.recipe)
    except ValueError as error:
        name = kind.model_fields["name"].default
        raise InputError(f"{path} is not a checkpoint of {name}.", "Train one first.") from error
    net = build(recipe.name, recipe.arguments)  # leaves the random state alone, which a resumed run must find again
    net.load_state_dict(state.ema)
    return recipe, net.eval().requires_grad_(False)
