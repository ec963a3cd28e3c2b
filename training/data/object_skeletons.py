"""The true skeletons of the objects of a photo: medial axes of their masks, found when first needed and kept."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.skeleton.graph import SkeletonGraph
from engine.skeleton.medial import DEFAULT_PRUNING, medial_graph
from training.data.cache import PhotoCache
from training.data.records import VOID, ObjectRecord

U8 = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]

PARTIAL = frozenset({"part", "holes", "region"})
"""Quality marks of what is not a whole object: it has no skeleton of its own and hides none."""


@dataclass(frozen=True, eq=False)
class Segments:
    """A skeleton as short straight pieces.

    Args:
        ends: (M, 2, 2) float32: piece, end, xy in pixels (a pixel's centre at + 0.5).
        diameter: (M, 2) float32 at both ends, pixels.
    """

    ends: F32
    diameter: F32

    @classmethod
    def of(cls, graph: SkeletonGraph) -> Segments:
        """All pieces of a graph; a lone point is a piece of no length."""
        ends, diameters = [], []
        for b in graph.branches:
            last = max(1, len(b.points) - 1)
            following = slice(1, None) if len(b.points) > 1 else slice(0, 1)
            ends.append(np.stack([b.points[:last], b.points[following]], 1))
            diameters.append(2 * np.stack([b.radius[:last], b.radius[following]], 1))
        if not ends:
            return cls(np.zeros((0, 2, 2), np.float32), np.zeros((0, 2), np.float32))
        return cls(np.concatenate(ends).astype(np.float32), np.concatenate(diameters).astype(np.float32))

    def draw(self, diameter: F32, matrix: npt.NDArray[np.float64]) -> None:
        """Draw into a picture, in place.

        Args:
            diameter: (H, W) float32; pixels that the skeleton crosses get the diameter there, at least 1.
            matrix: (2, 3) similarity from the pixels of the skeleton to those of the picture (corner convention).
        """
        if not len(self.ends):
            return
        height, width = diameter.shape
        scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
        moved = self.ends @ matrix[:, :2].T.astype(np.float32) + matrix[:, 2].astype(np.float32)
        longest = float(np.abs(np.diff(moved, axis=1)).max())
        t = np.linspace(0, 1, int(np.ceil(longest)) + 1, dtype=np.float32)[:, None]
        points = moved[:, None, 0] * (1 - t) + moved[:, None, 1] * t
        values = (self.diameter[:, :1] * (1 - t[:, 0]) + self.diameter[:, 1:] * t[:, 0]) * np.float32(scale)
        column, row = np.floor(points).astype(np.int64).reshape(-1, 2).T
        inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        diameter[row[inside], column[inside]] = np.maximum(values.ravel()[inside], 1)


@dataclass(frozen=True, eq=False)
class PhotoSkeletons:
    """What is known of a photo.

    Args:
        labels: (H, W) uint8: 0 background, 1 an object with a skeleton, 255 void or too small.
        objects: Skeleton of each object with one, by `ObjectRecord.id`, in pixels of the cached photo.
    """

    labels: U8
    objects: dict[int, Segments]


def has_skeleton(record: ObjectRecord, least_area: float) -> bool:
    """A whole object of a fair size; unverified components ("cc") can be fragments and must be larger."""
    return record.quality not in PARTIAL and record.area >= (0.02 if record.quality == "cc" else least_area)


class ObjectSkeletons:
    """Skeletons by photo, kept in memory and beside the cached photos (one small file each, safe to delete).

    Args:
        records: All objects, the small ones too: where they lie is void.
        cache: The photos.
        least_area: Fraction of the photo below which an object has no skeleton.
    """

    def __init__(self, records: Sequence[ObjectRecord], cache: PhotoCache, least_area: float) -> None:
        self._cache, self._least_area = cache, least_area
        self._folder = cache.folder / "skeletons"
        self._by_photo: dict[str, list[ObjectRecord]] = {}
        for record in records:
            if record.quality not in PARTIAL:
                self._by_photo.setdefault(str(record.image), []).append(record)
        self._known: dict[str, PhotoSkeletons] = {}

    def of(self, record: ObjectRecord) -> PhotoSkeletons:
        """The skeletons of the photo that an object is in."""
        key = str(record.image)
        if key not in self._known:
            records = self._by_photo[key]
            file = self._folder / f"{self._digest(records)}.npz"
            if file.exists():
                self._known[key] = _load(file)
            else:
                self._known[key] = self._find(records)
                _save(self._known[key], file)
        return self._known[key]

    def _digest(self, records: list[ObjectRecord]) -> str:
        """Names the file by all that its content depends on."""
        objects = [[r.id, r.bbox, r.area, r.quality] for r in records]
        facts = [str(records[0].image), objects, self._least_area, self._cache.max_side, asdict(DEFAULT_PRUNING)]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:24]

    def _find(self, records: list[ObjectRecord]) -> PhotoSkeletons:
        height, width = self._cache.photo(records[0]).shape[:2]
        labels = np.zeros((height, width), np.uint8)
        objects: dict[int, Segments] = {}
        for record in records:
            mask = self._cache.mask(record)
            if has_skeleton(record, self._least_area):
                labels[mask == 1] = 1
                labels[(mask == VOID) & (labels == 0)] = VOID
                objects[record.id] = Segments.of(_true_skeleton(record, mask))
            else:
                labels[(mask != 0) & (labels == 0)] = VOID
        return PhotoSkeletons(labels, objects)


def _true_skeleton(record: ObjectRecord, mask: U8) -> SkeletonGraph:
    """In pixels of the cached mask, which may be smaller than the photo."""
    if record.read_skeleton is None:
        return medial_graph(mask == 1)
    size = mask.shape[1], mask.shape[0]
    return record.read_skeleton().moved((size[0] / record.size[0], size[1] / record.size[1]), (0, 0), size)


def _save(skeletons: PhotoSkeletons, file: Path) -> None:
    """Atomically: several workers may find the same photo at once."""
    ids = np.array(list(skeletons.objects), np.int64)
    counts = np.array([len(s.ends) for s in skeletons.objects.values()], np.int64)
    none = Segments(np.zeros((0, 2, 2), np.float32), np.zeros((0, 2), np.float32))
    parts = [none, *skeletons.objects.values()]
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(f".{os.getpid()}.tmp")
    with temporary.open("wb") as stream:
        np.savez_compressed(
            stream, labels=skeletons.labels, ids=ids, counts=counts, ends=np.concatenate([p.ends for p in parts]),
            diameter=np.concatenate([p.diameter for p in parts]),
        )  # fmt: skip
    temporary.replace(file)


def _load(file: Path) -> PhotoSkeletons:
    with np.load(file) as stored:
        cuts = np.cumsum(stored["counts"])[:-1]
        ends, diameters = np.split(stored["ends"], cuts), np.split(stored["diameter"], cuts)
        ids = stored["ids"].tolist()
        objects = {i: Segments(e, d) for i, e, d in zip(ids, ends, diameters, strict=False)}
        return PhotoSkeletons(stored["labels"], objects)
