"""Which objects are measured, and how their photos are read."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from engine.errors import PhotoError
from training.data.manifest import read_manifest
from training.data.records import ObjectRecord
from training.evaluation.sample import check_photos, load_photo, sample_records


def many(data: Path, **counts: int) -> list[ObjectRecord]:
    record = read_manifest(data)[0]
    return [replace(record, set=name, id=n) for name, count in counts.items() for n in range(count)]


def test_sets_get_equal_shares_and_small_ones_all(data: Path) -> None:
    records = many(data, large=500, middle=60, small=4)
    assert Counter(r.set for r in sample_records(records, 64, 0)) == {"large": 30, "middle": 30, "small": 4}
    assert Counter(r.set for r in sample_records(records, 2, 0)).total() == 2
    assert len(sample_records(records, 10_000, 0)) == len(sample_records(records, None, 0)) == 564
    assert sample_records(records, 0, 0) == []


def test_samples_are_seeded_and_nested(data: Path) -> None:
    records = many(data, a=100, b=100)
    small, large = sample_records(records, 20, 0), sample_records(records, 60, 0)
    assert small == sample_records(list(reversed(records)), 20, 0)
    assert set(small) < set(large)
    assert small != sample_records(records, 20, 1)


def test_missing_damaged_and_resized_photos_are_named(data: Path) -> None:
    record = read_manifest(data)[0]
    check_photos([record])
    Image.new("RGB", (41, 30)).save(record.image)
    with pytest.raises(PhotoError, match="41 x 30 pixels, its annotation 40 x 30"):
        load_photo(record)
    record.image.write_bytes(b"not a photo")
    with pytest.raises(PhotoError, match="damaged"):
        load_photo(record)
    record.image.unlink()
    for read in (load_photo, lambda r: check_photos([r])):
        with pytest.raises(PhotoError, match=r"0\.png"):
            read(record)


def test_orientation_is_not_applied_as_masks_are_drawn_on_stored_pixels(data: Path) -> None:
    record = read_manifest(data)[0]
    exif = Image.Exif()
    exif[0x0112] = 6
    path = record.image.with_suffix(".jpg")
    Image.open(record.image).save(path, exif=exif)
    assert load_photo(replace(record, image=path)).size == (40, 30)
