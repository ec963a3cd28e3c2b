"""Reader of the manifest format: one JSON object a line, one line an object.

`{"set", "split", "image", "mask", "id", "cls", "quality", "area", "bbox": [x0, y0, x1, y1], "size": [w, h], "border"}`

`image` and `mask` are paths relative to the manifest's folder. The mask is an 8-bit picture of indices: 0 background,
`id` this object, 255 void; one mask file may hold every object of a photo. `area` is a fraction of the photo.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from training.data.manifest_lines import manifest_file, manifest_lines
from training.data.masks import read_label
from training.data.records import ObjectRecord


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True)

    set: str
    split: str
    image: str = Field(min_length=1)
    mask: str = Field(min_length=1)
    id: int = Field(ge=1, le=254)
    cls: str = ""
    quality: str = ""
    area: float = Field(ge=0, le=1)
    bbox: tuple[int, int, int, int]
    size: tuple[int, int]
    border: bool = False


def read_manifest(path: Path) -> list[ObjectRecord]:
    """Read every object of a manifest, in its order. Photos and masks are opened when they are used.

    Args:
        path: The manifest file, or a folder with a `manifest.jsonl`.

    Raises:
        InputError: Missing file, or a line that is not as described (the message names the line).
    """
    path = manifest_file(Path(path))
    return [_record(line, path.parent) for line in manifest_lines(path, _Line, "a manifest line")]


def _record(line: _Line, folder: Path) -> ObjectRecord:
    return ObjectRecord(
        image=folder / line.image,
        read_mask=partial(read_label, folder / line.mask, line.id, line.size),
        set=line.set,
        split=line.split,
        id=line.id,
        category=line.cls,
        quality=line.quality,
        bbox=line.bbox,
        size=line.size,
        area=line.area,
        border=line.border,
    )
