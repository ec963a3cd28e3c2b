"""Skeletons to files: what is written comes back, is where the graph says, and never destroys anything."""

from __future__ import annotations

import base64
import csv
import errno
import io
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.errors import InputError, OutputError
from engine.imaging.colour import to_srgb8
from engine.imaging.load import load
from engine.imaging.metadata import Metadata
from engine.imaging.photo import Photo
from engine.skeleton.colours import kind_colours, scale_colours
from engine.skeleton.export import ENDINGS, export
from engine.skeleton.files.as_json import SkeletonFile, read_json, to_json
from engine.skeleton.files.style import Style
from engine.skeleton.graph import Branch, SkeletonGraph

SIZE = (80, 60)
SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"
WIDE_GAMUT = imagecodecs.cms_profile(
    "rgb", whitepoint=[0.3127, 0.329, 1.0], primaries=[0.64, 0.33, 1, 0.21, 0.71, 1, 0.15, 0.06, 1], gamma=2.2
)


def branch(start: int, end: int, points: Any, radius: float = 3.0, kind: int = 1, confidence: float = 0.75) -> Branch:
    points = np.asarray(points, np.float32)
    n = len(points)
    full = np.full(n, radius, np.float32)
    return Branch(start, end, points, full, np.full(n, confidence, np.float32), np.full(n, kind, np.uint8))


def line(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    n = int(max(abs(x1 - x0), abs(y1 - y0))) + 1
    return np.column_stack([np.linspace(x0, x1, n), np.linspace(y0, y1, n)])


def example() -> SkeletonGraph:
    """A fork of two branches, a ring and a lone point: three parts."""
    ring = [(50.5, 40.5), (60.5, 40.5), (60.5, 50.5), (50.5, 50.5), (50.5, 40.5)]
    return SkeletonGraph(
        SIZE,
        np.array([(10.5, 20.5), (30.5, 20.5), (30.5, 40.5), (50.5, 40.5), (70.5, 5.5)], np.float32),
        (
            branch(0, 1, line(10.5, 20.5, 30.5, 20.5), 4.25, kind=1),
            branch(1, 2, line(30.5, 20.5, 30.5, 40.5), 12, kind=2),
            branch(3, 3, ring, 1),
            branch(4, 4, [(70.5, 5.5)], 2, kind=3),
        ),
    )


def picture(channels: int = 3, dtype: Any = np.uint8) -> Photo:
    samples = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, (SIZE[1], SIZE[0], channels), dtype)
    return Photo.from_array(samples)


@pytest.fixture
def photo(tmp_path: Path) -> Photo:
    """A photo whose file lies apart from what is written."""
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.fromarray(picture().pixels).save(folder / "Katze & <Hund> #1.png")
    return load(folder / "Katze & <Hund> #1.png")


def same(a: SkeletonGraph, b: SkeletonGraph, decimals: int | None = None) -> bool:
    def equal(x: np.ndarray, y: np.ndarray) -> bool:
        if decimals is None or x.dtype == np.uint8:
            return x.dtype == y.dtype and np.array_equal(x, y)
        return x.shape == y.shape and bool((np.abs(x.astype(float) - y) <= 0.5 * 10.0**-decimals + np.spacing(x)).all())

    ends = [[(one.start, one.end) for one in each.branches] for each in (a, b)]
    return (
        a.size == b.size
        and ends[0] == ends[1]
        and equal(a.nodes, b.nodes)
        and all(equal(getattr(a, name), getattr(b, name)) for name in ("points", "radius", "confidence", "kind"))
        and np.array_equal(a.branch_of, b.branch_of)
    )


