"""What a recipe is: data, loss and schedule of one network, as typed configuration."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn

from training.data.cache import PhotoCache

Batch = dict[str, Tensor]


class Schedule(BaseModel):
    """Optimiser and schedule settings that every recipe has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    batch_size: int = 32
    optimizer: Literal["adamw", "sgd"] = "adamw"
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    momentum: float = 0.9
    warmup_steps: int = 200
    ema_decay: float = 0.998
    gradient_clip: float = 1.0


class SampleSource(Protocol):
    """Training samples by number.

    Sample n depends on (seed, n) alone, never on what was drawn before: that makes resuming exact, and lets worker
    processes and ranks share the work.
    """

    def sample(self, n: int) -> Batch:
        """Sample number n; the loop stacks the tensors of a batch."""


class Recipe(BaseModel, ABC):
    """Everything the training loop needs to know of a network.

    A recipe is a pydantic model, so that a configuration file reproduces a run; the loop stores it in the checkpoint.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    schedule: Schedule = Schedule()
    arguments: dict[str, Any] = {}
    """Arguments of the network; {} is its small, default form."""

    @abstractmethod
    def build(self) -> nn.Module:
        """A freshly initialised network."""

    @abstractmethod
    def samples(self, data: Any, cache: PhotoCache, seed: int) -> SampleSource:
        """The stream of training samples.

        Args:
            data: What the task's data was read into (training.fit_command.TASKS): a recipe names its own type.
            cache: Its photos, decoded.
            seed: Of everything that is random.
        """

    @abstractmethod
    def loss(self, net: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean loss of a batch and the figures worth logging (detached scalars).

        Randomness comes from torch's global generator, which the checkpoint keeps.
        """
