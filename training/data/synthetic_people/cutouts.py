"""Objects with masks as things that stand before people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from training.data.cache import PhotoCache
from training.data.records import ObjectRecord

U8 = npt.NDArray[np.uint8]


class CutOuts:
    """Random objects, cut to their boxes; give it to `SyntheticPeople` as `things`.

    Args:
        cache: Holds the photos decoded.
        records: The objects.
    """

    def __init__(self, cache: PhotoCache, records: Sequence[ObjectRecord]) -> None:
        self.cache, self.records = cache, list(records)

    def __call__(self, rng: np.random.Generator) -> tuple[U8, U8] | None:
        """(H, W, 3) uint8 RGB and (H, W) uint8, 1 where the object is; None when there is none."""
        if not self.records:
            return None
        record = self.records[int(rng.integers(len(self.records)))]
        there = self.cache.mask(record) == 1
        rows, columns = np.flatnonzero(there.any(1)), np.flatnonzero(there.any(0))
        if not len(rows):
            return None
        box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        return self.cache.photo(record)[box], there[box].astype(np.uint8)
