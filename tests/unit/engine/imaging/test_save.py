"""The writer: what it writes comes back through the loader, and it never destroys anything."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image
from skimage import data

from engine.errors import InputError, OutputError
from engine.imaging import save as save_module
from engine.imaging.colour import to_srgb8
from engine.imaging.cutout import CutOut, cut_out
from engine.imaging.load import load
from engine.imaging.metadata import Metadata
from engine.imaging.photo import Photo
from engine.imaging.save import save

COFFEE = data.coffee()[:90, :120].copy()
MASK = np.zeros((90, 120), np.uint8)
MASK[20:70, 30:100] = np.arange(70, dtype=np.uint8) * 3 + 20
ADOBE_RGB = imagecodecs.cms_profile(
    "rgb", whitepoint=[0.3127, 0.329, 1.0], primaries=[0.64, 0.33, 1, 0.21, 0.71, 1, 0.15, 0.06, 1], gamma=2.2
)
GREY_GAMMA = imagecodecs.cms_profile("gray", whitepoint=[0.3127, 0.329, 1.0], gamma=1.8)
XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><r dc:title="Tasse à café"/></x:xmpmeta>'.encode()


def exif_block() -> bytes:
    block = Image.Exif()
    block[271], block[315], block[33432], block[40091] = "Maker", "José".encode(), "(c) Ada", b"T\0i\0"
    block[34665] = {36867: "2024:05:06 07:08:09", 34855: 400, 33437: 2.8}
    block[34853] = {1: "N", 2: (48.0, 12.0, 30.5)}
    return block.tobytes()[6:]


def tagged(channels: int, dtype: Any) -> Photo:
    samples = COFFEE.astype(dtype) * (251 if dtype == np.uint16 else 1)
    photo = Photo.from_array(samples if channels == 3 else samples[:, :, 0])
    metadata = Metadata(
        icc=ADOBE_RGB if channels == 3 else GREY_GAMMA,
        exif=exif_block(),
        xmp=XMP,
        dpi=(300.0, 150.0),
        text=(("Author", "Zoë"),),
    )
    return replace(photo, metadata=metadata)


def parsed(exif: bytes | None) -> Image.Exif:
    block = Image.Exif()
    block.load(exif or b"")
    return block


@pytest.mark.parametrize("trim", [False, True])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("ending", "dtype"),
    [(".png", np.uint8), (".png", np.uint16), (".tif", np.uint8), (".TIFF", np.uint16), (".webp", np.uint8)],
)
def test_round_trip(tmp_path: Path, ending: str, dtype: Any, channels: int, trim: bool) -> None:
    cut = cut_out(tagged(channels, dtype), MASK, trim=trim)
    path = save(cut, tmp_path / f"Ausschnitt ö{ending}")
    back = load(path)
    grey_webp = ending == ".webp" and channels == 1  # WebP has no grey: it becomes sRGB
    expected = to_srgb8(cut.pixels, GREY_GAMMA) if grey_webp else cut.pixels
    np.testing.assert_array_equal(back.pixels, expected)
    np.testing.assert_array_equal(back.alpha, cut.alpha)
    assert back.pixels.dtype == dtype
    assert back.warnings == ()
    if not grey_webp:
        assert back.icc == cut.metadata.icc
    assert back.metadata.xmp == XMP
    if ending != ".webp":  # which has no field for it
        assert back.metadata.dpi == pytest.approx((300, 150), abs=0.02)  # PNG counts whole pixels a metre
    if ending == ".png":
        assert back.metadata.text == (("Author", "Zoë"),)
    kept, wanted = parsed(back.exif), parsed(cut.metadata.exif)
    for tag in (271, 315, 33432, 40091):
        assert kept[tag] == wanted[tag]
    for directory in (34665, 34853):
        assert kept.get_ifd(directory) == wanted.get_ifd(directory)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_other_readers_agree(tmp_path: Path, dtype: Any) -> None:
    cut = cut_out(tagged(3, dtype), MASK)
    png, tif = save(cut, tmp_path / "a.png"), save(cut, tmp_path / "a.tif")
    np.testing.assert_array_equal(imagecodecs.png_decode(png.read_bytes()), cut.samples)
    with tifffile.TiffFile(tif) as file:
        page = file.pages.first.aspage()
        assert page.extrasamples == (tifffile.EXTRASAMPLE.UNASSALPHA,)
        assert page.tags[34665].value["DateTimeOriginal"] == "2024:05:06 07:08:09"
        np.testing.assert_array_equal(page.asarray(), cut.samples)
        codes = [tag.code for tag in page.tags]
    assert codes == sorted(codes), "TIFF 6.0: entries in ascending order"
    with Image.open(png) as image:
        image.load()
        assert image.getexif()[271] == "Maker"
    if dtype == np.uint8:
        with Image.open(tif) as image:
            np.testing.assert_array_equal(np.asarray(image), cut.samples)


def test_big_tiff_keeps_exif(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.imaging.encode._BIG_TIFF_BYTES", 100)
    cut = cut_out(tagged(3, np.uint16), MASK)
    path = save(cut, tmp_path / "a.tif")
    assert path.read_bytes()[2] == 43
    back = load(path)
    np.testing.assert_array_equal(back.pixels, cut.pixels)
    assert parsed(back.exif).get_ifd(34853)[2] == (48.0, 12.0, 30.5)


@pytest.mark.parametrize("ending", ["png", "tif", "webp"])
def test_empty_object_is_written_as_a_transparent_picture(tmp_path: Path, ending: str) -> None:
    cut = cut_out(tagged(3, np.uint8), np.zeros_like(MASK), trim=True)
    back = load(save(cut, tmp_path / f"a.{ending}"))
    assert back.size == (120, 90)
    assert back.alpha is not None
    assert not back.alpha.any()


@pytest.mark.parametrize("ending", ["png", "tif"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (3, 7)])
def test_noise_of_odd_sizes(tmp_path: Path, ending: str, shape: tuple[int, int]) -> None:
    samples = np.random.default_rng(0).integers(1, 256, (*shape, 3), np.uint8)
    cut = cut_out(Photo.from_array(samples), np.full(shape, 255, np.uint8))
    np.testing.assert_array_equal(load(save(cut, tmp_path / f"a.{ending}")).pixels, samples)


@pytest.mark.parametrize("ending", ["png", "tif"])
@pytest.mark.parametrize("mask", [MASK, MASK.astype(np.uint16) * 257, MASK > 99])
def test_masks(tmp_path: Path, ending: str, mask: Any) -> None:
    back = load(save(mask, tmp_path / f"m.{ending}"))
    np.testing.assert_array_equal(back.pixels[:, :, 0], mask * 255 if mask.dtype == np.bool_ else mask)
    assert back.alpha is None


@pytest.mark.parametrize("mask", [np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2)), np.zeros((0, 3), np.uint8)])
def test_what_is_no_mask_is_refused(tmp_path: Path, mask: Any) -> None:
    with pytest.raises(InputError, match="no mask"):
        save(mask, tmp_path / "m.png")


class TestTheSourceIsSafe:
    @pytest.fixture
    def source(self, tmp_path: Path) -> Path:
        path = tmp_path / "photo.png"
        Image.fromarray(COFFEE).save(path)
        return path

    @pytest.fixture
    def cut(self, source: Path) -> CutOut:
        return cut_out(load(source), MASK)

    def test_by_its_own_name(self, source: Path, cut: CutOut) -> None:
        before = source.read_bytes()
        with pytest.raises(OutputError, match="photo itself"):
            save(cut, source, overwrite=True)
        assert source.read_bytes() == before

    @pytest.mark.parametrize("link", [os.symlink, os.link])
    def test_through_a_link(self, source: Path, cut: CutOut, link: Any) -> None:
        before = source.read_bytes()
        link(source, source.parent / "link.png")
        with pytest.raises(OutputError, match="photo itself"):
            save(cut, source.parent / "link.png", overwrite=True)
        assert source.read_bytes() == before

    def test_through_another_spelling(self, source: Path, cut: CutOut) -> None:
        (source.parent / "sub").mkdir()
        with pytest.raises(OutputError, match="photo itself"):
            save(cut, source.parent / "sub" / ".." / source.name, overwrite=True)

    def test_for_masks_too(self, source: Path) -> None:
        with pytest.raises(OutputError, match="photo itself"):
            save(MASK, source, overwrite=True, source=source)

    def test_unless_asked_for(self, source: Path, cut: CutOut) -> None:
        save(cut, source, overwrite_source=True)
        np.testing.assert_array_equal(load(source).alpha, MASK)


class TestFailuresLeaveNothingBehind:
    @pytest.fixture
    def cut(self) -> CutOut:
        return cut_out(tagged(3, np.uint8), MASK)

    def test_existing_file(self, tmp_path: Path, cut: CutOut) -> None:
        target = tmp_path / "a.png"
        target.write_text("precious")
        with pytest.raises(OutputError, match="exists already"):
            save(cut, target)
        assert target.read_text() == "precious"
        assert load(save(cut, target, overwrite=True)).size == (120, 90)

    def test_link_is_followed_and_stays_a_link(self, tmp_path: Path, cut: CutOut) -> None:
        (tmp_path / "real").mkdir()
        (tmp_path / "real" / "a.png").write_text("old")
        (tmp_path / "a.png").symlink_to(tmp_path / "real" / "a.png")
        save(cut, tmp_path / "a.png", overwrite=True)
        assert (tmp_path / "a.png").is_symlink()
        assert load(tmp_path / "real" / "a.png").size == (120, 90)

    @pytest.mark.parametrize(
        ("number", "words"),
        [
            (errno.ENOSPC, "disk is full"),
            (errno.EROFS, "may not be written"),
            (errno.EACCES, "may not be written"),
            (errno.EIO, "could not be written"),
        ],
    )
    @pytest.mark.parametrize("ending", ["png", "tif", "webp"])
    def test_system_errors_half_way(
        self, tmp_path: Path, cut: CutOut, monkeypatch: pytest.MonkeyPatch, number: int, words: str, ending: str
    ) -> None:
        target = tmp_path / f"a.{ending}"
        target.write_text("precious")

        def fail(_: int) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(save_module.os, "fsync", fail)
        with pytest.raises(OutputError, match=words) as caught:
            save(cut, target, overwrite=True)
        assert caught.value.hint
        assert target.read_text() == "precious"
        assert list(tmp_path.iterdir()) == [target]

    def test_really_full_disk(self, cut: CutOut, monkeypatch: pytest.MonkeyPatch) -> None:
        """/dev/full refuses every byte, as a full disk does."""
        if not Path("/dev/full").exists():
            pytest.skip("this system has no /dev/full")
        real_open = Path.open
        monkeypatch.setattr(
            Path, "open", lambda self, *a: real_open(Path("/dev/full"), "wb") if self.suffix == ".part" else None
        )
        with pytest.raises(OutputError, match="disk is full"):
            save(cut, "/tmp/never-written.png")
        assert not Path("/tmp/never-written.png").exists()

    def test_interruption(self, tmp_path: Path, cut: CutOut, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(*_: Any) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(save_module.os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            save(cut, tmp_path / "a.png")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("no such/a.png", "does not exist"),
            ("a.jpg", "JPEG cannot hold a cut-out.*png"),
            ("a.xyz", "no known format"),
            ("a", "no known format"),
            ("x" * 300 + ".png", "too long"),
        ],
    )
    def test_names_that_cannot_be(self, tmp_path: Path, cut: CutOut, name: str, words: str) -> None:
        with pytest.raises(OutputError, match=words):
            save(cut, tmp_path / name)

    def test_folder_as_target(self, tmp_path: Path, cut: CutOut) -> None:
        (tmp_path / "a.png").mkdir()
        with pytest.raises(OutputError, match="is a folder"):
            save(cut, tmp_path / "a.png", overwrite=True)

    def test_webp_limits_are_told(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match="8 bits"):
            save(cut_out(tagged(3, np.uint16), MASK), tmp_path / "a.webp")
        wide = Photo.from_array(np.zeros((1, 17000, 3), np.uint8))
        with pytest.raises(OutputError, match="16383"):
            save(cut_out(wide, np.zeros((1, 17000), np.uint8)), tmp_path / "a.webp")
        assert list(tmp_path.iterdir()) == []

    def test_permissions_are_those_of_an_ordinary_new_file(self, tmp_path: Path, cut: CutOut) -> None:
        (tmp_path / "reference").touch()
        path = save(cut, tmp_path / "a.png")
        assert path.stat().st_mode == (tmp_path / "reference").stat().st_mode
