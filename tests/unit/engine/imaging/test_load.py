"""The loader: every format and depth it promises, and what it says about files that are none."""

from __future__ import annotations

import errno
import io
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from skimage import data

from engine.errors import PhotoError
from engine.imaging.load import from_bytes, load, size_of

ASTRONAUT = data.astronaut()[:96, :128].copy()
DEEP = ASTRONAUT.astype(np.uint16) * 251 + 77
ALPHA = np.tile(np.arange(128, dtype=np.uint8) * 2, (96, 1))
RGBA = np.dstack([ASTRONAUT, ALPHA])


def encoded(array: npt.NDArray[Any] | Image.Image, file_format: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image = array if isinstance(array, Image.Image) else Image.fromarray(array)
    image.save(stream, file_format, **options)
    return stream.getvalue()


def tiff(array: npt.NDArray[Any], **options: Any) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, array, metadata=None, **options)
    return stream.getvalue()


def png(array: npt.NDArray[Any]) -> bytes:
    """A PNG of any depth, with room for noise in narrow pictures."""
    return bytes(imagecodecs.png_encode(array, out=2 * array.nbytes + 65536))


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


class TestEightBits:
    @pytest.mark.parametrize("file_format", ["PNG", "TIFF", "BMP"])
    def test_rgb_is_exact(self, file_format: str) -> None:
        photo = from_bytes(encoded(ASTRONAUT, file_format), "x")
        np.testing.assert_array_equal(photo.pixels, ASTRONAUT)
        assert (photo.format, photo.alpha, photo.bit_depth, photo.warnings) == (file_format, None, 8, ())
        assert photo.rgb8 is not None
        np.testing.assert_array_equal(photo.rgb8, ASTRONAUT)

    @pytest.mark.parametrize(
        ("file_format", "options"), [("PNG", {}), ("TIFF", {}), ("WEBP", {"lossless": True, "exact": True})]
    )
    def test_rgba_is_exact(self, file_format: str, options: dict[str, Any]) -> None:
        photo = from_bytes(encoded(RGBA, file_format, **options), "x")
        np.testing.assert_array_equal(photo.pixels, ASTRONAUT)
        np.testing.assert_array_equal(photo.alpha, ALPHA)

    @pytest.mark.parametrize(("file_format", "options"), [("JPEG", {"quality": 97}), ("AVIF", {"quality": 97})])
    def test_lossy_is_close(self, file_format: str, options: dict[str, Any]) -> None:
        photo = from_bytes(encoded(ASTRONAUT, file_format, **options), "x")
        assert np.abs(photo.pixels.astype(int) - ASTRONAUT).mean() < 4

    def test_heic(self) -> None:
        pillow_heif = pytest.importorskip("pillow_heif", reason="HEIC is an optional extra")
        pillow_heif.register_heif_opener()
        photo = from_bytes(encoded(ASTRONAUT, "HEIF", quality=97), "x.heic")
        assert np.abs(photo.pixels.astype(int) - ASTRONAUT).mean() < 4

    @pytest.mark.parametrize("file_format", ["PNG", "TIFF", "JPEG"])
    def test_grey_stays_grey(self, file_format: str) -> None:
        grey = np.full((20, 30), 97, np.uint8)
        photo = from_bytes(encoded(grey, file_format), "x")
        assert photo.pixels.shape == (20, 30, 1)
        assert (photo.pixels == 97).all()
        assert photo.rgb8.shape == (20, 30, 3)
        assert photo.rgb8.flags.c_contiguous
        assert (photo.rgb8 == 97).all()

    def test_grey_with_alpha(self) -> None:
        photo = from_bytes(encoded(np.dstack([ASTRONAUT[:, :, 0], ALPHA]), "PNG"), "x")
        np.testing.assert_array_equal(photo.pixels[:, :, 0], ASTRONAUT[:, :, 0])
        np.testing.assert_array_equal(photo.alpha, ALPHA)

    @pytest.mark.parametrize("file_format", ["PNG", "TIFF", "BMP"])
    def test_one_bit(self, file_format: str) -> None:
        bits = ASTRONAUT[:, :, 0] > 100
        photo = from_bytes(encoded(Image.fromarray(bits), file_format), "x")
        np.testing.assert_array_equal(photo.pixels[:, :, 0], bits * np.uint8(255))

    @pytest.mark.parametrize("file_format", ["PNG", "TIFF", "BMP", "GIF"])
    def test_palette(self, file_format: str) -> None:
        image = Image.fromarray(ASTRONAUT).quantize(16)
        photo = from_bytes(encoded(image, file_format), "x")
        np.testing.assert_array_equal(photo.pixels, np.asarray(image.convert("RGB")))

    def test_palette_with_a_transparent_colour(self) -> None:
        image = Image.fromarray(ASTRONAUT).quantize(16)
        photo = from_bytes(encoded(image, "PNG", transparency=3), "x")
        np.testing.assert_array_equal(photo.alpha, np.where(np.asarray(image) == 3, 0, 255))

    def test_cmyk_tiff_without_profile_is_approximate_and_says_so(self) -> None:
        cmyk = np.zeros((4, 5, 4), np.uint8)
        cmyk[..., 0], cmyk[..., 3] = 255, 51  # full cyan, 20 % black
        photo = from_bytes(encoded(Image.fromarray(cmyk, "CMYK"), "TIFF"), "x")
        assert photo.pixels[0, 0].tolist() == [0, 204, 204]
        assert "approximate" in photo.warnings[0]

    def test_cmyk_jpeg_is_not_inverted(self) -> None:
        white, red = np.zeros((16, 16, 4), np.uint8), np.zeros((16, 16, 4), np.uint8)
        red[..., 1:3] = 255
        both = Image.fromarray(np.hstack([white, red]), "CMYK")
        pixels = from_bytes(encoded(both, "JPEG", quality=95), "x").pixels.astype(int)
        np.testing.assert_allclose(pixels[4, 4], [255, 255, 255], atol=6)
        np.testing.assert_allclose(pixels[4, 28], [255, 0, 0], atol=6)

    def test_lab_tiff(self) -> None:
        lab = np.zeros((4, 4, 3), np.uint8)
        lab[..., 0] = 255  # L = 100, a = b = 0: white
        photo = from_bytes(tiff(lab, photometric="cielab"), "x")
        np.testing.assert_allclose(photo.pixels.astype(int), 255, atol=2)


