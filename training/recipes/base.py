"""What a recipe is: data, loss and schedule of one network, as typed configuration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn
from torch.utils.data import IterableDataset

from training.data.records import ObjectRecord

Batch = dict[str, Tensor]


class Schedule(BaseModel):
    """Optimiser and schedule settings that every recipe has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    batch_size: int = 32
    optimizer: str = "adamw"
    """"adamw" or "sgd"."""
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    momentum: float = 0.9
    warmup_steps: int = 200
    ema_decay: float = 0.999
    gradient_clip: float = 1.0


class Recipe(Protocol):
    """Everything the training loop needs to know of a network.

    A recipe is a pydantic model, so that a configuration file reproduces a run; the loop stores it in the checkpoint.
    """

    name: str
    schedule: Schedule

    def build(self) -> nn.Module:
        """A freshly initialised network."""

    def dataset(self, records: Sequence[ObjectRecord], cache: Any, seed: int) -> IterableDataset[Batch]:
        """An endless stream of single training samples; sample n depends on (seed, n) alone, so that resuming is exact."""

    def loss(self, net: nn.Module, batch: Batch, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean loss of a batch and the figures worth logging (detached scalars)."""
