"""What travels with a photo's pixels into its cut-out: profile, EXIF, XMP, resolution, text.

Only facts that stay true are kept. Orientation goes, because loading has turned the pixels; thumbnails go, because
they show the uncut photo; structural TIFF tags and pixel dimensions go, because a cut-out has its own; maker notes go,
because the offsets inside them are only right in the original file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from PIL import Image
from PIL.ExifTags import IFD, Base

_KEPT = {
    Base.ImageDescription,
    Base.Make,
    Base.Model,
    Base.Software,
    Base.DateTime,
    Base.Artist,
    Base.HostComputer,
    Base.Rating,
    Base.RatingPercent,
    Base.Copyright,
    Base.XPTitle,
    Base.XPComment,
    Base.XPAuthor,
    Base.XPKeywords,
    Base.XPSubject,
}
_DROPPED = {Base.ExifImageWidth, Base.ExifImageHeight, Base.MakerNote, IFD.Interop}
_XMP_ORIENTATION = re.compile(
    rb"""\s+tiff:Orientation\s*=\s*(["'])[^"']*\1|<tiff:Orientation>[^<]*</tiff:Orientation>"""
)
_XMP_THUMBNAILS = re.compile(rb"<(xmp|xap):Thumbnails>.*?</\1:Thumbnails>", re.DOTALL)


@dataclass(frozen=True)
class Metadata:
    """Everything but the pixels.

    Args:
        icc: Colour profile; None means sRGB.
        exif: EXIF as a TIFF stream (without the marker "Exif" in front), cleaned by `clean_exif`.
        xmp: XMP packet, UTF-8.
        dpi: Pixels an inch, (x, y).
        text: (keyword, text) pairs of a PNG.
    """

    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    dpi: tuple[float, float] | None = None
    text: tuple[tuple[str, str], ...] = ()


def exif_values(exif: Image.Exif) -> dict[int, Any]:
    """The tags that describe the photo, ready to be written; the EXIF and GPS directories are dicts of their own."""
    values: dict[int, Any] = {int(tag): _writable(exif[tag]) for tag in _KEPT & set(exif)}
    for name in (IFD.Exif, IFD.GPSInfo):
        nested = {tag: _writable(value) for tag, value in exif.get_ifd(name).items() if tag not in _DROPPED}
        if nested:
            values[int(name)] = nested
    return values


def clean_exif(exif: Image.Exif) -> bytes | None:
    """Rebuild an EXIF block from the tags that describe the photo; None when there are none."""
    values = exif_values(exif)
    if not values:
        return None
    kept = Image.Exif()
    kept.update(values)
    return kept.tobytes().removeprefix(b"Exif\x00\x00")


def _writable(value: Any) -> Any:
    # Pillow reads text as Latin-1, whatever it is, and writes anything beyond ASCII as "?": bytes pass untouched.
    return value.encode("latin-1", "replace") if isinstance(value, str) and not value.isascii() else value


def clean_xmp(xmp: bytes | str | None) -> bytes | None:
    """The XMP packet without orientation and thumbnails."""
    if not xmp:
        return None
    packet = xmp.encode() if isinstance(xmp, str) else xmp
    return _XMP_THUMBNAILS.sub(b"", _XMP_ORIENTATION.sub(b"", packet))
