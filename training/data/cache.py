"""Decoded photos on disk, memory-mapped: decoding them again for every sample would cost more than the network."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from engine.errors import PhotoError
from training.data.records import ObjectRecord

U8 = npt.NDArray[np.uint8]


class HasPhoto(Protocol):
    """A record that a photo belongs to."""

    @property
    def image(self) -> Path:
        """Photo file."""


class PhotoCache:
    """Photos of a list of records, decoded once, reduced to at most `max_side` pixels, shared by all processes.

    Args:
        folder: Where the cache lives; safe to delete.
        images: Photo files; the cache is rebuilt when the list, a size or a modification time changes.
        max_side: Longer side in pixels above which photos (and their masks) are reduced.
        progress: Show a bar while building.
    """

    def __init__(self, folder: Path, images: Iterable[Path], *, max_side: int = 480, progress: bool = True) -> None:
        self.folder = folder
        self.max_side = max_side
        files = sorted(set(images))
        stamp = [[str(f), *_fingerprint(f)] for f in files]
        key = hashlib.sha256(json.dumps([max_side, stamp]).encode()).hexdigest()[:16]
        self._blob_path = folder / f"photos-{key}.bin"
        index_path = folder / f"photos-{key}.json"
        if not index_path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            self._build(files, index_path, progress)
        self._index: dict[str, tuple[int, int, int]] = {
            k: tuple(v) for k, v in json.loads(index_path.read_text()).items()
        }
        self._blob: U8 | None = None

    def __getstate__(self) -> dict[str, object]:
        # A worker process maps the file itself: pickling a memmap would copy it.
        return self.__dict__ | {"_blob": None}

    def photo(self, record: HasPhoto) -> U8:
        """The photo of a record, as `picture`."""
        return self.picture(record.image)

    def picture(self, image: Path) -> U8:
        """(H, W, 3) uint8 RGB, at most `max_side` on its longer side; read-only."""
        if self._blob is None:
            self._blob = np.memmap(self._blob_path, np.uint8, "r") if self._index else np.zeros(0, np.uint8)
        offset, height, width = self._index[str(image)]
        return self._blob[offset : offset + height * width * 3].reshape(height, width, 3)

    def mask(self, record: ObjectRecord) -> U8:
        """(H, W) uint8 target of the record (0, 1, 255 void) at the size of `photo`."""
        _, height, width = self._index[str(record.image)]
        mask = record.read_mask()
        if mask.shape != (height, width):
            mask = np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST_EXACT), np.uint8)
        return mask

    def _build(self, files: list[Path], index_path: Path, progress: bool) -> None:
        index: dict[str, tuple[int, int, int]] = {}
        offset = 0
        temporary = self._blob_path.with_suffix(f".{os.getpid()}.tmp")
        with temporary.open("wb") as blob, ThreadPoolExecutor(2) as pool:
            decoded = pool.map(self._decode, files)
            for file, pixels in tqdm(
                zip(files, decoded, strict=True), "decoding photos", len(files), disable=not progress, mininterval=2
            ):
                blob.write(pixels.tobytes())
                index[str(file)] = (offset, pixels.shape[0], pixels.shape[1])
                offset += pixels.size
        temporary.replace(self._blob_path)
        # The index comes last: its presence says that the blob is whole.
        temporary_index = index_path.with_suffix(f".{os.getpid()}.tmp")
        temporary_index.write_text(json.dumps(index))
        temporary_index.replace(index_path)

    def _decode(self, file: Path) -> U8:
        data = np.fromfile(file, np.uint8)
        # Annotations of the public sets are in stored pixels, so the EXIF orientation stays unapplied.
        pixels = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION) if data.size else None
        if pixels is None:
            raise PhotoError(f"The training photo {file} cannot be read.", "Restore it or take it out of the data set.")
        height, width = pixels.shape[:2]
        scale = self.max_side / max(height, width)
        if scale < 1:
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        return np.ascontiguousarray(pixels, np.uint8)


def _fingerprint(file: Path) -> tuple[int, int]:
    try:
        stat = file.stat()
    except FileNotFoundError as error:
        raise PhotoError(f"The training photo {file} is missing.", "Check the folder given with --data.") from error
    return stat.st_size, stat.st_mtime_ns
