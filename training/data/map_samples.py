"""Training samples of regressors that read skeleton maps alone: joints of motion capture in a window, no picture."""

from __future__ import annotations

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor

from engine.pose.person import person_window, scaled
from training.data.pose_bank import PoseBank

Sample = dict[str, Tensor]


class MapSamplerSettings(BaseModel):
    """How people are placed in the window, and how far off the joints are that the map is drawn from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    scale: float = 0.4
    """Largest change of the window's side, in octaves: covers the crops of the hypotheses."""
    shift: float = 0.08
    """Largest shift of the window, as a share of its side."""
    wobbly: float = 0.4
    """Share of maps drawn from joints that are off, as a network's are."""
    wobble: float = 0.02
    """Largest standard deviation of those joints, as a share of the window's side."""


class MapSamples:
    """Samples by number; sample n depends on (seed, n) alone.

    A sample has `xy` (16, 2) float32 px of a map of the given size, `visibility` (16,) uint8, `depth` (16,) float32 mm
    from the camera, `pose` (16, 3) float32 mm in camera axes relative to the thorax, `trust` (16,) float32, all 1.

    Args:
        bank: Poses and views.
        settings: How people are placed.
        seed: Of everything that is random.
        size: Side of the maps.
    """

    def __init__(self, bank: PoseBank, settings: MapSamplerSettings, seed: int, *, size: int) -> None:
        self.bank, self.settings, self.seed, self.size = bank, settings, seed, size

    def sample(self, n: int) -> Sample:
        """Sample number n."""
        rng = np.random.default_rng([self.seed, n])
        view = self.bank.draw(rng)
        # The window's smallest side is in pixels: measure the person in some that are fine enough.
        focal = 1000.0
        window = scaled(person_window(view.xy * focal), 2.0 ** rng.uniform(-self.settings.scale, self.settings.scale))
        xy = window.to_window(view.xy * focal, self.size, self.size)
        xy = xy + rng.uniform(-self.settings.shift, self.settings.shift, 2) * self.size
        if rng.random() < self.settings.wobbly:
            xy = xy + rng.normal(0, rng.uniform(0, self.settings.wobble), xy.shape) * self.size
        return {
            "xy": torch.from_numpy(xy.astype(np.float32)),
            "visibility": torch.full((len(xy),), 2, dtype=torch.uint8),
            "depth": torch.from_numpy(view.joints[:, 2].astype(np.float32)),
            "pose": torch.from_numpy(view.pose.astype(np.float32)),
            "trust": torch.ones(len(xy)),
        }