class TestJson:
    def test_what_is_written_comes_back(self, tmp_path: Path) -> None:
        path = export(example(), tmp_path / "a.json", threshold=0.4)
        back = read_json(path)
        assert same(back, example())
        assert back.points.dtype == back.radius.dtype == np.float32
        assert list(tmp_path.iterdir()) == [path]

    @given(st.integers(0, 2**32 - 1), st.sampled_from([30, 3000, 60000]), st.integers(0, 5))
    def test_round_trips_are_exact_to_the_rounding(self, seed: int, extent: int, count: int) -> None:
        random = np.random.default_rng(seed)
        branches = []
        for _ in range(count):
            n = int(random.integers(1, 9))
            branches.append(
                Branch(
                    *random.integers(0, 4, 2).tolist(),
                    (random.random((n, 2)) * extent).astype(np.float32),
                    (random.random(n) * extent).astype(np.float32),
                    random.random(n).astype(np.float32),
                    random.integers(0, 256, n, np.uint8),
                )
            )
        nodes = (random.random((4, 2)) * extent).astype(np.float32)
        graph = SkeletonGraph((extent, extent), nodes, tuple(branches))
        back = SkeletonFile.model_validate_json(to_json(graph)).graph()
        assert same(back, graph, decimals=3)
        assert same(SkeletonFile.model_validate_json(to_json(back)).graph(), back)

    def test_an_empty_skeleton(self, tmp_path: Path) -> None:
        back = read_json(export(SkeletonGraph(SIZE), tmp_path / "a.json"))
        assert back.empty
        assert back.size == SIZE
        assert back.nodes.shape == (0, 2)

    def test_what_other_programs_find(self, tmp_path: Path, photo: Photo) -> None:
        path = export(example(), tmp_path / "a.json", photo=photo, threshold=0.4)
        told = json.loads(path.read_text("utf-8"))
        assert (told["format"], told["version"]) == ("deepskel skeleton", 1)
        assert (told["photo"], told["width"], told["height"]) == ("Katze & <Hund> #1.png", *SIZE)
        assert told["threshold"] == 0.4
        assert "pixels" in told["coordinates"]
        assert [node["degree"] for node in told["nodes"]] == [1, 2, 1, 2, 0]
        assert [each["part"] for each in told["branches"]] == [0, 0, 1, 2]
        assert [each["length"] for each in told["branches"]] == [20, 20, 40, 0]
        assert told["branches"][3] == {
            "start": 4,
            "end": 4,
            "part": 2,
            "length": 0.0,
            "points": [[70.5, 5.5]],
            "radius": [2.0],
            "confidence": [0.75],
            "kind": [3],
        }

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (lambda told: told["branches"][0].update(end=5), "not there"),
            (lambda told: told["branches"][0]["radius"].pop(), "differ in length"),
            (lambda told: told["branches"][1].update(radius=[-1.0] * 21), "branches.1.radius.0"),
            (lambda told: told["branches"][1].update(confidence=[1.5] * 21), "branches.1.confidence.0"),
            (lambda told: told["branches"][1].update(kind=[256] * 21), "branches.1.kind.0"),
            (lambda told: told["branches"][3].update(points=[], radius=[], confidence=[], kind=[]), "points"),
            (lambda told: told["branches"][3].update(points=[[float("nan"), 1]]), "finite"),
            (lambda told: told["nodes"][0].update(xy=[1, 2, 3]), "nodes.0.xy"),
            (lambda told: told.update(width=0), "width"),
            (lambda told: told.pop("nodes"), "nodes"),
            (lambda told: told.update(format="GeoJSON"), "format"),
            (lambda told: told.update(version=2), "another version"),
        ],
    )
    def test_files_that_contradict_themselves(self, tmp_path: Path, change: Callable[[Any], Any], words: str) -> None:
        told = json.loads(to_json(example()))
        change(told)
        path = tmp_path / "a.json"
        path.write_text(json.dumps(told))
        with pytest.raises(InputError, match=words) as caught:
            read_json(path)
        assert caught.value.hint

    @pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[1, 2]", b"null"])
    def test_files_that_are_no_skeleton(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "a.json"
        path.write_bytes(content)
        with pytest.raises(InputError, match="no skeleton"):
            read_json(path)

    def test_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="cannot be read"):
            read_json(tmp_path / "none.json")


