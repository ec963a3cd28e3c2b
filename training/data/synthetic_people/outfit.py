"""What a figure wears: which zones are covered, and the texture of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.data.synthetic_people import textures
from training.data.synthetic_people.build import Build
from training.data.synthetic_people.textures import Photos
from training.data.synthetic_people.topology import QUAD_ZONE, ZONES

F32 = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]
Rng = np.random.Generator

ONCE_AROUND = np.array([name in ("head", "torso", "hair") for name in ZONES])
"""By zone: those whose texture goes around once, and once from their first ring to their last; others repeat theirs."""


@dataclass(frozen=True, slots=True)
class Outfit:
    """Clothes.

    Args:
        covered: Zones under cloth.
        atlas: (T, SIDE, SIDE, 3) float32 textures.
        of_quad: (Q,) which of them a quad has.
        gloss: (T,) how much each shines.
    """

    covered: frozenset[str]
    atlas: F32
    of_quad: Ints
    gloss: F32

    @classmethod
    def random(cls, rng: Rng, photos: Photos, build: Build) -> Outfit:
        """Something to wear."""
        skin, tone = textures.skin(rng)
        hair = textures.hair(rng)
        shirt = textures.cloth(rng, photos)
        same = rng.random() < 0.12  # a suit, a dress, an overall
        trousers = shirt if same else textures.cloth(rng, photos)
        shoe = np.broadcast_to(textures.colour(rng), skin.shape) * (1 + 0.1 * textures.noise(rng, 5))[..., None]
        chest = textures.torso(rng, shirt, tone)
        atlas = [skin, textures.face(rng, skin, tone, hair), hair, shirt, chest, trousers, shoe]
        SKIN, FACE, HAIR, SHIRT, CHEST, TROUSERS, SHOE = range(7)  # noqa: N806
        zone = dict.fromkeys(ZONES, SKIN)
        zone |= {"head": FACE, "hair": HAIR, "skirt": TROUSERS, "pelvis": TROUSERS}
        bare = rng.random() < 0.06  # swimmers
        if not bare:
            zone["torso"] = CHEST
            for name, share in (("arm_high", 0.88), ("arm_low", 0.52), ("fore", 0.44)):
                if rng.random() > share / (1 if name == "arm_high" else 1.0):
                    break
                zone[name] = SHIRT
            if rng.random() < 0.25:  # a shirt that hangs over the belt
                zone["pelvis"] = SHIRT
        if build.skirt == 0:
            length = rng.random()
            for name, least in (("thigh_high", 0.04), ("thigh_low", 0.18), ("shin_high", 0.34), ("shin_low", 0.42)):
                if length > least:
                    zone[name] = TROUSERS
        elif rng.random() < 0.5:  # tights
            atlas.append(np.broadcast_to(textures.colour(rng), skin.shape).astype(np.float32))
            zone |= dict.fromkeys(("thigh_high", "thigh_low", "shin_high", "shin_low"), len(atlas) - 1)
        if rng.random() < 0.88:
            zone["foot"] = SHOE
            if zone["shin_low"] == SKIN and rng.random() < 0.5:  # socks, boots
                zone["shin_low"] = SHOE
        if rng.random() < 0.04:
            zone["hand"] = SHOE  # gloves
        cloth = {SHIRT, CHEST, TROUSERS}
        covered = frozenset(name for name, texture in zone.items() if texture in cloth)
        gloss = rng.uniform(0, 0.25, len(atlas)).astype(np.float32)
        by_zone = np.array([zone[name] for name in ZONES], np.intp)
        return cls(covered, np.stack(atlas).astype(np.float32), by_zone[QUAD_ZONE], gloss)
