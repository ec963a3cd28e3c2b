"""Time to open a project of poses, and to write one change to its journal, divided by json.loads of the same file.

The people have all 16 joints in the picture and in space, every number with all its digits. Opening is everything:
reading, checking, the people in memory. The rounds take turns, so that all see the same machine.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.click import _peak_mb

LIMITS = {"open": 1.5, "append": 0.02}
"""Largest ratio to json.loads of the file."""


def main() -> int:
    """Measure, print and, when asked, write JSON; the exit code is 0 also when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=25_000, help="(default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=7, help="(default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="where the project is written (default: a temporary folder)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    arguments = parser.parse_args()
    os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        figures = pool.apply(measure, (arguments.people, arguments.rounds, arguments.folder))
    print(
        f"{figures['people']} people, {figures['megabytes']:.1f} MB: json.loads {figures['json_ms']:.0f} ms, "
        f"save {figures['save_ms']:.0f} ms" + (f", peak {peak:.0f} MB" if (peak := figures["peak_mb"]) else "")
    )
    for which, limit in LIMITS.items():
        ratio = figures[f"{which}_ratio"]
        verdict = "within" if ratio <= limit else "OVER"
        print(
            f"{which:7s} {figures[f'{which}_ms']:8.2f} ms   {ratio:.4f} x json.loads, {verdict} the limit of {limit:g}"
        )
    if arguments.json:
        arguments.json.write_text(json.dumps(figures | {"limits": LIMITS}, indent=2) + "\n", encoding="utf-8")
    return 0


def measure(people: int, rounds: int, folder: Path | None) -> dict[str, Any]:
    """Median times in ms, their ratios to json.loads, and memory in MB."""
    from engine.pose.project.project import Project

    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "set.json"
        project = Project(_crowd(people))
        save_ms = _ms(partial(project.save, path))
        del project
        times: dict[str, list[float]] = {"json": [], "open": [], "append": []}
        for _ in range(rounds):
            times["json"].append(_ms(lambda: json.loads(path.read_bytes())))
            times["open"].append(_ms(lambda: Project.open(path)))
            times["append"] += _appended(Project.open(path))
            path.with_name("set.json.journal").unlink()
        size = path.stat().st_size
    median = {name: statistics.median(values) for name, values in times.items()}
    return {
        "people": people,
        "megabytes": size / 1e6,
        "save_ms": save_ms,
        "peak_mb": _peak_mb(),
        **{f"{name}_ms": value for name, value in median.items()},
        **{f"{name}_ratio": median[name] / median["json"] for name in LIMITS},
    }


def _appended(project: Any) -> list[float]:
    """Times in ms of changes of one person on their way to the disk."""
    changed = replace(project.people[0], notes="changed")
    times = []
    for _ in range(5):
        project.replace(0, changed)
        times.append(_ms(lambda: project.append(project.take_unwritten())))
    return times


def _crowd(count: int) -> list[Any]:
    import numpy as np

    from engine.pose.camera import WeakPerspective
    from engine.pose.project.person import Person, PoseState

    random = np.random.default_rng(0)
    people = []
    for i in range(count):
        pose = random.normal(0, 300, (16, 3))
        pose[7] = 0
        state = PoseState(
            random.uniform(0, 1000, (16, 2)),
            random.integers(1, 3, 16),
            pose=pose,
            camera=WeakPerspective(*random.uniform(0.1, 1000, 3).tolist()),
        )
        image = f"{i // 2:09d}.jpg"
        people.append(Person(f"{image}#{i % 2 + 1}", image, state, center=(500.5, 300.5), scale=3.1, split="train"))
    return people


def _ms(act: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    sys.exit(main())
