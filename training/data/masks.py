"""What every reader needs: pictures of labels, and the facts that a record states about a mask."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from engine.errors import PhotoError
from training.data.records import VOID

U8 = npt.NDArray[np.uint8]


class Extent(NamedTuple):
    """Where an object lies: bbox (x0, y0, x1, y1) in pixels, fraction of the photo, whether it touches the edge."""

    bbox: tuple[int, int, int, int]
    area: float
    border: bool


def read_labels(path: Path) -> U8:
    """Read a picture of labels as (H, W) uint8; of a palette picture the indices, not the colours.

    Raises:
        PhotoError: Missing, damaged, or a picture of colours.
    """
    try:
        with Image.open(path) as picture:
            if picture.mode == "1":
                return np.asarray(picture, np.uint8)
            if picture.mode not in ("L", "P"):
                raise PhotoError(
                    f"The mask {path} is a picture of mode {picture.mode}.",
                    "Masks are palette or 8-bit grey pictures of labels.",
                )
            return np.array(picture, np.uint8)
    except FileNotFoundError as error:
        raise PhotoError(f"The mask {path} does not exist.") from error
    except (OSError, UnidentifiedImageError, SyntaxError) as error:
        raise PhotoError(f"The mask {path} cannot be read: {error}.") from error


def photo_size(path: Path) -> tuple[int, int]:
    """(width, height) of a photo as stored: annotations are drawn on stored pixels, EXIF orientation not applied.

    Raises:
        PhotoError: Missing or not an image.
    """
    try:
        with Image.open(path) as photo:
            return photo.size
    except FileNotFoundError as error:
        raise PhotoError(f"The photo {path} does not exist.") from error
    except (OSError, UnidentifiedImageError, SyntaxError) as error:
        raise PhotoError(f"The photo {path} cannot be read: {error}.") from error


def read_label(path: Path, label: int, size: tuple[int, int]) -> U8:
    """Read one label of a picture of labels as a target: 0 background, 1 where it equals `label`, 255 void.

    Raises:
        PhotoError: Missing, damaged, or not of `size` (width, height).
    """
    return target_of(checked_size(read_labels(path), size, path), label)


def target_of(labels: U8, label: int) -> U8:
    """(H, W) uint8 target of one label; 255 stays void."""
    target: U8 = (labels == label).astype(np.uint8)
    target[labels == VOID] = VOID
    return target


def checked_size(mask: U8, size: tuple[int, int], source: Path | str) -> U8:
    """The mask itself; PhotoError when it is not (height, width) = `size` reversed."""
    if mask.shape != (size[1], size[0]):
        raise PhotoError(
            f"The mask {source} is {mask.shape[1]} x {mask.shape[0]} pixels, its photo {size[0]} x {size[1]}.",
            "Masks and photos must have the same size.",
        )
    return mask


def extent(target: U8) -> Extent | None:
    """Where the object of a target lies; None when it has no pixel."""
    inside = target == 1
    columns, rows = np.flatnonzero(inside.any(axis=0)), np.flatnonzero(inside.any(axis=1))
    if columns.size == 0:
        return None
    height, width = target.shape
    box = int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
    return Extent(box, float(inside.mean()), touches_edge(box, (width, height)))


def touches_edge(bbox: tuple[int, int, int, int], size: tuple[int, int]) -> bool:
    """Whether a box reaches an edge of a photo of `size` (width, height)."""
    return bbox[0] <= 0 or bbox[1] <= 0 or bbox[2] >= size[0] or bbox[3] >= size[1]
