"""deepskel pose: read the pose of one person in a photo."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.cli.common import choose_device, clicks_of, compute, note, open_photo
from engine.crop.prompts import Box
from engine.device import Device
from engine.errors import InputError
from engine.imaging.photo import Photo
from engine.imaging.save import check_ending as check_picture_ending
from engine.pose.export import check_ending, export, export_plot
from engine.pose.session import PosePrediction, PoseSession

NewPoses = Callable[[Photo, Device], PoseSession]


def default_poses(photo: Photo, device: Device) -> PoseSession:
    """A session of the default networks."""
    from engine.crop.methods import make_method
    from engine.pose.methods import make_pose_method

    return PoseSession(photo, make_pose_method(device=device), lambda: make_method("deepcrop", device))


def pose(arguments: argparse.Namespace, new_poses: NewPoses = default_poses) -> int:
    """Read, write, and tell.

    Raises:
        DeepSkelError: Whatever went wrong, with its exit code.
    """
    clicks = clicks_of(arguments)
    box = Box(*arguments.box) if arguments.box else None
    _check(arguments)
    device = choose_device(arguments)
    photo = open_photo(arguments, clicks)
    prediction, device = compute(
        arguments, device, lambda on: new_poses(photo, on).predict(box=box, clicks=clicks, mute=arguments.mute)
    )
    if not prediction.found:
        note(prediction.problem)
    export(prediction, arguments.output, photo=photo, all_poses=arguments.hypotheses, overwrite=arguments.overwrite)
    if arguments.plot is not None:
        export_plot(prediction, photo, arguments.plot, overwrite=arguments.overwrite)
    if arguments.json:
        print(json.dumps(_record(prediction, device, arguments), indent=2))
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Refuse what makes no sense before any work is done."""
    clicks = clicks_of(arguments)
    if clicks and not any(click.positive for click in clicks):
        raise InputError("Nothing says where the person is.", "Give at least one --click X,Y beside --not.")
    if clicks and arguments.box:
        raise InputError("The person is shown by clicks or by a box, not by both.", "Leave one of them out.")
    if arguments.mute and not clicks:
        raise InputError("Without a click it is not known what the background is.", "Give --click X,Y with --mute.")
    check_ending(arguments.output)
    if arguments.plot is not None:
        check_picture_ending(arguments.plot)
        if Path(arguments.plot).resolve() == Path(arguments.output).resolve():
            raise InputError("The pose and its picture cannot be one file.", "Give --plot another name.")


def _record(prediction: PosePrediction, device: Device, arguments: argparse.Namespace) -> dict[str, Any]:
    window = prediction.window
    return {
        "photo": str(arguments.photo),
        "output": str(arguments.output),
        "plot": None if arguments.plot is None else str(arguments.plot),
        "width": prediction.size[0],
        "height": prediction.size[1],
        "found": prediction.found,
        "problem": prediction.problem or None,
        "window": [round(v, 3) for v in (window.x0, window.y0, window.x0 + window.width, window.y0 + window.height)],
        "joints_seen": int(prediction.sure.sum()),
        "hypotheses": len(prediction.hypotheses),
        "chosen": prediction.chosen if prediction.found else None,
        "reprojection_error": round(prediction.best.reprojection_error, 3) if prediction.found else None,
        "seconds": prediction.seconds,
        "device": device.name,
        "precision": str(device.dtype).removeprefix("torch."),
    }
