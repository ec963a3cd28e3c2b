"""What never changes about a figure's surface: tubes of rings, the quads between them, the zones that clothes cover.

A tube is a row of rings, a ring is `AROUND` points. Point 0 lies at the front; they go towards the figure's left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.intp]
F64 = npt.NDArray[np.float64]

AROUND = 12
"""Points of a ring."""

ZONES = (
    "pelvis", "torso", "neck", "head", "hair", "skirt", "arm_high", "arm_low", "fore", "hand", "thigh_high",
    "thigh_low", "shin_high", "shin_low", "foot",
)  # fmt: skip
"""Parts of the surface that have one texture each."""


@dataclass(frozen=True, slots=True)
class Tube:
    """A tube by name, and the zone of each interval between its rings."""

    name: str
    zones: tuple[str, ...]


def _zones(**counts: int) -> tuple[str, ...]:
    return tuple(zone for zone, count in counts.items() for _ in range(count))


_LEG = _zones(thigh_high=3, thigh_low=2, shin_high=3, shin_low=3)
_ARM = _zones(arm_high=3, arm_low=2, fore=5)

TUBES = (
    Tube("torso", _zones(pelvis=4, torso=7, neck=3)),
    Tube("head", _zones(head=8)),
    Tube("hair", _zones(hair=5)),
    Tube("skirt", _zones(skirt=4)),
    *(Tube(f"{side}_leg", _LEG) for side in "rl"),
    *(Tube(f"{side}_foot", _zones(foot=5)) for side in "rl"),
    *(Tube(f"{side}_arm", _ARM) for side in "rl"),
    *(Tube(f"{side}_hand", _zones(hand=4)) for side in "rl"),
)

RINGS: dict[str, slice] = {}
"""Where a tube's rings are among all rings."""
_first = 0
for _tube in TUBES:
    RINGS[_tube.name] = slice(_first, _first + len(_tube.zones) + 1)
    _first += len(_tube.zones) + 1
COUNT = _first
"""Number of all rings."""


def _quads() -> tuple[Ints, ...]:
    corners, zones, ring, around, first, run = [], [], [], [], [], []
    for tube in TUBES:
        start = RINGS[tube.name].start
        for i, zone in enumerate(tube.zones):
            first += [start + tube.zones.index(zone)] * AROUND
            run += [tube.zones.count(zone)] * AROUND
            for k in range(AROUND):
                near, far, after = (start + i) * AROUND, (start + i + 1) * AROUND, (k + 1) % AROUND
                corners.append((near + k, near + after, far + after, far + k))
                zones.append(ZONES.index(zone))
                ring.append(start + i)
                around.append(k)
    return tuple(np.array(values, np.intp) for values in (corners, zones, ring, around, first, run))


QUADS, QUAD_ZONE, QUAD_RING, QUAD_AROUND, QUAD_ZONE_START, QUAD_ZONE_RINGS = _quads()
"""(Q, 4) corners among all points; (Q,) zone, first ring, and place around of every quad; the ring at which its zone
begins in its tube, and how many intervals the zone has there."""

BEFORE: Ints = np.concatenate([np.maximum(np.arange(r.start, r.stop) - 1, r.start) for r in RINGS.values()])
AFTER: Ints = np.concatenate([np.minimum(np.arange(r.start, r.stop) + 1, r.stop - 1) for r in RINGS.values()])
"""(COUNT,) neighbouring ring in the same tube; the ends are their own."""

ANGLES: F64 = np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