class TestSvg:
    def parsed(self, tmp_path: Path, **options: Any) -> ElementTree.Element:
        path = export(example(), tmp_path / "a.svg", **options)
        return ElementTree.fromstring(path.read_bytes())

    def test_a_path_a_branch_at_its_points(self, tmp_path: Path) -> None:
        svg = self.parsed(tmp_path)
        assert svg.get("viewBox") == "0 0 80 60"
        assert (svg.get("width"), svg.get("height")) == ("80", "60")
        paths = svg.findall(f".//{SVG}path")
        assert [path.get("id") for path in paths] == [f"branch-{number}" for number in range(4)]
        for path, one in zip(paths[:3], example().branches, strict=False):
            numbers = (path.get("d") or "").replace("M", " ").replace("L", " ").split()
            assert np.allclose(np.array(numbers, float).reshape(-1, 2), one.points, atol=5e-4)
        assert paths[3].get("d") == "M70.5 5.5h0"
        assert not svg.findall(f".//{SVG}circle")
        assert not svg.findall(f".//{SVG}image")

    def test_groups_are_the_parts_and_ids_are_unique(self, tmp_path: Path) -> None:
        svg = self.parsed(tmp_path, circles=np.array([0, 25]))
        skeleton = svg.find(f"{SVG}g[@id='skeleton']")
        assert skeleton is not None
        assert [(group.get("id"), len(group)) for group in skeleton] == [("part-0", 2), ("part-1", 1), ("part-2", 1)]
        ids = [each.get("id") for each in svg.iter() if each.get("id")]
        assert len(ids) == len(set(ids))

    def test_circles(self, tmp_path: Path) -> None:
        svg = self.parsed(tmp_path, circles=np.array([3, 25]))
        circles = svg.findall(f"{SVG}g[@id='circles']/{SVG}circle")
        values = [[float(circle.get(name, "nan")) for name in ("cx", "cy", "r")] for circle in circles]
        assert values == [[13.5, 20.5, 4.25], [30.5, 24.5, 12]]
        expected = scale_colours(np.array([4.25, 12], np.float32), SIZE)
        assert [circle.get("stroke") for circle in circles] == ["#" + bytes(c.tolist()).hex() for c in expected]

    def test_colours_by_type(self, tmp_path: Path) -> None:
        svg = self.parsed(tmp_path, style=Style(by="kind"))
        strokes = [path.get("stroke") for path in svg.findall(f".//{SVG}path")]
        expected = kind_colours(np.array([1, 2, 1, 3], np.uint8))
        assert strokes == ["#" + bytes(colour.tolist()).hex() for colour in expected]

    def test_an_embedded_photo(self, tmp_path: Path, photo: Photo) -> None:
        svg = self.parsed(tmp_path, photo=photo, style=Style(backdrop="embed"))
        image = svg.find(f"{SVG}image")
        assert image is not None
        kind, _, data = image.get(XLINK, "").partition(",")
        assert kind == "data:image/jpeg;base64"
        with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as back:
            assert back.size == SIZE
        assert svg.findtext(f"{SVG}title") == "Skeleton of Katze & <Hund> #1.png"

    def test_a_linked_photo(self, tmp_path: Path, photo: Photo) -> None:
        svg = self.parsed(tmp_path, photo=photo, style=Style(backdrop="link"))
        image = svg.find(f"{SVG}image")
        assert image is not None
        reference = image.get(XLINK, "")
        assert reference == "photos/Katze%20%26%20%3CHund%3E%20%231.png"
        assert (tmp_path / unquote(reference)).samefile(photo.path)

    def test_names_that_xml_cannot_hold(self, tmp_path: Path) -> None:
        strange = replace(picture(), path=Path("a\x01\udcff.png"))
        assert self.parsed(tmp_path, photo=strange).findtext(f"{SVG}title") == "Skeleton of a??.png"

    def test_a_drawing_program_draws_it_where_the_png_does(self, tmp_path: Path, qapp: Any) -> None:
        """Qt's renderer knows SVG Tiny 1.2, the least that others know."""
        from PySide6.QtCore import QByteArray
        from PySide6.QtGui import QImage, QPainter
        from PySide6.QtSvg import QSvgRenderer

        circles = np.array([10, 30])
        content = export(example(), tmp_path / "a.svg", circles=circles).read_bytes()
        renderer = QSvgRenderer(QByteArray(content))
        assert renderer.isValid()
        image = QImage(*SIZE, QImage.Format.Format_RGBA8888)
        image.fill(0)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        svg = np.array(image.constBits(), np.uint8).reshape(SIZE[1], SIZE[0], 4)[..., 3] > 127
        png = load(export(example(), tmp_path / "a.png", circles=circles)).alpha
        assert png is not None
        near = np.zeros_like(svg)  # within one pixel
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                near |= np.roll(png > 0, (dy, dx), (0, 1))
        assert svg.sum() > 120
        assert not (svg & ~near).any()

    @pytest.mark.parametrize("backdrop", ["embed", "link"])
    def test_a_backdrop_needs_a_photo(self, tmp_path: Path, backdrop: Any) -> None:
        with pytest.raises(InputError, match="photo"):
            self.parsed(tmp_path, style=Style(backdrop=backdrop))
        assert list(tmp_path.iterdir()) == []

    def test_a_photo_from_the_clipboard_cannot_be_linked(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="no file"):
            self.parsed(tmp_path, photo=picture(), style=Style(backdrop="link"))


