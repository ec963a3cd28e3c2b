"""Which objects are measured, and their pixels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import cv2
import numpy as np

from engine.errors import PhotoError
from engine.imaging.photo import Photo
from training.data.records import ObjectRecord
from training.evaluation.outcome import object_seed


def sample_records(records: Sequence[ObjectRecord], limit: int | None, seed: int) -> list[ObjectRecord]:
    """At most `limit` objects, equally many of each set (a set with fewer gives all), photo by photo.

    Equal shares make every set's figure about equally sure. Which objects of a set are taken depends on the seed and
    their number alone, and a larger sample contains the smaller one.
    """
    sets: dict[str, list[ObjectRecord]] = defaultdict(list)
    for record in records:
        sets[record.set].append(record)
    left = len(records) if limit is None else min(limit, len(records))
    chosen: list[ObjectRecord] = []
    # Small sets first: what they cannot fill is shared among the rest.
    for done, (_, members) in enumerate(sorted(sets.items(), key=lambda item: (len(item[1]), item[0]))):
        share = min(len(members), -(-left // (len(sets) - done)))
        chosen += sorted(members, key=lambda record: object_seed(record, seed))[:share]
        left -= share
    return sorted(chosen, key=lambda record: (record.set, str(record.image), record.id, record.quality))


def check_photos(records: Sequence[ObjectRecord]) -> None:
    """Raise PhotoError when a photo is missing: better now than after an hour."""
    missing = sorted({record.image for record in records if not record.image.is_file()})
    if missing:
        more = f" and {len(missing) - 1} others" if len(missing) > 1 else ""
        raise PhotoError(
            f"The photo {missing[0]}{more} of the data set is missing.", "Check the folder given as --data."
        )


def load_photo(record: ObjectRecord) -> Photo:
    """The photo of a record, as stored: annotations are drawn on stored pixels, so EXIF orientation is not applied.

    Raises:
        PhotoError: It cannot be read, or has another size than its annotation.
    """
    try:
        data = np.fromfile(record.image, np.uint8)
    except OSError as error:
        raise PhotoError(f"The photo {record.image} cannot be read: {error.strerror}.") from error
    flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
    pixels = cv2.imdecode(data, flags) if data.size else None
    if pixels is None:
        raise PhotoError(f"The photo {record.image} is damaged or no image.")
    height, width = pixels.shape[:2]
    if (width, height) != record.size:
        expected = "{} x {}".format(*record.size)
        raise PhotoError(f"The photo {record.image} is {width} x {height} pixels, its annotation {expected}.")
    return Photo.from_array(pixels)
