"""The skeleton as SVG: a path a branch, circles beside it, and the photo beneath if wanted.

SVG counts as DeepSkel does: the centre of the first pixel is (0.5, 0.5). Coordinates go in as they are.
"""

from __future__ import annotations

import base64
import io
import os
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.errors import InputError, OutputError
from engine.imaging.photo import Photo
from engine.skeleton.colours import kind_colours, point_colours, scale_colours
from engine.skeleton.files.style import Style, line_width
from engine.skeleton.graph import Branch, SkeletonGraph

U8 = npt.NDArray[np.uint8]

_JPEG_SIDE = 65_500
_JPEG_QUALITY = 90


def to_svg(
    graph: SkeletonGraph,
    *,
    circles: npt.NDArray[np.intp] | None = None,
    style: Style = Style(),
    name: str | None = None,
    photo: Photo | None = None,
    folder: Path = Path(),
) -> bytes:
    """The file's bytes.

    A branch has the colour of its median radius (or of its most frequent type), a circle that of its own.

    Args:
        graph: What to draw.
        circles: (N,) indices into `graph.points` of the circles to draw; None draws none.
        style: Colours and backdrop.
        name: What to call the photo in the title.
        photo: Needed for a backdrop.
        folder: Where the file will lie, for a reference to the photo.

    Raises:
        InputError: The backdrop asks for a photo and there is none, or for a file and the photo has none.
        OutputError: The photo is too large for the format that is embedded (JPEG).
    """
    width, height = graph.size
    svg = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "xmlns:xlink": "http://www.w3.org/1999/xlink",
            "width": str(width),
            "height": str(height),
            "viewBox": f"0 0 {width} {height}",
        },
    )
    ElementTree.SubElement(svg, "title").text = f"Skeleton of {name}" if name else "Skeleton"
    parts = len(set(graph.part_of.tolist()))
    ElementTree.SubElement(
        svg, "desc"
    ).text = f"{len(graph.branches)} branches in {parts} parts, in pixels of the upright photo, drawn by DeepSkel."
    if style.backdrop in ("embed", "link"):
        reference = _embedded(photo) if style.backdrop == "embed" else _linked(photo, folder)
        place = {"width": str(width), "height": str(height), "preserveAspectRatio": "none"}
        # xlink:href is what programs that know SVG 1.1 only look at; all others accept it.
        ElementTree.SubElement(svg, "image", {"id": "photo", **place, "xlink:href": reference})
    stroke = line_width(graph.size)
    if circles is not None:
        _draw_circles(svg, graph, circles, style, stroke / 2)
    _draw_branches(svg, graph, style, stroke)
    ElementTree.indent(svg)
    content: bytes = ElementTree.tostring(svg, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _draw_circles(
    svg: ElementTree.Element, graph: SkeletonGraph, chosen: npt.NDArray[np.intp], style: Style, stroke: float
) -> None:
    group = ElementTree.SubElement(svg, "g", {"id": "circles", "fill": "none", "stroke-width": _number(stroke)})
    colours = point_colours(graph, style.by)
    for index in chosen.tolist():
        x, y = graph.points[index]
        place = {"cx": _number(x), "cy": _number(y), "r": _number(graph.radius[index])}
        ElementTree.SubElement(group, "circle", {**place, "stroke": _hex(colours[index])})


def _draw_branches(svg: ElementTree.Element, graph: SkeletonGraph, style: Style, stroke: float) -> None:
    skeleton = ElementTree.SubElement(
        svg,
        "g",
        {
            "id": "skeleton",
            "fill": "none",
            "stroke-width": _number(stroke),
            "stroke-linecap": "round",
            "stroke-linejoin": "round",
        },
    )
    groups: dict[int, ElementTree.Element] = {}
    for number, (branch, part) in enumerate(zip(graph.branches, graph.part_of.tolist(), strict=True)):
        if part not in groups:
            groups[part] = ElementTree.SubElement(skeleton, "g", {"id": f"part-{part}"})
        colour = _hex(_branch_colour(branch, graph.size, style)[0])
        ElementTree.SubElement(groups[part], "path", {"id": f"branch-{number}", "stroke": colour, "d": _path(branch)})


def _path(branch: Branch) -> str:
    points = [f"{_number(x)} {_number(y)}" for x, y in branch.points]
    # A path without length still shows its round ends: a lone point is a dot.
    return f"M{points[0]}" + ("L" + " ".join(points[1:]) if len(points) > 1 else "h0")


def _branch_colour(branch: Branch, size: tuple[int, int], style: Style) -> U8:
    if style.by == "kind":
        return kind_colours(np.array([np.bincount(branch.kind).argmax()], np.uint8))
    return scale_colours(np.array([np.median(branch.radius)], np.float32), size)


def _embedded(photo: Photo | None) -> str:
    if photo is None:
        raise InputError("There is no photo to put beneath the skeleton.", "Export it without a backdrop.")
    if max(photo.size) > _JPEG_SIDE:
        raise OutputError(
            f"A photo of {photo.width} x {photo.height} pixels cannot be embedded.", "Refer to its file instead."
        )
    stream = io.BytesIO()
    Image.fromarray(photo.rgb8).save(stream, "JPEG", quality=_JPEG_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode("ascii")


def _linked(photo: Photo | None, folder: Path) -> str:
    if photo is None or photo.path is None:
        raise InputError("The photo has no file to refer to.", "Embed the photo, or export without a backdrop.")
    path = photo.path.resolve()
    try:
        relative = Path(os.path.relpath(path, folder.resolve()))
    except ValueError:  # another drive of Windows
        return path.as_uri()
    return quote(os.fsencode(relative.as_posix()))


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _hex(colour: U8) -> str:
    return "#" + bytes(colour.tolist()).hex()