class TestSixteenBits:
    @pytest.mark.parametrize("channels", [1, 2, 3, 4])
    def test_png(self, channels: int) -> None:
        chosen = {1: [0], 2: [0, 3], 3: [0, 1, 2], 4: [0, 1, 2, 3]}[channels]
        samples = np.ascontiguousarray(np.dstack([DEEP, DEEP[:, :, 0]])[:, :, chosen])
        photo = from_bytes(png(samples[:, :, 0] if channels == 1 else samples), "x")
        assert photo.bit_depth == 16
        has_alpha = channels in (2, 4)
        np.testing.assert_array_equal(photo.pixels, samples[:, :, : channels - has_alpha])
        assert (photo.alpha is not None) == has_alpha
        if has_alpha:
            np.testing.assert_array_equal(photo.alpha, samples[:, :, -1])

    @pytest.mark.parametrize("compression", [None, "lzw", "deflate", "zstd", "packbits"])
    @pytest.mark.parametrize("byteorder", ["<", ">"])
    def test_tiff(self, compression: str | None, byteorder: Any) -> None:
        content = tiff(DEEP, photometric="rgb", compression=compression, byteorder=byteorder)
        photo = from_bytes(content, "x")
        assert photo.pixels.dtype == np.uint16
        np.testing.assert_array_equal(photo.pixels, DEEP)

    def test_planar_tiled_big_tiff(self) -> None:
        planes = np.ascontiguousarray(np.moveaxis(DEEP, -1, 0))
        content = tiff(planes, photometric="rgb", planarconfig="separate", tile=(32, 32), bigtiff=True)
        np.testing.assert_array_equal(from_bytes(content, "x").pixels, DEEP)

    def test_tiff_with_straight_alpha(self) -> None:
        samples = np.dstack([DEEP, DEEP[:, :, 0]])
        photo = from_bytes(tiff(samples, photometric="rgb", extrasamples=["unassalpha"]), "x")
        np.testing.assert_array_equal(photo.pixels, DEEP)
        np.testing.assert_array_equal(photo.alpha, DEEP[:, :, 0])

    def test_tiff_with_premultiplied_alpha_is_made_straight(self) -> None:
        samples = np.array([[[10000, 20000, 30000, 32768], [7, 8, 9, 0], [5, 65535, 65534, 65535]]], np.uint16)
        photo = from_bytes(tiff(samples, photometric="rgb", extrasamples=["assocalpha"]), "x")
        assert photo.pixels[0, 0].tolist() == [round(c * 65535 / 32768) for c in (10000, 20000, 30000)]
        assert photo.pixels[0, 2].tolist() == [5, 65535, 65534]
        np.testing.assert_array_equal(photo.alpha, samples[:, :, 3])

    def test_extra_channels_that_are_no_alpha_are_left_out_with_a_warning(self) -> None:
        samples = np.dstack([DEEP, DEEP[:, :, 0]])
        photo = from_bytes(tiff(samples, photometric="rgb", extrasamples=["unspecified"]), "x")
        assert photo.alpha is None
        np.testing.assert_array_equal(photo.pixels, DEEP)
        assert "Extra channels" in photo.warnings[0]

    def test_white_is_zero(self) -> None:
        photo = from_bytes(tiff(DEEP[:, :, 0], photometric="miniswhite"), "x")
        np.testing.assert_array_equal(photo.pixels[:, :, 0], 65535 - DEEP[:, :, 0])

    def test_cmyk(self) -> None:
        cmyk = np.zeros((4, 5, 4), np.uint16)
        cmyk[..., 0] = 65535
        photo = from_bytes(tiff(cmyk, photometric="separated"), "x")
        assert photo.pixels[0, 0].tolist() == [0, 255, 255]

    def test_display_rounds_to_nearest(self) -> None:
        levels = np.arange(65536, dtype=np.uint16).reshape(256, 256)
        photo = from_bytes(png(levels), "x")
        np.testing.assert_array_equal(photo.rgb8[:, :, 0], np.rint(levels / 257.0))

    def test_float_from_0_to_1_is_scaled_with_a_word(self) -> None:
        photo = from_bytes(tiff((DEEP / 65535).astype(np.float32), photometric="rgb"), "x")
        np.testing.assert_array_equal(photo.pixels, DEEP)
        assert "floating-point" in photo.warnings[0]

    @pytest.mark.parametrize("value", [1.5, -0.1, np.nan, np.inf])
    def test_other_floats_are_refused(self, value: float) -> None:
        with pytest.raises(PhotoError, match="outside 0 to 1"):
            from_bytes(tiff(np.full((4, 4), value, np.float32)), "x")

    @pytest.mark.parametrize("dtype", [np.uint32, np.int16, np.complex64])
    def test_other_types_are_refused(self, dtype: Any) -> None:
        with pytest.raises(PhotoError, match=r"not supported.*Save it as 8 or 16 bits"):
            from_bytes(tiff(np.ones((4, 4), dtype), photometric="minisblack"), "x")


