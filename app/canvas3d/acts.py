"""What a hand over the 3D view has done, as values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from app.canvas3d.looking import View

F64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Hovered:
    """The mouse came over a joint, or left it (None)."""

    joint: int | None


@dataclass(frozen=True)
class Selected:
    """A joint was chosen, or none."""

    joint: int | None


@dataclass(frozen=True, eq=False)
class Dragged:
    """A joint is wanted at `target`, (3,) mm in pose axes."""

    joint: int
    target: F64
    gesture: object


@dataclass(frozen=True, eq=False)
class Turned:
    """A bone is wanted turned, from where it was when the gesture began."""

    bone: int
    rotation: Rotation
    gesture: object


@dataclass(frozen=True)
class Chosen:
    """A candidate was clicked."""

    ghost: int


@dataclass(frozen=True)
class Looked:
    """Another view of VIEWS was asked for; None: the one last asked for, from the beginning."""

    view: View | None


@dataclass(frozen=True)
class GivenUp:
    """A gesture was broken off; what it moved has been brought back before."""

    gesture: object


Act = Hovered | Selected | Dragged | Turned | Chosen | Looked | GivenUp
