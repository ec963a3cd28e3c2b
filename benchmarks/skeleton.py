"""Time from a photo to its skeleton and mask, divided by one VGG-16 forward at the same size in the same run.

Inference is everything: photo, reading by the network, suppression, graph, circles, recovered mask. The VGG-16
(torchvision, float32, eager, 512 x 512) is timed between the rounds, so that both see the same machine. The second part
times circles and masks of a large photo; it runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import statistics
import sys
from pathlib import Path
from typing import Any

from benchmarks.click import _peak_mb, _timed

LIMIT = 0.5
"""Largest ratio of the default method's inference to one VGG-16 forward."""
SIDE = 512
"""Width and height of the photo, and of what VGG-16 sees, pixels."""


def main() -> int:
    """Measure, print and, when asked, write JSON; the exit code is 0 also when the limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", nargs="+", default=["skeleton"], help="methods to measure (default: skeleton)")
    parser.add_argument("--read-at", type=int, metavar="PIXELS", help="longer side of the picture (default: its own)")
    parser.add_argument("--megapixels", type=float, default=24.0, help="size of the large photo (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=9, help="rounds after the first (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=2, help="threads of torch and OpenCV (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    arguments = parser.parse_args()

    report: dict[str, Any] = {"side": SIDE, "threads": arguments.threads, "limit": LIMIT, "models": {}}
    spawn = multiprocessing.get_context("spawn")
    for model in arguments.model:
        with spawn.Pool(1) as pool:
            figures = pool.apply(inference, (model, arguments.rounds, arguments.threads, arguments.read_at))
        report["models"][model] = figures
        weights = "" if figures["trained"] else "   FRESH RANDOM WEIGHTS"
        print(
            f"{model:10s} {figures['inference_ms']:7.1f} ms, read at {figures['read_at']} px   "
            f"VGG-16 {figures['vgg16_ms']:7.1f} ms   ratio {figures['ratio']:.2f}, "
            f"{'within' if figures['ratio'] <= LIMIT else 'OVER'} the limit of {LIMIT:g}{weights}",
            flush=True,
        )
        parts = "   ".join(f"{name} {took:.1f} ms" for name, took in figures["parts_ms"].items())
        print(f"{'':10s} {parts}   {figures['points']} points")
    with spawn.Pool(1) as pool:
        report["large"] = large = pool.apply(large_mask, (arguments.megapixels, arguments.rounds, arguments.threads))
    parts = "   ".join(f"{name} {took:.0f} ms" for name, took in large["parts_ms"].items())
    peak = f"{large['peak_mb']:.0f} MB" if large["peak_mb"] is not None else "unknown"
    print(f"{large['megapixels']:.1f} MP    {parts}   {large['points']} points   peak memory {peak}")
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def inference(name: str, rounds: int, threads: int, read_at: int | None) -> dict[str, Any]:
    """Median times in ms of a whole inference, of its parts and of VGG-16, and the ratio."""
    import cv2
    import numpy as np
    import torch
    from skimage.data import coffee
    from torchvision.models import vgg16

    from engine.imaging.photo import Photo
    from engine.skeleton.circles import inscribed_circles
    from engine.skeleton.recover import recover_mask
    from engine.skeleton.session import SkeletonSession, SkeletonSettings

    torch.set_num_threads(threads)
    cv2.setNumThreads(threads)
    method, trained = _method(name)
    photo = Photo.from_array(cv2.resize(coffee(), (SIDE, SIDE), interpolation=cv2.INTER_AREA))
    settings = SkeletonSettings(photo_size=read_at) if read_at else SkeletonSettings()
    reference, blank = vgg16(weights=None).eval(), torch.rand(1, 3, SIDE, SIDE)

    def forward() -> None:
        with torch.inference_mode():
            reference(blank)

    vgg, whole, parts = [], [], []
    for _ in range(rounds + 1):
        vgg.append(_timed(forward)[0])
        read_ms, prediction = _timed(lambda: SkeletonSession(photo, method, settings).predict())
        # Untrained maps have no threshold of their own: the fiftieth of the pixels that answers most is more than a
        # photo full of objects has.
        threshold = prediction.threshold if trained else float(np.quantile(prediction.suppressed, 0.98))
        graph_ms, graph = _timed(lambda p=prediction, t=threshold: p.graph(t))
        circles_ms, _ = _timed(lambda g=graph: inscribed_circles(g, 0.1))
        mask_ms, _ = _timed(lambda g=graph: recover_mask(g))
        parts.append((read_ms, graph_ms, circles_ms, mask_ms))
        whole.append(sum(parts[-1]))
    del vgg[0], whole[0], parts[0]  # the first round warms up
    return {
        "trained": trained,
        "read_at": max(prediction.reading.probability.shape),
        "vgg16_ms": statistics.median(vgg),
        "inference_ms": statistics.median(whole),
        "ratio": statistics.median(whole) / statistics.median(vgg),
        "parts_ms": {
            part: statistics.median(took)
            for part, took in zip(("reading", "graph", "circles", "mask"), zip(*parts, strict=True), strict=True)
        },
        "points": len(graph.points),
    }


def large_mask(megapixels: float, rounds: int, threads: int) -> dict[str, Any]:
    """Median times in ms from a large mask to its medial axis, circles and back, and peak memory in MB."""
    import cv2
    import numpy as np
    from skimage.data import horse

    from engine.skeleton.circles import inscribed_circles
    from engine.skeleton.medial import medial_graph
    from engine.skeleton.recover import recover_confidence, recover_mask

    cv2.setNumThreads(threads)
    height = round(math.sqrt(megapixels * 1e6 / 1.5))
    grey = cv2.resize((~horse()).astype(np.uint8) * 255, (round(height * 1.5), height), interpolation=cv2.INTER_CUBIC)
    mask = grey > 127
    parts = []
    for _ in range(max(1, rounds // 3)):
        axis_ms, graph = _timed(lambda: medial_graph(mask))
        circles_ms, _ = _timed(lambda g=graph: inscribed_circles(g, 0.1))
        mask_ms, recovered = _timed(lambda g=graph: recover_mask(g))
        soft_ms, _ = _timed(lambda g=graph, m=recovered: recover_confidence(g, m))
        parts.append((axis_ms, circles_ms, mask_ms, soft_ms))
    both, either = np.count_nonzero(mask & (recovered > 0)), np.count_nonzero(mask | (recovered > 0))
    names = ("medial axis", "circles", "mask", "soft mask")
    return {
        "megapixels": mask.size / 1e6,
        "parts_ms": {part: statistics.median(took) for part, took in zip(names, zip(*parts, strict=True), strict=True)},
        "points": len(graph.points),
        "iou": both / either,
        "peak_mb": _peak_mb(),
    }


def _method(name: str) -> tuple[Any, bool]:
    """The method, and whether its weights are trained: without a weights file its network is timed as built."""
    from engine.errors import WeightsError
    from engine.skeleton.methods import make_skeleton_method

    try:
        return make_skeleton_method(name, "cpu"), True
    except WeightsError:
        pass
    from unittest.mock import patch

    from engine.weights import build

    with patch("engine.skeleton.network.load_net", lambda name, device, folder=None: build(name).eval()):
        return make_skeleton_method(name, "cpu"), False


if __name__ == "__main__":
    sys.exit(main())
