"""Time from a photo with a box to matched hypotheses, divided by one ResNet-50 forward at 224 x 224 in the same run.

Reading is everything: photo, window, 2D joints, 18 skeleton maps, 18 poses, cameras, ranking. The ResNet-50
(torchvision, float32, eager) is timed between the rounds, so that both see the same machine. The second part lifts 2D
joints to poses. Each runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import sys
from pathlib import Path
from typing import Any

from benchmarks.click import _peak_mb, _timed

LIMIT = 20.0
"""Largest ratio of the default method's reading to one ResNet-50 forward."""


def main() -> int:
    """Measure, print and, when asked, write JSON; the exit code is 0 also when the limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", nargs="+", default=["pose"], help="methods to measure (default: pose)")
    parser.add_argument("--people", type=int, default=2000, help="how many are lifted (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=9, help="rounds after the first (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=2, help="threads of torch and OpenCV (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    arguments = parser.parse_args()

    report: dict[str, Any] = {"threads": arguments.threads, "limit": LIMIT, "models": {}}
    spawn = multiprocessing.get_context("spawn")
    for model in arguments.model:
        with spawn.Pool(1) as pool:
            figures = pool.apply(reading, (model, arguments.rounds, arguments.threads))
        report["models"][model] = figures
        weights = "" if figures["trained"] else "   FRESH RANDOM WEIGHTS"
        print(
            f"{model:14s} {figures['hypotheses']} hypotheses {figures['reading_ms']:7.1f} ms   "
            f"ResNet-50 {figures['resnet50_ms']:6.1f} ms   ratio {figures['ratio']:.2f}, "
            f"{'within' if figures['ratio'] <= LIMIT else 'OVER'} the limit of {LIMIT:g}   {_memory(figures)}{weights}",
            flush=True,
        )
    # The arithmetic of NumPy takes its threads from here, when it is loaded.
    os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), str(arguments.threads))
    with spawn.Pool(1) as pool:
        report["lifting"] = lifted = pool.apply(lifting, (arguments.people,))
    print(
        f"lifting        {lifted['people']} people in {lifted['seconds']:.1f} s: "
        f"{lifted['people_a_minute']:.0f} a minute   {_memory(lifted)}"
    )
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def reading(name: str, rounds: int, threads: int) -> dict[str, Any]:
    """Median times in ms of a whole reading and of ResNet-50, their ratio, and peak memory in MB."""
    import cv2
    import torch
    from skimage.data import astronaut
    from torchvision.models import resnet50

    from engine.crop.prompts import Box
    from engine.imaging.photo import Photo
    from engine.pose.session import PoseSession

    torch.set_num_threads(threads)
    cv2.setNumThreads(threads)
    method, trained = _method(name)
    photo, box = Photo.from_array(astronaut()), Box(20, 0, 440, 512)
    reference, blank = resnet50(weights=None).eval(), torch.rand(1, 3, 224, 224)

    def forward() -> None:
        with torch.inference_mode():
            reference(blank)

    resnet, whole = [], []
    for _ in range(rounds + 1):
        resnet.append(_timed(forward)[0])
        took, prediction = _timed(lambda: PoseSession(photo, method).predict(box=box))
        whole.append(took)
    del resnet[0], whole[0]  # the first round warms up
    return {
        "trained": trained,
        "hypotheses": len(method.read_people([_look(photo)]).origins),
        "found": prediction.found,
        "resnet50_ms": statistics.median(resnet),
        "reading_ms": statistics.median(whole),
        "ratio": statistics.median(whole) / statistics.median(resnet),
        "peak_mb": _peak_mb(),
    }


def lifting(people: int) -> dict[str, Any]:
    """Wall-clock time of lifting people all at once, and peak memory in MB."""
    import numpy as np
    from scipy.spatial.transform import Rotation

    from engine.pose.lifting.dictionary import load_dictionary
    from engine.pose.lifting.lift import lift

    rng, book = np.random.default_rng(0), load_dictionary()
    # The dictionary's own poses, mixed and turned about the vertical, seen from afar.
    mixed = np.einsum("nk,kjd->njd", rng.dirichlet(np.full(len(book.atoms), 0.05), people), book.atoms)
    turns = Rotation.from_euler("y", rng.uniform(0, 360, (people, 1)), degrees=True).as_matrix()
    xy = np.einsum("nij,npj->npi", turns, mixed)[..., :2] * 100 + rng.normal(0, 1, (people, 16, 2)) + 250
    lift(xy[:8])
    took, answer = _timed(lambda: lift(xy))
    return {
        "people": people,
        "found": int(answer.found.sum()),
        "seconds": took / 1000,
        "people_a_minute": people / (took / 60000),
        "peak_mb": _peak_mb(),
    }


def _look(photo: Any) -> Any:
    from engine.imaging.window import Pyramid, Window
    from engine.pose.hypotheses import Look

    return Look(Pyramid(photo.rgb8), Window.square_over(*photo.size))


def _memory(figures: dict[str, Any]) -> str:
    return f"peak memory {figures['peak_mb']:.0f} MB" if figures["peak_mb"] is not None else "peak memory unknown"


def _method(name: str) -> tuple[Any, bool]:
    """The method, and whether its weights are trained: without weights files its networks are timed as built."""
    from engine.errors import WeightsError
    from engine.pose.methods import make_pose_method

    try:
        return make_pose_method(name, "cpu"), True
    except WeightsError:
        pass
    from unittest.mock import patch

    from engine.weights import build

    with patch("engine.pose.methods.load_net", lambda name, device, folder=None: device.place(build(name).eval())):
        return make_pose_method(name, "cpu"), False


if __name__ == "__main__":
    sys.exit(main())
