"""Reader of COCO instance annotations: polygons, run-length masks (plain and compressed), crowds.

A crowd region is no object. In the targets of other objects of its category it is void, because which of its pixels
belong to them is unknown.
"""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
from faster_coco_eval.core import mask as coco_mask
from pydantic import AfterValidator, BaseModel, Field, ValidationError

from engine.errors import InputError, PhotoError
from training.data.masks import checked_size, extent, touches_edge
from training.data.records import VOID, ObjectRecord

U8 = npt.NDArray[np.uint8]


class _RunLengths(BaseModel):
    size: tuple[int, int]
    counts: list[int] | str


def _packed(polygons: list[list[float]]) -> list[array[float]]:
    """The same in a quarter of the memory, which all of COCO needs."""
    return [array("d", polygon) for polygon in polygons]


Segmentation = Annotated[list[list[float]], AfterValidator(_packed)] | _RunLengths


class _Image(BaseModel):
    id: int
    file_name: str = Field(min_length=1)
    width: int = Field(gt=0)
    height: int = Field(gt=0)


class _Annotation(BaseModel):
    id: int
    image_id: int
    category_id: int = 0
    segmentation: Segmentation = []
    bbox: tuple[float, float, float, float] | None = None
    area: float | None = None
    iscrowd: int = 0


class _Category(BaseModel):
    id: int
    name: str


class _Instances(BaseModel):
    images: list[_Image]
    annotations: list[_Annotation]
    categories: list[_Category] = []


def read_coco(path: Path, split: str = "", images: Path | None = None) -> list[ObjectRecord]:
    """Read every object of a COCO instances file. Photos are opened, and masks drawn, when they are used.

    Args:
        path: `instances_SPLIT.json` or any file of that format.
        split: Split the records are given; "" takes SPLIT from the file's name.
        images: Folder of the photos; None looks where COCO and common exporters put them.

    Raises:
        InputError: Missing file, broken JSON, not an instances file, or an annotation of an unknown photo.
        PhotoError: The folder of the photos is not found.
    """
    path = Path(path)
    data = _parse(path)
    split = split or path.stem.removeprefix("instances_")
    folder = images or _photo_folder(path, data.images)
    photos = {image.id: image for image in data.images}
    names = {category.id: category.name for category in data.categories}
    crowds: dict[tuple[int, int], list[Segmentation]] = defaultdict(list)
    for note in data.annotations:
        if note.image_id not in photos:
            raise InputError(f"Annotation {note.id} of {path} names the photo {note.image_id}, which is not listed.")
        if note.iscrowd:
            crowds[note.image_id, note.category_id].append(note.segmentation)
    records = []
    for note in data.annotations:
        if note.iscrowd or not note.segmentation:
            continue
        photo = photos[note.image_id]
        size = photo.width, photo.height
        source = f"annotation {note.id} of {path}"
        read = partial(_target, note.segmentation, crowds.get((note.image_id, note.category_id), []), size, source)
        if note.bbox is None or note.area is None:
            facts = extent(read())
            if facts is None:
                continue
            bbox, area = facts.bbox, facts.area
        else:
            bbox, area = _corners(note.bbox, size), note.area / (photo.width * photo.height)
        records.append(
            ObjectRecord(
                image=folder / photo.file_name,
                read_mask=read,
                set="coco",
                split=split,
                id=note.id,
                category=names.get(note.category_id, ""),
                quality="poly" if isinstance(note.segmentation, list) else "rle",
                bbox=bbox,
                size=size,
                area=area,
                border=touches_edge(bbox, size),
            )
        )
    return records


def _parse(path: Path) -> _Instances:
    try:
        return _Instances.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise InputError(f"There is no annotation file {path}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        what = ": ".join([".".join(map(str, first["loc"])), first["msg"]]).removeprefix(": ")
        raise InputError(f"{path} is not a COCO instances file: {what}.") from error


def _photo_folder(path: Path, images: list[_Image]) -> Path:
    """The first of the usual places that has the first photo."""
    name = path.stem.removeprefix("instances_")
    root = path.parent.parent
    places = [root / name, root / "images" / name, root / "images", path.parent / name, path.parent / "images"]
    places += [path.parent, root]
    for place in places:
        if not images or (place / images[0].file_name).is_file():
            return place
    looked = ", ".join(map(str, places))
    raise PhotoError(f"The photo {images[0].file_name} of {path} was not found.", f"Looked in {looked}.")


def _corners(bbox: tuple[float, float, float, float], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """COCO's (x, y, width, height) as the whole pixels (x0, y0, x1, y1) that it touches."""
    x, y, width, height = bbox
    x1, y1 = min(math.ceil(x + width), size[0]), min(math.ceil(y + height), size[1])
    return max(math.floor(x), 0), max(math.floor(y), 0), x1, y1


def _target(segmentation: Segmentation, crowds: list[Segmentation], size: tuple[int, int], source: str) -> U8:
    """(H, W) uint8 target: 0 background, 1 object, 255 where a crowd of the same category is."""
    target = _decode(segmentation, size, source)
    for crowd in crowds:
        target[(_decode(crowd, size, source) == 1) & (target == 0)] = VOID
    return target


def _decode(segmentation: Segmentation, size: tuple[int, int], source: str) -> U8:
    """(H, W) uint8 of zeros and ones."""
    width, height = size
    encoded: object
    if isinstance(segmentation, _RunLengths):
        checked_size(np.broadcast_to(np.uint8(0), segmentation.size), size, source)
        encoded = segmentation.model_dump()
    else:
        encoded = [list(polygon) for polygon in segmentation if len(polygon) >= 6]
        if not encoded:
            return np.zeros((height, width), np.uint8)
    try:
        return np.array(coco_mask.decode(coco_mask.segmToRle(encoded, width, height)), np.uint8)
    except (ValueError, RuntimeError) as error:
        raise PhotoError(f"The mask of {source} cannot be drawn: {error}.") from error
