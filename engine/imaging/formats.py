"""Which picture files can be read and written: one table for the loader, the writer and every dialog."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

from PIL import features


@dataclass(frozen=True)
class Format:
    """A picture file format.

    Args:
        name: What people call it.
        extensions: Lower-case file name endings with their dot; the first is the usual one.
        decoders: Pillow's names of the decoders that may read it.
        writable: Whether a cut-out can be saved in it.
    """

    name: str
    extensions: tuple[str, ...]
    decoders: tuple[str, ...]
    writable: bool = False


_ALWAYS = (
    Format("JPEG", (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"), ("JPEG",)),
    Format("PNG", (".png",), ("PNG",), writable=True),
    Format("TIFF", (".tif", ".tiff"), ("TIFF",), writable=True),
    Format("WebP", (".webp",), ("WEBP",), writable=True),
    Format("BMP", (".bmp", ".dib"), ("BMP", "DIB")),
    Format("GIF", (".gif",), ("GIF",)),
)
_AVIF = Format("AVIF", (".avif",), ("AVIF",))
_HEIC = Format("HEIC", (".heic", ".heif"), ("HEIF",))

RAW_EXTENSIONS = frozenset(
    f".{name}"
    for name in (
        *("3fr", "arw", "cr2", "cr3", "dng", "erf", "iiq", "kdc", "mef", "mos", "mrw", "nef", "nrw"),
        *("orf", "pef", "raf", "raw", "rw2", "sr2", "srf", "srw", "x3f"),
    )
)
"""Camera raw files: they need developing first, and some of them look like a TIFF that holds only a thumbnail."""


@cache
def formats() -> tuple[Format, ...]:
    """Every format that this installation reads; HEIC needs the optional package pillow-heif."""
    found = list(_ALWAYS)
    if features.check("avif"):
        found.append(_AVIF)
    if find_spec("pillow_heif") is not None:
        found.append(_HEIC)
    return tuple(found)


def readable_extensions() -> tuple[str, ...]:
    """File name endings that `load` accepts, for dialogs; the loader itself goes by content."""
    return tuple(extension for entry in formats() for extension in entry.extensions)


def writable_extensions() -> tuple[str, ...]:
    """File name endings that `save` accepts."""
    return tuple(extension for entry in formats() if entry.writable for extension in entry.extensions)


def by_extension(extension: str) -> Format | None:
    """The format of a file name ending (with its dot, any case), or None."""
    return next((entry for entry in formats() if extension.lower() in entry.extensions), None)


def format_names() -> str:
    """The readable formats as a phrase: "JPEG, PNG, ... and GIF"."""
    names = [entry.name for entry in formats()]
    return f"{', '.join(names[:-1])} and {names[-1]}"