class TestSeveralPictures:
    @pytest.mark.parametrize("deep", [False, True])
    def test_tiff_pages(self, deep: bool) -> None:
        stream = io.BytesIO()
        with tifffile.TiffWriter(stream) as writer:
            for level in (10, 20, 30):
                page = np.full((8, 9, 3), level, np.uint16 if deep else np.uint8)
                writer.write(page, photometric="rgb", metadata=None)
        photo = from_bytes(stream.getvalue(), "x")
        assert (photo.pixels == 10).all()
        assert any("3 pages" in text for text in photo.warnings)

    @pytest.mark.parametrize(("file_format", "options"), [("GIF", {}), ("WEBP", {"lossless": True}), ("PNG", {})])
    def test_animation(self, file_format: str, options: dict[str, Any]) -> None:
        frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "lime", "blue")]
        content = encoded(frames[0], file_format, save_all=True, append_images=frames[1:], **options)
        photo = from_bytes(content, "x")
        np.testing.assert_array_equal(photo.pixels, np.asarray(frames[0]))
        assert any("3 pages or frames" in text for text in photo.warnings)

    def test_second_picture_in_a_phone_jpeg_is_no_page(self) -> None:
        picture = Image.fromarray(ASTRONAUT)
        photo = from_bytes(encoded(picture, "MPO", save_all=True, append_images=[picture]), "x.jpg")
        assert (photo.format, photo.warnings) == ("JPEG", ())


