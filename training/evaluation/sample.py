"""Which objects are measured, and their pixels."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import cv2
import numpy as np

from engine.errors import PhotoError
from engine.imaging.photo import Photo
from training.data.cache import HasPhoto
from training.data.records import ObjectRecord
from training.evaluation.outcome import object_seed


class _OfSet(Protocol):
    @property
    def set(self) -> str: ...


Item = TypeVar("Item", bound=_OfSet)


def equal_shares(items: Sequence[Item], limit: int | None, key: Callable[[Item], int]) -> list[Item]:
    """At most `limit` items, equally many of each set; a set with fewer gives all.

    Args:
        items: What to choose from.
        limit: None takes all.
        key: Those of a set are taken in this order.
    """
    sets: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        sets[item.set].append(item)
    left = len(items) if limit is None else min(limit, len(items))
    chosen: list[Item] = []
    # Small sets first: what they cannot fill is shared among the rest.
    for done, (_, members) in enumerate(sorted(sets.items(), key=lambda entry: (len(entry[1]), entry[0]))):
        share = min(len(members), -(-left // (len(sets) - done)))
        chosen += sorted(members, key=key)[:share]
        left -= share
    return chosen


def sample_records(records: Sequence[ObjectRecord], limit: int | None, seed: int) -> list[ObjectRecord]:
    """At most `limit` objects, equally many of each set (a set with fewer gives all), photo by photo.

    Equal shares make every set's figure about equally sure. Which objects of a set are taken depends on the seed and
    their number alone, and a larger sample contains the smaller one.
    """
    chosen = equal_shares(records, limit, lambda record: object_seed(record, seed))
    return sorted(chosen, key=lambda record: (record.set, str(record.image), record.id, record.quality))


def seeded(seed: int, *names: str) -> int:
    """A number that depends on a seed and names alone, on every machine the same."""
    return zlib.crc32("/".join([str(seed), *names]).encode())


def check_photos(records: Sequence[HasPhoto]) -> None:
    """Raise PhotoError when a photo is missing: better now than after an hour."""
    missing = sorted({record.image for record in records if not record.image.is_file()})
    if missing:
        more = f" and {len(missing) - 1} others" if len(missing) > 1 else ""
        raise PhotoError(
            f"The photo {missing[0]}{more} of the data set is missing.", "Check the folder given as --data."
        )


def load_photo(record: ObjectRecord) -> Photo:
    """The photo of a record.

    Raises:
        PhotoError: It cannot be read, or has another size than its annotation.
    """
    photo = read_photo(record.image)
    if photo.size != record.size:
        expected = "{} x {}".format(*record.size)
        raise PhotoError(
            f"The photo {record.image} is {photo.width} x {photo.height} pixels, its annotation {expected}."
        )
    return photo


def read_photo(image: Path) -> Photo:
    """A photo as stored: annotations are drawn on stored pixels, so EXIF orientation is not applied.

    Raises:
        PhotoError: It cannot be read.
    """
    try:
        data = np.fromfile(image, np.uint8)
    except OSError as error:
        raise PhotoError(f"The photo {image} cannot be read: {error.strerror}.") from error
    flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
    pixels = cv2.imdecode(data, flags) if data.size else None
    if pixels is None:
        raise PhotoError(f"The photo {image} is damaged or no image.")
    return Photo.from_array(pixels)
