"""deepskel skeleton: find the skeletons of a photo's objects, or of the clicked object alone."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.cli.common import choose_device, clicks_of, compute, note, open_photo
from app.cli.crop import NewSession, default_session
from engine.crop.prediction import Prediction
from engine.crop.prompts import Click
from engine.device import Device
from engine.errors import InputError
from engine.imaging.photo import Photo
from engine.imaging.save import check_ending as check_mask_ending
from engine.imaging.save import save
from engine.skeleton.circles import inscribed_circles
from engine.skeleton.export import check_ending, export
from engine.skeleton.files.style import Style
from engine.skeleton.graph import SkeletonGraph
from engine.skeleton.medial import medial_graph
from engine.skeleton.recover import recover_mask
from engine.skeleton.session import SkeletonSession

NewSkeletons = Callable[[Photo, Device], SkeletonSession]


def default_skeletons(photo: Photo, device: Device) -> SkeletonSession:
    """A session of the default network."""
    from engine.skeleton.methods import make_skeleton_method

    return SkeletonSession(photo, make_skeleton_method("skeleton", device=device))


@dataclass(frozen=True)
class _Found:
    """A skeleton in source pixels; `threshold` is None for a medial axis; `seconds` without loading the networks."""

    graph: SkeletonGraph
    threshold: float | None
    seconds: float


def skeleton(
    arguments: argparse.Namespace,
    new_session: NewSession = default_session,
    new_skeletons: NewSkeletons = default_skeletons,
) -> int:
    """Find, write, and tell.

    Raises:
        DeepSkelError: Whatever went wrong, with its exit code.
    """
    clicks = clicks_of(arguments)
    _check(arguments, clicks)
    device = choose_device(arguments)
    photo = open_photo(arguments, clicks)

    def find(on: Device) -> _Found:
        if not clicks:
            return _predicted(new_skeletons(photo, on), arguments)
        session = new_session(photo, on)
        session.set_prompts(clicks)
        clicked = session.predict()
        if not clicked.mask().any():
            note("The clicked object is empty: nothing was found there.")
            return _Found(SkeletonGraph(photo.size), None, clicked.seconds)
        if arguments.medial:
            return _medial(clicked)
        return _predicted(new_skeletons(photo, on), arguments, clicked)

    found, device = compute(arguments, device, find)
    if found.graph.empty:
        note("No skeleton was found.")
    circles = None if arguments.circles is None else inscribed_circles(found.graph, arguments.circles)
    _write(photo, found, circles, arguments)
    if arguments.json:
        print(json.dumps(_record(found, circles, device, arguments), indent=2))
    return 0


def _check(arguments: argparse.Namespace, clicks: tuple[Click, ...]) -> None:
    """Refuse what makes no sense before any work is done."""
    if clicks and not any(click.positive for click in clicks):
        raise InputError("Nothing says where the object is.", "Give at least one --click X,Y beside --not.")
    if arguments.medial:
        if not clicks:
            raise InputError("A medial axis needs an object.", "Give at least one --click X,Y.")
        if arguments.threshold is not None or arguments.multi_scale:
            raise InputError(
                "A medial axis has no threshold and no scales.", "Leave --threshold and --multi-scale out."
            )
    check_ending(arguments.output)
    if arguments.mask is not None:
        check_mask_ending(arguments.mask)
        if Path(arguments.mask).resolve() == Path(arguments.output).resolve():
            raise InputError("The skeleton and its mask cannot be one file.", "Give --mask another name.")


def _predicted(session: SkeletonSession, arguments: argparse.Namespace, clicked: Prediction | None = None) -> _Found:
    within = clicked.probability() if clicked else None
    prediction = session.predict(within=within, multi_scale=arguments.multi_scale)
    threshold = prediction.threshold if arguments.threshold is None else arguments.threshold
    seconds = prediction.seconds + (clicked.seconds if clicked else 0)
    return _Found(prediction.graph(threshold), threshold, seconds)


def _medial(clicked: Prediction) -> _Found:
    started = time.perf_counter()
    graph = medial_graph(clicked.mask())
    return _Found(graph, None, clicked.seconds + time.perf_counter() - started)


def _write(photo: Photo, found: _Found, circles: npt.NDArray[np.intp] | None, arguments: argparse.Namespace) -> None:
    export(
        found.graph,
        arguments.output,
        photo=photo,
        circles=circles,
        style=Style(by=arguments.colour, backdrop=arguments.backdrop),
        threshold=found.threshold,
        overwrite=arguments.overwrite,
    )
    if arguments.mask is not None:
        save(recover_mask(found.graph), arguments.mask, overwrite=arguments.overwrite, source=photo.path)


def _record(
    found: _Found, circles: npt.NDArray[np.intp] | None, device: Device, arguments: argparse.Namespace
) -> dict[str, Any]:
    graph = found.graph
    return {
        "photo": str(arguments.photo),
        "output": str(arguments.output),
        "mask": None if arguments.mask is None else str(arguments.mask),
        "width": graph.size[0],
        "height": graph.size[1],
        "threshold": found.threshold,
        "nodes": len(graph.nodes),
        "branches": len(graph.branches),
        "parts": len(set(graph.part_of.tolist())),
        "points": len(graph.points),
        "length": round(sum(branch.length for branch in graph.branches), 3),
        "radius": None if graph.empty else [round(float(end), 3) for end in (graph.radius.min(), graph.radius.max())],
        "circles": None if circles is None else len(circles),
        "seconds": found.seconds,
        "device": device.name,
        "precision": str(device.dtype).removeprefix("torch."),
    }
