"""What the 3D canvas shows: a value that the workspace makes and the canvas draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.pose.camera import WeakPerspective

F64 = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scene:
    """Poses are (16, 3) mm in the camera axes of the photo (x right, y down, z away), thorax at the origin.

    Args:
        pose: The one that is edited, drawn solid; None while there is none.
        ghosts: The candidates, drawn faint, in the order of the strip.
        chosen: Index of the ghost that the pose was taken from; None when it is none of them.
        pins: Joints that stay where they are when others are pulled.
        warned: Joints that pass a limit of the body.
        edited: Joints that were placed by hand.
        camera: Shows the pose in the photo; None while there is no pose.
        photo_size: (width, height) of the photo in px; None when it is not known.
    """

    pose: F64 | None = None
    ghosts: tuple[F64, ...] = ()
    chosen: int | None = None
    pins: frozenset[int] = frozenset()
    warned: frozenset[int] = frozenset()
    edited: frozenset[int] = frozenset()
    camera: WeakPerspective | None = None
    photo_size: tuple[int, int] | None = None