class TestMetadata:
    def test_exif_is_kept_without_thumbnail_and_maker_note(self) -> None:
        block = Image.Exif()
        block[271], block[315] = "Maker", "José".encode()
        block[34665] = {36867: "2024:05:06 07:08:09", 37500: b"maker note", 40962: 4000}
        block[34853] = {1: "N", 2: (48.0, 12.0, 30.5)}
        photo = from_bytes(encoded(ASTRONAUT, "JPEG", exif=block), "x")
        assert photo.exif is not None
        kept = Image.Exif()
        kept.load(photo.exif)
        assert kept[271] == "Maker"
        assert kept[315].encode("latin-1") == "José".encode()
        assert kept.get_ifd(34665) == {36867: "2024:05:06 07:08:09"}
        assert kept.get_ifd(34853) == {1: "N", 2: (48.0, 12.0, 30.5)}
        assert not kept.get_ifd(1)

    @pytest.mark.filterwarnings("ignore:Corrupt EXIF")
    def test_damaged_exif_costs_nothing_but_itself(self) -> None:
        photo = from_bytes(encoded(ASTRONAUT, "PNG", exif=b"MM\0*\0\0\0\x08\xff\xff broken"), "x")
        np.testing.assert_array_equal(photo.pixels, ASTRONAUT)

    def test_png_text_and_resolution(self) -> None:
        stream = io.BytesIO()
        info = PngInfo()
        info.add_text("Author", "Ada")
        Image.fromarray(ASTRONAUT).save(stream, "PNG", pnginfo=info, dpi=(240, 240))
        photo = from_bytes(stream.getvalue(), "x")
        assert photo.metadata.text == (("Author", "Ada"),)
        assert photo.metadata.dpi == pytest.approx((240, 240), abs=0.01)

    def test_exif_behind_the_picture_of_a_deep_png(self) -> None:
        block = Image.Exif()
        block[274], block[271] = 6, "Maker"
        content = png(DEEP)
        content = content[:-12] + png_chunk(b"eXIf", block.tobytes()[6:]) + content[-12:]
        photo = from_bytes(content, "x")
        assert photo.size == (96, 128)
        np.testing.assert_array_equal(photo.pixels, np.rot90(DEEP, -1))


