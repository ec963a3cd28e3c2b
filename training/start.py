"""Beginning a new run with the weights of another, of the same network or of one that shares parts with it."""

from __future__ import annotations

from torch import Tensor, nn

from engine.errors import InputError


def start_from(net: nn.Module, state: dict[str, Tensor]) -> int:
    """Copy every tensor that has its like in the network: same name, same shape.

    Of a first convolution with further input planes the leading planes are taken, so that a network of colours can
    start from one that also saw prompts.

    Args:
        net: Changed in place; what finds no like keeps its values.
        state: Weights of another network.

    Returns:
        Number of tensors copied.

    Raises:
        InputError: None fits.
    """
    own = net.state_dict()
    taken: dict[str, Tensor] = {}
    for name, value in own.items():
        other = state.get(name)
        if other is None:
            continue
        if other.shape == value.shape:
            taken[name] = other
        elif value.ndim == 4 and other.ndim == 4 and _wider_input(other, value):
            taken[name] = other[:, : value.shape[1]]
    # Counters of batches alone say nothing.
    if not any(value.ndim for value in taken.values()):
        raise InputError("The checkpoint to start from shares nothing with this network.", "Choose another for --init.")
    net.load_state_dict(own | taken)
    return len(taken)


def _wider_input(other: Tensor, value: Tensor) -> bool:
    return other.shape[1] > value.shape[1] and other.shape[:1] == value.shape[:1] and other.shape[2:] == value.shape[2:]