class TestCsv:
    def test_a_row_a_point(self, tmp_path: Path) -> None:
        path = export(example(), tmp_path / "a.csv")
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        graph = example()
        assert len(rows) == len(graph.points)
        for name, expected in (
            ("x", graph.points[:, 0]),
            ("y", graph.points[:, 1]),
            ("radius", graph.radius),
            ("confidence", graph.confidence),
            ("kind", graph.kind),
            ("branch", graph.branch_of),
            ("part", graph.part_of[graph.branch_of]),
        ):
            assert np.allclose([float(row[name]) for row in rows], expected, atol=5e-4), name
        assert [int(row["index"]) for row in rows] == [i for one in graph.branches for i in range(len(one.points))]

    def test_an_empty_skeleton_is_a_header(self, tmp_path: Path) -> None:
        path = export(SkeletonGraph(SIZE), tmp_path / "a.csv")
        assert path.read_text() == "part,branch,index,x,y,radius,confidence,kind\n"


class TestPng:
    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    def test_the_photo_is_untouched_beside_the_lines(self, tmp_path: Path, dtype: Any) -> None:
        photo = picture(3, dtype)
        back = load(export(example(), tmp_path / "a.png", photo=photo))
        assert back.pixels.dtype == dtype
        assert back.alpha is None
        changed = (back.pixels != photo.pixels).any(axis=2)
        rows, columns = np.nonzero(changed)
        distance = np.linalg.norm(example().points[None] - np.column_stack([columns, rows])[:, None] - 0.5, axis=2)
        beside_the_ring = distance[~((columns > 45) & (rows > 35))]  # whose points are far apart
        assert beside_the_ring.min(axis=1).max() <= 3
        assert changed[20, 10:30].all()

    def test_the_colour_of_a_line_is_that_of_its_scale(self, tmp_path: Path) -> None:
        photo = picture()
        back = load(export(example(), tmp_path / "a.png", photo=photo))
        assert np.array_equal(back.pixels[20, 20], scale_colours(np.array([4.25], np.float32), SIZE)[0])
        assert np.array_equal(back.pixels[30, 30], scale_colours(np.array([12], np.float32), SIZE)[0])
        back = load(export(example(), tmp_path / "b.png", photo=photo, style=Style(by="kind")))
        assert np.array_equal(back.pixels[30, 30], kind_colours(np.array([2], np.uint8))[0])

    def test_circles_are_drawn_at_their_radius(self, tmp_path: Path) -> None:
        graph = SkeletonGraph(SIZE, np.array([(40.5, 30.5)], np.float32), (branch(0, 0, [(40.5, 30.5)], 20),))
        alpha = load(export(graph, tmp_path / "a.png", circles=np.array([0]))).alpha
        assert alpha is not None
        rows, columns = np.nonzero(alpha > 127)
        radius = np.hypot(columns + 0.5 - 40.5, rows + 0.5 - 30.5)
        outline = radius[radius > 5]
        assert len(outline) > 100
        assert np.abs(outline - 20).max() <= 1

    def test_without_a_photo_the_ground_is_transparent(self, tmp_path: Path, photo: Photo) -> None:
        back = load(export(example(), tmp_path / "a.png", photo=photo, style=Style(backdrop="none")))
        assert back.alpha is not None
        assert back.alpha[20, 20] == 255
        assert back.alpha[0, 0] == 0
        assert not back.pixels[back.alpha == 0].any()
        # Straight alpha: where the edge of a line is half covered its colour is the line's.
        colour = scale_colours(np.array([4.25], np.float32), SIZE)[0]
        partial = (back.alpha > 60) & (back.alpha < 255)
        partial[:, 26:] = False
        assert np.abs(back.pixels[partial].astype(int) - colour).max() <= 10

    def test_a_transparent_photo_stays_transparent_beside_the_lines(self, tmp_path: Path) -> None:
        samples = np.full((SIZE[1], SIZE[0], 4), 200, np.uint8)
        samples[:, :40, 3] = 0
        back = load(export(example(), tmp_path / "a.png", photo=Photo.from_array(samples)))
        assert back.alpha is not None
        assert (back.alpha[0, 0], back.alpha[0, 79], back.alpha[20, 20]) == (0, 200, 255)

    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    def test_profile_and_metadata_are_kept_and_the_colours_look_the_same(self, tmp_path: Path, dtype: Any) -> None:
        photo = replace(picture(3, dtype), metadata=Metadata(icc=WIDE_GAMUT, text=(("Author", "Zoë"),)))
        back = load(export(example(), tmp_path / "a.png", photo=photo))
        assert back.icc == WIDE_GAMUT
        assert back.metadata.text == (("Author", "Zoë"),)
        shown = to_srgb8(back.pixels, back.icc)[20, 20].astype(int)
        assert np.abs(shown - scale_colours(np.array([4.25], np.float32), SIZE)[0]).max() <= 2

    @pytest.mark.parametrize("channels", [1, 2])
    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    def test_a_grey_photo_gets_colour(self, tmp_path: Path, dtype: Any, channels: int) -> None:
        photo = picture(channels, dtype)
        back = load(export(example(), tmp_path / "a.png", photo=photo))
        assert back.pixels.shape[2] == 3
        assert np.array_equal(back.pixels[0, 0], photo.rgb8[0, 0])
        assert (back.alpha is not None) == (channels == 2)

    def test_an_empty_skeleton_leaves_the_photo(self, tmp_path: Path, photo: Photo) -> None:
        back = load(export(SkeletonGraph(SIZE), tmp_path / "a.png", photo=photo, circles=np.zeros(0, np.intp)))
        assert np.array_equal(back.pixels, photo.pixels)

    def test_points_beyond_the_edge_do_no_harm(self, tmp_path: Path) -> None:
        graph = SkeletonGraph(SIZE, np.zeros((2, 2), np.float32), (branch(0, 1, [(-500, -3), (900, 70)], 5000),))
        back = load(export(graph, tmp_path / "a.png", circles=np.array([0, 1])))
        assert back.size == SIZE

    def test_it_cannot_refer_to_its_photo(self, tmp_path: Path, photo: Photo) -> None:
        with pytest.raises(InputError, match="refer"):
            export(example(), tmp_path / "a.png", photo=photo, style=Style(backdrop="link"))


