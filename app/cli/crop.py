"""deepskel crop: cut an object out of a photo."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

from app.cli.common import choose_device, clicks_of, compute, note, open_photo
from engine.crop.prediction import Prediction, Session
from engine.crop.prompts import Box
from engine.device import Device
from engine.errors import InputError
from engine.imaging.cutout import bounding_box, cut_out
from engine.imaging.photo import Photo
from engine.imaging.save import save

NewSession = Callable[[Photo, Device], Session]


def default_session(photo: Photo, device: Device) -> Session:
    """A session of the default network."""
    from engine.crop.methods import make_method

    return make_method("deepcrop", device=device).session(photo)


def crop(arguments: argparse.Namespace, new_session: NewSession = default_session) -> int:
    """Predict, write, and tell.

    Raises:
        DeepSkelError: Whatever went wrong, with its exit code.
    """
    clicks = clicks_of(arguments)
    box = Box(*arguments.box) if arguments.box else None
    if box is None and not any(click.positive for click in clicks):
        raise InputError("Nothing says where the object is.", "Give at least one --click X,Y or a --box.")
    device = choose_device(arguments)
    photo = open_photo(arguments, clicks)

    def predict(on: Device) -> Prediction:
        session = new_session(photo, on)
        session.set_prompts(clicks, box)
        return session.predict(candidate=arguments.candidate)

    prediction, device = compute(arguments, device, predict)
    _write(photo, prediction, arguments)
    if not prediction.mask().any():
        note("The object is empty: nothing was found there.")
    if arguments.json:
        print(json.dumps(_record(prediction, device, arguments), indent=2))
    return 0


def _write(photo: Photo, prediction: Prediction, arguments: argparse.Namespace) -> None:
    alpha = prediction.probability()
    if not arguments.mask_only:
        cutout = cut_out(photo, alpha, trim=arguments.trim)
        save(cutout, arguments.output, overwrite=arguments.overwrite)
        return
    x0, y0, x1, y1 = bounding_box(alpha) if arguments.trim else (0, 0, photo.width, photo.height)
    save(alpha[y0:y1, x0:x1], arguments.output, overwrite=arguments.overwrite, source=arguments.photo)


def _record(prediction: Prediction, device: Device, arguments: argparse.Namespace) -> dict[str, Any]:
    mask = prediction.mask()
    found = bool(mask.any())
    return {
        "photo": str(arguments.photo),
        "output": str(arguments.output),
        "width": prediction.width,
        "height": prediction.height,
        "score": prediction.score,
        "chosen": prediction.chosen,
        "candidates": [candidate.score for candidate in prediction.candidates],
        "box": bounding_box(mask) if found else None,
        "pixels": int(mask.sum()),
        "seconds": prediction.seconds,
        "device": device.name,
        "precision": str(device.dtype).removeprefix("torch."),
    }
