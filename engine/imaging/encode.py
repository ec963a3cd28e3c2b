"""Cut-outs and masks to PNG, TIFF and WebP streams, with their profile and metadata."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import imagecodecs
import numpy as np
import numpy.typing as npt
import tifffile
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from engine.errors import OutputError
from engine.imaging.colour import to_srgb8
from engine.imaging.metadata import Metadata, exif_values

_BIG_TIFF_BYTES = 3 << 30  # classic TIFF offsets end at 4 GiB; the rest is room for metadata
_XMP_TAG = 700
_PNG_LEVEL = 6


@dataclass(frozen=True, eq=False)
class Picture:
    """What is to be encoded.

    Args:
        samples: (H, W, C) uint8 or uint16, C-contiguous; C = 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA, straight alpha.
        metadata: What goes along.
    """

    samples: npt.NDArray[Any]
    metadata: Metadata = field(default_factory=Metadata)

    @property
    def has_alpha(self) -> bool:
        return int(self.samples.shape[2]) in (2, 4)

    @property
    def is_grey(self) -> bool:
        return int(self.samples.shape[2]) <= 2


def write_png(picture: Picture, stream: BinaryIO) -> None:
    """Write a PNG of 8 or 16 bits a channel."""
    samples = picture.samples
    # The encoder's own guess at the room it needs is too small for noise in narrow pictures (a filter byte a row).
    room = samples.nbytes + samples.nbytes // 128 + 2 * samples.shape[0] + 65536
    encoded = memoryview(
        imagecodecs.png_encode(samples[:, :, 0] if samples.shape[2] == 1 else samples, _PNG_LEVEL, out=room)
    )
    after_header = 8 + 25  # signature and IHDR
    stream.write(encoded[:after_header])
    for kind, content in _png_chunks(picture.metadata):
        checksum = zlib.crc32(kind + content)
        stream.write(struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum))
    stream.write(encoded[after_header:])


def _png_chunks(metadata: Metadata) -> Iterator[tuple[bytes, bytes]]:
    if metadata.icc:
        yield b"iCCP", b"ICC profile\0\0" + zlib.compress(metadata.icc)
    if metadata.dpi:
        x, y = (round(dpi / 0.0254) for dpi in metadata.dpi)
        yield b"pHYs", struct.pack(">IIB", x, y, 1)  # 1: per metre
    if metadata.exif:
        yield b"eXIf", metadata.exif
    if metadata.xmp:
        yield b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + metadata.xmp
    for keyword, text in metadata.text:
        yield b"iTXt", keyword.encode("latin-1", "replace")[:79] + b"\0\0\0\0\0" + text.encode()


def write_tiff(picture: Picture, stream: BinaryIO) -> None:
    """Write a deflate-compressed TIFF of 8 or 16 bits a channel; alpha is unassociated (straight)."""
    samples, metadata = picture.samples, picture.metadata
    tifffile.imwrite(
        stream,
        samples[:, :, 0] if samples.shape[2] == 1 else samples,
        bigtiff=samples.nbytes > _BIG_TIFF_BYTES,
        byteorder="<",
        photometric="minisblack" if picture.is_grey else "rgb",
        planarconfig=None if samples.shape[2] == 1 else "contig",
        extrasamples=["unassalpha"] if picture.has_alpha else None,
        compression="deflate",
        predictor=True,
        iccprofile=metadata.icc,
        resolution=metadata.dpi,
        resolutionunit="inch" if metadata.dpi else None,
        software="DeepSkel",
        metadata=None,
        extratags=[(_XMP_TAG, "B", len(metadata.xmp), metadata.xmp, True)] if metadata.xmp else [],
    )
    if metadata.exif:
        exif = Image.Exif()
        exif.load(metadata.exif)
        _merge_tags(stream, exif_values(exif))


def _merge_tags(stream: BinaryIO, values: dict[int, Any]) -> None:
    """Add tags, nested EXIF and GPS directories among them, to the first directory of a little-endian TIFF.

    tifffile writes no such directories, so Pillow lays them out behind the picture; then a directory with the entries
    of both is written and the header pointed at it.
    """
    stream.seek(0)
    head = stream.read(16)
    big = head[2] == 43
    count, entry_size, pointer, pointer_at = ("<Q", 20, "<Q", 8) if big else ("<H", 12, "<I", 4)

    def entries(offset: int) -> dict[int, bytes]:
        stream.seek(offset)
        (number,) = struct.unpack(count, stream.read(struct.calcsize(count)))
        raw = [stream.read(entry_size) for _ in range(number)]
        return {int.from_bytes(entry[:2], "little"): entry for entry in raw}

    added = ImageFileDirectory_v2(head if big else head[:8])
    for tag, value in values.items():
        added[tag] = value
    first = _seek_even_end(stream)
    stream.write(added.tobytes(first))
    merged = entries(struct.unpack_from(pointer, head, pointer_at)[0]) | entries(first)
    directory = _seek_even_end(stream)
    stream.write(struct.pack(count, len(merged)) + b"".join(merged[tag] for tag in sorted(merged)))
    stream.write(struct.pack(pointer, 0))
    stream.seek(pointer_at)
    stream.write(struct.pack(pointer, directory))


def _seek_even_end(stream: BinaryIO) -> int:
    """Go to the end of the stream, padded to an even position, where TIFF directories must begin."""
    end = stream.seek(0, 2)
    return end + stream.write(b"\0" * (end % 2))


def write_webp(picture: Picture, stream: BinaryIO) -> None:
    """Write a lossless WebP; OutputError for 16-bit pictures, which the format cannot hold, and sides above 16383."""
    samples, metadata = picture.samples, picture.metadata
    if samples.dtype != np.uint8:
        raise OutputError("WebP holds 8 bits a channel, but this photo has 16.", "Save it as PNG or TIFF.")
    if max(samples.shape[:2]) > 16383:
        raise OutputError("WebP holds at most 16383 pixels a side.", "Save it as PNG or TIFF, or trim it.")
    icc = metadata.icc
    if picture.is_grey:  # WebP knows only RGB
        samples, icc = np.dstack([to_srgb8(samples[:, :, :1], icc), samples[:, :, 1:]]), None
    Image.fromarray(samples).save(
        stream,
        "WEBP",
        lossless=True,
        exact=True,
        icc_profile=icc,
        exif=metadata.exif or b"",
        xmp=metadata.xmp or b"",
    )
