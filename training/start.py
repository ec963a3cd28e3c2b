"""Beginning a new run with the weights of another, of the same network or of one that shares parts with it."""

from __future__ import annotations

from torch import Tensor, nn

from engine.errors import InputError


def start_from(net: nn.Module, state: dict[str, Tensor]) -> int:
    """Copy every tensor that has its like in the network: same name, same shape.

    Of a tensor that is larger along one axis the leading part is taken: further input planes come after the colours,
    further candidate masks after the expected one.

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
        elif _larger_along_one_axis(other, value):
            taken[name] = other[tuple(slice(0, n) for n in value.shape)]
    # Counters of batches alone say nothing.
    if not any(value.ndim for value in taken.values()):
        raise InputError("The checkpoint to start from shares nothing with this network.", "Choose another for --init.")
    net.load_state_dict(own | taken)
    return len(taken)


def _larger_along_one_axis(other: Tensor, value: Tensor) -> bool:
    if other.ndim != value.ndim:
        return False
    more = [a - b for a, b in zip(other.shape, value.shape, strict=True)]
    return min(more, default=-1) >= 0 and sum(n > 0 for n in more) == 1