class TestRefusals:
    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(PhotoError, match="does not exist"):
            load(tmp_path / "no.jpg")

    def test_folder(self, tmp_path: Path) -> None:
        with pytest.raises(PhotoError, match="is a folder"):
            load(tmp_path)

    def test_pipe_does_not_block(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.png")
        with pytest.raises(PhotoError, match="not a picture file"):
            load(tmp_path / "pipe.png")

    def test_empty(self, tmp_path: Path) -> None:
        (tmp_path / "e.png").touch()
        with pytest.raises(PhotoError, match="empty"):
            load(tmp_path / "e.png")

    def test_no_permission(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "p.png"
        path.write_bytes(encoded(ASTRONAUT, "PNG"))

        def denied(*_: Any, **__: Any) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(Path, "open", denied)  # root may read everything, so the refusal is played
        with pytest.raises(PhotoError, match="may not be read"):
            load(path)

    @pytest.mark.parametrize(
        "content", [b"hello world " * 10, b"\x00" * 100, b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
    )
    def test_no_picture(self, content: bytes) -> None:
        with pytest.raises(PhotoError, match=r"not a picture in a known format.*JPEG, PNG"):
            from_bytes(content, "notes.txt")

    def test_camera_raw_is_explained(self, tmp_path: Path) -> None:
        (tmp_path / "a.NEF").write_bytes(tiff(DEEP, photometric="rgb"))
        with pytest.raises(PhotoError, match=r"raw.*Export it"):
            load(tmp_path / "a.NEF")

    @pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.98])
    @pytest.mark.parametrize(
        "kind", ["JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "AVIF", "png16", "tiff16", "tiff16z"]
    )
    @pytest.mark.filterwarnings("ignore")
    def test_truncated(self, kind: str, share: float) -> None:
        makers = {
            "png16": lambda: png(DEEP),
            "tiff16": lambda: tiff(DEEP, photometric="rgb"),
            "tiff16z": lambda: tiff(DEEP, photometric="rgb", compression="deflate"),
        }
        content = makers[kind]() if kind in makers else encoded(ASTRONAUT, kind)
        with pytest.raises(PhotoError):
            from_bytes(content[: int(len(content) * share)], "x")

    @pytest.mark.filterwarnings("ignore")
    @pytest.mark.parametrize("seed", range(40))
    def test_random_damage_never_escapes_as_another_error(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        kinds = [encoded(RGBA, "PNG"), encoded(ASTRONAUT, "JPEG"), tiff(DEEP, photometric="rgb", compression="lzw")]
        content = bytearray(kinds[seed % 3])
        for position in rng.integers(0, 300, 6):
            content[position] = rng.integers(256)
        try:
            photo = from_bytes(bytes(content), "x", max_pixels=10**7)
        except PhotoError:
            return
        assert photo.rgb8.shape == (photo.height, photo.width, 3)

    @pytest.mark.parametrize("bits", [8, 16])
    def test_huge_header_is_refused_before_decoding(self, bits: int, monkeypatch: pytest.MonkeyPatch) -> None:
        header = struct.pack(">IIBBBBB", 60000, 50000, bits, 2, 0, 0, 0)
        bomb = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(bytes(9)))
        bomb += png_chunk(b"IEND", b"")

        def decoded(*_: Any) -> None:
            pytest.fail("the bomb was decoded")

        monkeypatch.setattr("engine.imaging.load.decode_png16", decoded)
        monkeypatch.setattr("engine.imaging.load.decode_pillow", decoded)
        with pytest.raises(PhotoError, match=r"60000 x 50000.*400 megapixels"):
            from_bytes(bomb, "bomb.png")

    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    def test_huge_tiff_header(self, dtype: Any) -> None:
        stream = io.BytesIO(tiff(np.zeros((4, 4, 3), dtype), photometric="rgb"))
        with tifffile.TiffFile(stream) as file:
            file.pages.first.aspage().tags["ImageWidth"].overwrite(1_000_000)
            file.pages.first.aspage().tags["ImageLength"].overwrite(60_000)
        with pytest.raises(PhotoError, match="1000000 x 60000"):
            from_bytes(stream.getvalue(), "bomb.tif")

    def test_limit_is_a_parameter_and_inclusive(self) -> None:
        content = encoded(ASTRONAUT, "PNG")
        assert from_bytes(content, "x", max_pixels=96 * 128).size == (128, 96)
        with pytest.raises(PhotoError):
            from_bytes(content, "x", max_pixels=96 * 128 - 1)


def test_very_large_photo_carries_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.imaging.load.WARN_PIXELS", 96 * 128 - 1)
    assert "very large" in from_bytes(encoded(ASTRONAUT, "PNG"), "x").warnings[0]


def test_photo_above_pillows_own_limit_opens() -> None:
    content = encoded(Image.new("1", (20000, 9500)), "PNG")  # 190 megapixels in 24 kB
    photo = from_bytes(content, "x.png")
    assert photo.size == (20000, 9500)
    assert "190 megapixels" in photo.warnings[0]


@pytest.mark.parametrize("name", ["Füße im Gras.png", "写真.png", "صورة.png", "a b 🙂.png"])
def test_names_beyond_ascii(tmp_path: Path, name: str) -> None:
    for content in (encoded(ASTRONAUT, "PNG"), png(DEEP)):
        (tmp_path / name).write_bytes(content)
        photo = load(str(tmp_path / name))
        assert photo.size == (128, 96)
        assert photo.path == tmp_path / name


def test_wrong_ending_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "really_png.jpg").write_bytes(encoded(ASTRONAUT, "PNG"))
    assert load(tmp_path / "really_png.jpg").format == "PNG"


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (3, 7)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_odd_sizes(shape: tuple[int, int], dtype: Any) -> None:
    samples = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, (*shape, 3), dtype)
    for content in (png(samples), tiff(samples, photometric="rgb", planarconfig="contig")):
        photo = from_bytes(content, "x")
        np.testing.assert_array_equal(photo.pixels, samples)
        assert photo.rgb8.shape == samples.shape


@pytest.mark.parametrize("orientation", range(1, 9))
def test_size_is_told_as_it_will_be_loaded(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    for name in ("a.jpg", "a.tif", "a.png", "a.webp"):
        Image.new("RGB", (7, 5)).save(tmp_path / name, exif=exif)
        assert size_of(tmp_path / name) == load(tmp_path / name).size


def test_size_of_what_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"nothing")
    for name in ("a.png", "absent.png", "."):
        with pytest.raises(PhotoError):
            size_of(tmp_path / name)
