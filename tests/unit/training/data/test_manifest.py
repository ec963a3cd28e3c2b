"""The manifest reader on real small files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.errors import InputError, PhotoError
from training.data.manifest import read_manifest


def write(folder: Path, **changes: Any) -> Path:
    """Two objects in one 9 x 7 photo, with a void pixel."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    (folder / "masks").mkdir(exist_ok=True)
    Image.new("RGB", (9, 7)).save(folder / "images" / "ä b.png")
    labels = np.zeros((7, 9), np.uint8)
    labels[1:4, 2:6] = 1
    labels[4:7, 0:3] = 2
    labels[0, 8] = 255
    picture = Image.fromarray(labels).convert("P")
    picture.putdata(labels.ravel().tolist())
    picture.putpalette([200] * 768)  # equal colours: only the indices tell the objects apart
    picture.save(folder / "masks" / "m.png")
    line = {
        "set": "s", "split": "dev", "image": "images/ä b.png", "mask": "masks/m.png", "id": 1, "cls": "dog",
        "quality": "clean", "area": 12 / 63, "bbox": [2, 1, 6, 4], "size": [9, 7], "border": False,
    }  # fmt: skip
    second = line | {"id": 2, "bbox": [0, 4, 3, 7], "border": True}
    path = folder / "manifest.jsonl"
    path.write_text("\n".join(json.dumps(r | changes) for r in (line, second)) + "\n\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("by_folder", [False, True])
def test_reads_objects_and_masks(tmp_path: Path, by_folder: bool) -> None:
    path = write(tmp_path)
    first, second = read_manifest(tmp_path if by_folder else path)
    assert (first.set, first.split, first.id, first.category, first.quality) == ("s", "dev", 1, "dog", "clean")
    assert (first.bbox, first.size, first.border, second.border) == ((2, 1, 6, 4), (9, 7), False, True)
    assert first.image.is_file()
    target = first.read_mask()
    assert target.dtype == np.uint8
    assert target.shape == (7, 9)
    assert (target[1:4, 2:6] == 1).all()
    assert (target == 1).sum() == 12
    assert target[0, 8] == 255
    assert (second.read_mask() == 1).sum() == 9
    assert first.key != second.key


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{broken", "Line 1"),
        ('{"set": "s"}', "split"),
        ("[1, 2]", "Line 1"),
        ("\x00\xff", "Line 1"),
    ],
)
def test_broken_lines_are_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "manifest.jsonl"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=says) as caught:
        read_manifest(path)
    assert str(path) in str(caught.value)


def test_a_broken_line_in_the_middle(tmp_path: Path) -> None:
    path = write(tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], lines[1][:40]]), encoding="utf-8")
    with pytest.raises(InputError, match="Line 2"):
        read_manifest(path)


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"manifest\.jsonl"):
        read_manifest(tmp_path)
    record = read_manifest(write(tmp_path))[0]
    (tmp_path / "masks" / "m.png").unlink()
    with pytest.raises(PhotoError, match=r"m\.png does not exist"):
        record.read_mask()


def test_a_mask_of_another_size_or_kind_is_refused(tmp_path: Path) -> None:
    record = read_manifest(write(tmp_path, size=[18, 14]))[0]
    with pytest.raises(PhotoError, match="9 x 7 pixels, its photo 18 x 14"):
        record.read_mask()
    Image.new("RGB", (18, 14)).save(tmp_path / "masks" / "m.png")
    with pytest.raises(PhotoError, match="mode RGB"):
        record.read_mask()
    (tmp_path / "masks" / "m.png").write_bytes(b"\x89PNG\r\n\x1a\n truncated")
    with pytest.raises(PhotoError, match="cannot be read"):
        record.read_mask()