class TestNothingIsDestroyed:
    @pytest.mark.parametrize("ending", ENDINGS)
    def test_an_existing_file(self, tmp_path: Path, ending: str) -> None:
        path = tmp_path / f"a{ending}"
        path.write_text("precious")
        with pytest.raises(OutputError, match="exists already"):
            export(example(), path)
        assert path.read_text() == "precious"
        export(example(), path, overwrite=True)
        assert path.stat().st_size > 100

    @pytest.mark.parametrize("ending", ENDINGS)
    def test_the_photo_itself(self, tmp_path: Path, ending: str) -> None:
        path = tmp_path / f"photo{ending}"
        path.write_text("precious")
        photo = replace(picture(), path=path)
        with pytest.raises(OutputError, match="photo itself"):
            export(example(), path, photo=photo, overwrite=True)
        assert path.read_text() == "precious"
        export(example(), path, photo=photo, overwrite_source=True)
        assert path.read_bytes() != b"precious"

    @pytest.mark.parametrize("ending", ENDINGS)
    def test_a_full_disk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
        path = tmp_path / f"a{ending}"
        path.write_text("precious")

        def fail(_: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(OutputError, match="disk is full"):
            export(example(), path, overwrite=True)
        assert path.read_text() == "precious"
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.parametrize("ending", ENDINGS)
    def test_a_missing_folder(self, tmp_path: Path, ending: str) -> None:
        with pytest.raises(OutputError, match="does not exist"):
            export(example(), tmp_path / "none" / f"a{ending}")

    @pytest.mark.parametrize("name", ["a", "a.jpg", "a.tif", "json", "a.json.gz"])
    def test_unknown_endings(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(OutputError, match="no known format") as caught:
            export(example(), tmp_path / name)
        assert all(ending in caught.value.hint for ending in ENDINGS)

    def test_endings_in_capitals(self, tmp_path: Path) -> None:
        assert same(read_json(export(example(), tmp_path / "A.JSON")), example())

    def test_a_photo_of_another_size(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="of a picture of"):
            export(SkeletonGraph((30, 30)), tmp_path / "a.png", photo=picture())


class TestColours:
    def test_scales_run_through_the_whole_map_and_stop_at_its_ends(self) -> None:
        radius = np.geomspace(0.1, 1e5, 500).astype(np.float32)
        colours = scale_colours(radius, (1000, 800))
        assert np.array_equal(colours[0], scale_colours(np.float32([2.5]), (1000, 800))[0])
        assert np.array_equal(colours[-1], scale_colours(np.float32([400]), (1000, 800))[0])
        assert len(np.unique(colours, axis=0)) > 150

    @pytest.mark.parametrize("size", [(1, 1), (1, 5000), (3, 2)])
    def test_tiny_and_narrow_pictures(self, size: tuple[int, int]) -> None:
        assert scale_colours(np.float32([0, 0.5, 1, 1e6]), size).shape == (4, 3)

    def test_an_enlarged_picture_keeps_its_colours(self) -> None:
        radius = np.float32([3, 30, 60])
        assert np.array_equal(scale_colours(radius, (300, 200)), scale_colours(radius * 7, (2100, 1400)))

    def test_types_differ_and_unknown_is_grey(self) -> None:
        colours = kind_colours(np.arange(8, dtype=np.uint8))
        assert len(np.unique(colours, axis=0)) == 8
        assert len(set(colours[0].tolist())) == 1
        assert np.array_equal(kind_colours(np.uint8([8, 255]))[0], colours[1])
