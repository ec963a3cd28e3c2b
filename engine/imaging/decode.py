"""Pillow's picture modes to straight RGB or grey planes, a strip of rows at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from engine.imaging.colour import check_profile, cmyk_to_rgb, strips


@dataclass(frozen=True)
class Planes:
    """Decoded samples as stored, before orientation.

    Args:
        pixels: (H, W, 1) or (H, W, 3), uint8 or uint16.
        alpha: (H, W) straight, same dtype, or None.
        icc: Profile of `pixels`; None means sRGB.
        warnings: What a person should know.
    """

    pixels: npt.NDArray[Any]
    alpha: npt.NDArray[Any] | None
    icc: bytes | None
    warnings: tuple[str, ...] = ()


def split(samples: npt.NDArray[Any], icc: bytes | None) -> Planes:
    """Planes of interleaved samples (H, W) or (H, W, 1 to 4); the second or fourth channel is straight alpha."""
    if samples.ndim == 2:
        samples = samples[:, :, None]
    alpha = None
    if samples.shape[2] in (2, 4):
        alpha = np.ascontiguousarray(samples[:, :, -1])
        samples = np.ascontiguousarray(samples[:, :, :-1])
    icc, warning = check_profile(icc, "gray" if samples.shape[2] == 1 else "rgb")
    return Planes(samples, alpha, icc, (warning,) if warning else ())


def decode_png16(data: bytes, icc: bytes | None) -> Planes:
    """Planes of a PNG with 16 bits a channel (Pillow would reduce colour to 8)."""
    return split(imagecodecs.png_decode(data), icc)


def decode_pillow(image: Image.Image) -> Planes:
    """Planes of any picture that Pillow decodes without loss of depth, palettes, 1 bit, CMYK and Lab among them."""
    icc: bytes | None = image.info.get("icc_profile")
    if image.mode.startswith("I;16"):
        return split(np.array(image, np.uint16), icc)
    if image.mode == "CMYK":
        return _decode_cmyk(image, icc)
    if image.mode == "LAB":
        return _decode_lab(image)
    mode = _working_mode(image)
    channels = len(mode.replace("A", ""))
    pixels = np.empty((image.height, image.width, channels), np.uint8)
    alpha = np.empty((image.height, image.width), np.uint8) if mode.endswith("A") else None
    for rows in strips(image.height, image.width):
        strip = np.asarray(_strip(image, rows).convert(mode)).reshape(-1, image.width, len(mode))
        pixels[rows] = strip[:, :, :channels]
        if alpha is not None:
            alpha[rows] = strip[:, :, -1]
    icc, warning = check_profile(icc, "gray" if channels == 1 else "rgb")
    return Planes(pixels, alpha, icc, (warning,) if warning else ())


def _working_mode(image: Image.Image) -> str:
    grey = image.mode in ("1", "L", "LA", "La")
    if image.has_transparency_data:
        return "LA" if grey else "RGBA"
    return "L" if grey else "RGB"


def _decode_cmyk(image: Image.Image, icc: bytes | None) -> Planes:
    # Pillow has already undone the inversion that Adobe's JPEGs carry: 0 is no ink here.
    icc, warning = check_profile(icc, "cmyk")
    warnings = [warning] if warning else []
    if icc is None:
        warnings.append("This CMYK picture has no colour profile: its colours are approximate.")
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for rows in strips(image.height, image.width):
        pixels[rows] = cmyk_to_rgb(np.asarray(_strip(image, rows)), icc)
    return Planes(pixels, None, None, tuple(warnings))


def _decode_lab(image: Image.Image) -> Planes:
    to_srgb = ImageCms.buildTransform(
        ImageCms.createProfile("LAB"),
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")),
        "LAB",
        "RGB",
    )
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for rows in strips(image.height, image.width):
        converted = ImageCms.applyTransform(_strip(image, rows), to_srgb)
        pixels[rows] = np.asarray(converted)
    return Planes(pixels, None, None)


def _strip(image: Image.Image, rows: slice) -> Image.Image:
    return image.crop((0, rows.start, image.width, rows.stop))
