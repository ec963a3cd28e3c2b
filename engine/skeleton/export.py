"""Skeletons to files; the file name's ending chooses what is written."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.errors import InputError, OutputError
from engine.imaging.photo import Photo
from engine.imaging.save import save, writing
from engine.skeleton.files.as_csv import to_csv
from engine.skeleton.files.as_json import to_json
from engine.skeleton.files.as_png import drawn
from engine.skeleton.files.as_svg import to_svg
from engine.skeleton.files.style import Style
from engine.skeleton.graph import SkeletonGraph

ENDINGS = {
    ".json": "the graph with its radii, to be read back",
    ".svg": "a drawing with a path for each branch",
    ".csv": "a table with a row for each point",
    ".png": "the photo with the skeleton drawn over it",
}
"""What can be written, by file name ending."""


def export(
    graph: SkeletonGraph,
    path: str | Path,
    *,
    photo: Photo | None = None,
    circles: npt.NDArray[np.intp] | None = None,
    style: Style = Style(),
    threshold: float | None = None,
    overwrite: bool = False,
    overwrite_source: bool = False,
) -> Path:
    """Write a skeleton. An empty one is a normal result. The file appears whole or not at all.

    Args:
        graph: In source pixels.
        path: Where to; its ending is one of ENDINGS, in any case.
        photo: Where the skeleton was found: named in JSON and SVG, drawn over in PNG, and never overwritten.
        circles: (N,) indices into `graph.points` of the circles to draw in SVG and PNG; None draws none.
        style: Colours and backdrop of SVG and PNG.
        threshold: Of the probability; told in JSON.
        overwrite: Replace an existing file.
        overwrite_source: Replace the photo itself.

    Returns:
        The path written.

    Raises:
        OutputError: Unknown ending, missing or read-only folder, full disk, file exists, it is the photo itself.
        InputError: The photo has another size, or the backdrop needs a photo or a file that is not there.
    """
    path = Path(path)
    check_ending(path)
    if photo is not None and photo.size != graph.size:
        raise InputError(f"The skeleton is of a picture of {graph.size} pixels, but the photo has {photo.size}.")
    source = photo.path if photo else None
    if path.suffix.lower() == ".png":
        picture = _picture(graph, photo, circles, style)
        return save(picture, path, overwrite=overwrite, overwrite_source=overwrite_source, source=source)
    name = _printable(source.name) if source else None
    match path.suffix.lower():
        case ".json":
            content = to_json(graph, photo=name, threshold=threshold)
        case ".csv":
            content = to_csv(graph)
        case _:
            content = to_svg(graph, circles=circles, style=style, name=name, photo=photo, folder=path.parent)
    with writing(path, source=source, overwrite=overwrite, overwrite_source=overwrite_source) as stream:
        stream.write(content)
    return path


def check_ending(path: Path) -> None:
    """Raise OutputError when `export` knows no such file name ending: better before the work than after it."""
    if path.suffix.lower() not in ENDINGS:
        raise OutputError(
            f"“{path.name}” cannot be written: its ending says no known format.", f"Use one of {', '.join(ENDINGS)}."
        )


def _picture(graph: SkeletonGraph, photo: Photo | None, circles: npt.NDArray[np.intp] | None, style: Style) -> Photo:
    if style.backdrop == "link":
        raise InputError("A PNG cannot refer to its photo.", "Put the photo into it, or write an SVG.")
    if style.backdrop == "embed" and photo is None:
        raise InputError("There is no photo to put beneath the skeleton.", "Export it without a backdrop.")
    if style.backdrop != "none":
        return drawn(graph, circles=circles, style=style, photo=photo)
    alone = drawn(graph, circles=circles, style=style)
    return alone if photo is None else replace(alone, metadata=replace(photo.metadata, icc=None))


def _printable(name: str) -> str:
    """A file name that any text file can hold: control characters and undecodable bytes become question marks."""
    return "".join("?" if unicodedata.category(letter) in ("Cc", "Cs", "Cn") else letter for letter in name)
