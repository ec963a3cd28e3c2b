"""Time from a click to its mask on large photos, divided by one ResNet-18 forward at 224 x 224 in the same run.

Each photo size is measured in a process of its own, so that its peak memory is its own. The first click is timed from a
session's creation on; later clicks add to it. The ResNet-18 (float32, eager) is timed between the clicks, so that both
see the same machine.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LIMITS = {"first": 6.0, "later": 4.0}
"""Largest ratio to one ResNet-18 forward, on the first of the sizes."""

# Points on the cup and the spoon of the picture, as fractions of its width and height.
CLICKS = ((0.45, 0.45), (0.62, 0.55), (0.35, 0.55), (0.50, 0.70), (0.55, 0.30))


def main() -> int:
    """Measure, print and, when asked, write JSON; the exit code is 0 also when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="deepcrop", help="method to measure (default: %(default)s)")
    parser.add_argument("--megapixels", type=float, nargs="+", default=[24.0, 100.0], help="photo sizes")
    parser.add_argument("--rounds", type=int, default=7, help="sessions per size (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=2, help="threads of torch and OpenCV (default: %(default)s)")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    arguments = parser.parse_args()

    sizes: dict[str, Any] = {}
    report: dict[str, Any] = {"model": arguments.model, "threads": arguments.threads, "limits": LIMITS, "sizes": sizes}
    spawn = multiprocessing.get_context("spawn")
    for megapixels in arguments.megapixels:
        with spawn.Pool(1) as pool:
            sizes[f"{megapixels:g}"] = figures = pool.apply(
                measure, (arguments.model, arguments.device, megapixels, arguments.rounds, arguments.threads)
            )
        print(_row(figures), flush=True)
    first_size = next(iter(sizes.values()))
    report["pass"] = {which: first_size[f"{which}_ratio"] <= limit for which, limit in LIMITS.items()}
    for which, limit in LIMITS.items():
        verdict = "within" if report["pass"][which] else "OVER"
        print(f"{which} click: {first_size[f'{which}_ratio']:.2f} x ResNet-18, {verdict} the limit of {limit:g}")
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def measure(model: str, device_name: str, megapixels: float, rounds: int, threads: int) -> dict[str, Any]:
    """Median times in ms, their ratios to ResNet-18, and memory in MB, for one photo size."""
    import cv2
    import torch
    from torchvision.models import resnet18

    from engine.crop.methods import make_method
    from engine.crop.prompts import Click
    from engine.device import choose
    from engine.imaging.photo import Photo

    torch.set_num_threads(threads)
    cv2.setNumThreads(threads)
    method = make_method(model, choose(device_name))
    photo = Photo.from_array(synthetic_photo(megapixels))
    clicks = tuple(Click(x * photo.width, y * photo.height) for x, y in CLICKS)
    reference, blank = resnet18(weights=None).eval(), torch.rand(1, 3, 224, 224)

    def forward() -> None:
        with torch.inference_mode():
            reference(blank)

    resnet, first, later = [], [], []
    for number in range(rounds + 1):
        # Each session starts with another click, and each prediction adds the next.
        order = clicks[number % len(clicks) :] + clicks[: number % len(clicks)]

        def start(order: tuple[Click, ...] = order) -> Any:
            session = method.session(photo)
            session.set_prompts(order[:1])
            session.predict()
            return session

        took, session = _timed(start)
        first.append(took)
        for count in range(2, len(order) + 1):
            forward()  # the click before it emptied the caches
            resnet.append(_timed(forward)[0])
            session.set_prompts(order[:count])
            later.append(_timed(session.predict)[0])
    del first[0], later[: len(clicks) - 1], resnet[: len(clicks) - 1]  # the first round warms up
    base = statistics.median(resnet)
    return {
        "megapixels": photo.width * photo.height / 1e6,
        "width": photo.width,
        "height": photo.height,
        "resnet18_ms": base,
        "first_ms": statistics.median(first),
        "later_ms": statistics.median(later),
        "first_ratio": statistics.median(first) / base,
        "later_ratio": statistics.median(later) / base,
        "peak_mb": _peak_mb(),
        "photo_mb": photo.pixels.nbytes / 1e6,
    }


def synthetic_photo(megapixels: float) -> Any:
    """(H, W, 3) uint8: scikit-image's cup of coffee enlarged to 3 : 2 and covered with sensor noise."""
    import cv2
    import numpy as np
    from skimage.data import coffee

    height = round(math.sqrt(megapixels * 1e6 / 1.5))
    photo = cv2.resize(coffee(), (round(height * 1.5), height), interpolation=cv2.INTER_CUBIC)
    generator = np.random.default_rng(0)
    for row in range(0, height, 256):  # in strips, so that the noise does not decide the peak memory
        strip = photo[row : row + 256]
        noise = generator.normal(0, 6, strip.shape).astype(np.float32)
        strip[:] = np.clip(strip + noise, 0, 255).astype(np.uint8)
    return photo


def _timed(action: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    result = action()
    return (time.perf_counter() - begin) * 1000, result


def _peak_mb() -> float | None:
    """Peak resident memory of this process; None where the system does not say (Windows)."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def _row(figures: dict[str, Any]) -> str:
    peak = figures["peak_mb"]
    return (
        f"{figures['megapixels']:6.1f} MP   ResNet-18 {figures['resnet18_ms']:6.1f} ms   "
        f"first click {figures['first_ms']:7.1f} ms ({figures['first_ratio']:.2f} x)   "
        f"later {figures['later_ms']:7.1f} ms ({figures['later_ratio']:.2f} x)   "
        f"peak memory {f'{peak:.0f} MB' if peak is not None else 'unknown'} (photo {figures['photo_mb']:.0f} MB)"
    )


if __name__ == "__main__":
    sys.exit(main())
