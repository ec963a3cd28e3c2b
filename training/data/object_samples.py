"""Training samples that begin with an object: which one is drawn, and how a number becomes a sample."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torchvision.transforms import v2

from engine.errors import InputError
from training.data.records import ObjectRecord

Sample = dict[str, Tensor]


def weight_name(record: ObjectRecord, weights: dict[str, float]) -> str:
    """Under which name a record's set is weighted: "SET/QUALITY" where the weights have that, else "SET"."""
    full = f"{record.set}/{record.quality}"
    return full if full in weights else record.set


class ObjectSamples(ABC):
    """Samples by number; sample n depends on (seed, n) alone.

    Args:
        records: Objects to draw from.
        weights: Sampling weight of "SET/QUALITY" or "SET".
        other_weight: Weight of the sets that are not named.
        seed: Of everything that is random.

    Raises:
        InputError: There is no object.
    """

    def __init__(
        self, records: Sequence[ObjectRecord], weights: dict[str, float], other_weight: float, seed: int
    ) -> None:
        if not records:
            raise InputError("No object of the data can be learned from.", "Check the masks and the sampler's sets.")
        self.records = list(records)
        self.seed = seed
        self.cumulative = np.cumsum(self._probabilities(weights, other_weight))
        self.photometric = v2.Compose(
            [
                v2.RandomApply([v2.ColorJitter(0.35, 0.35, 0.35, 0.04)], 0.7),
                v2.RandomGrayscale(0.05),
                v2.RandomApply([v2.GaussianBlur(5, (0.3, 1.5))], 0.1),
            ]
        )

    @abstractmethod
    def _make(self, record: ObjectRecord, rng: np.random.Generator) -> Sample | None:
        """A sample of an object, with `image` (3, S, S) uint8; None when this try gave nothing to learn from."""

    def sample(self, n: int) -> Sample:
        """Sample number n."""
        for attempt in range(20):
            rng = np.random.default_rng([self.seed, n, attempt])
            sample = self._make(self._draw(rng), rng)
            if sample is not None:
                # transforms.v2 draws from torch's global generator: lend it one that belongs to this sample.
                with torch.random.fork_rng(devices=[]):
                    torch.manual_seed(int(rng.integers(2**31)))
                    sample["image"] = self.photometric(sample["image"])
                return sample
        raise InputError("No object of the data set gave a usable crop.", "Check the masks and the sampler's sets.")

    def _draw(self, rng: np.random.Generator) -> ObjectRecord:
        return self.records[min(int(np.searchsorted(self.cumulative, rng.random())), len(self.records) - 1)]

    def _probabilities(self, weights: dict[str, float], other_weight: float) -> npt.NDArray[np.float64]:
        """Weight by set, shared among its photos by the square root of their objects: crowds do not dominate."""
        names = [weight_name(r, weights) for r in self.records]
        per_image: dict[str, int] = {}
        for r in self.records:
            per_image[str(r.image)] = per_image.get(str(r.image), 0) + 1
        raw = np.array([per_image[str(r.image)] ** -0.5 for r in self.records])
        total: dict[str, float] = {}
        for name, w in zip(names, raw, strict=True):
            total[name] = total.get(name, 0.0) + w
        share = np.array([weights.get(n, other_weight) / total[n] for n in names])
        probability = raw * share
        return np.asarray(probability / probability.sum(), np.float64)
