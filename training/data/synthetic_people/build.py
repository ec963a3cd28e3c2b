"""How a figure is built: thin or stout, what its clothes and hair do to its outline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class Build:
    """A body's form; all factors are around 1.

    Args:
        girth: Of limbs. torso: Of the trunk. belly, chest: How far they stand out, from 0.
        hips, shoulders: Widths. head: Size of the head.
        loose: (leg, sleeve, shirt) how far cloth stands off, in mm. hair: Length in mm below the crown, 0 short.
        skirt: Length as a share of the thigh, 0 none. flare: How far a skirt widens.
        volume: How far hair stands off the head, in mm.
    """

    girth: float
    torso: float
    belly: float
    chest: float
    hips: float
    shoulders: float
    head: float
    loose: tuple[float, float, float]
    hair: float
    volume: float
    skirt: float
    flare: float

    @classmethod
    def random(cls, rng: Rng) -> Build:
        """A person of the street."""
        g = rng.normal(0, 1, 8)
        stout = float(np.clip(1 + 0.12 * g[0], 0.8, 1.4))
        woman = rng.random() < 0.45
        cloth = float(rng.gamma(1.6, 9.0))
        skirt = float(rng.uniform(0.35, 1.7)) if rng.random() < (0.25 if woman else 0.02) else 0.0
        hair = float(rng.uniform(120, 420)) if rng.random() < (0.6 if woman else 0.08) else 0.0
        return cls(
            girth=stout * float(np.clip(1 + 0.07 * g[1], 0.8, 1.2)),
            torso=stout * float(np.clip(1 + 0.05 * g[2], 0.85, 1.15)) * (0.94 if woman else 1.0),
            belly=max(0.0, (stout - 1) * 1.5 + 0.1 * abs(float(g[3]))),
            chest=abs(float(g[4])) * 0.16 + 0.08 if woman else 0.04,
            hips=1.08 if woman else 0.98,
            shoulders=(0.97 if woman else 1.03) + 0.04 * float(g[5]),
            head=float(np.clip(1.04 + 0.05 * g[6], 0.92, 1.2)),
            loose=(min(cloth * float(rng.uniform(0.3, 1.3)), 55), min(cloth * float(rng.uniform(0.3, 1.2)), 45),
                   min(cloth * float(rng.uniform(0.4, 1.3)), 55)),
            hair=hair, volume=float(rng.uniform(4, 28)), skirt=skirt, flare=float(rng.uniform(0.0, 1.0)),
        )  # fmt: skip
