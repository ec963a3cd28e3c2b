"""The real window on a real X screen, driven by real mouse and key events."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.e2e.conftest import ROOT, Run

needs_screen = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("Xvfb") is None, reason="there is no virtual screen (Xvfb)"
)


@needs_screen
def test_the_drive_of_the_window(environment: dict[str, str], tmp_path: Path) -> None:
    without_display = {key: value for key, value in environment.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-m", "app.demo", "--out", str(out)],
        cwd=ROOT,
        env=without_display,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "virtual screen" in done.stdout
    figures = json.loads((out / "timings.json").read_text())
    assert list(figures["steps"]) == [
        "open",
        "first click",
        "second click",
        "export",
        "skeleton",
        "threshold",
        "pose",
        "turn",
    ]
    with Image.open(out / "cut-out.png") as cutout:
        assert cutout.mode == "RGBA"
    assert figures["skeleton_points"] > 0
    for name in ("window.png", "skeleton.png", "pose.png"):
        with Image.open(out / name) as screenshot:
            assert len(screenshot.resize((64, 48)).convert("RGB").getcolors(64 * 48)) > 100, "a blank window"


@needs_screen
def test_a_window_that_cannot_answer_fails_the_drive(environment: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.demo", "--drive", "--out", str(tmp_path / "out")],
        cwd=ROOT,
        env=environment | {"DEEPSKEL_WEIGHTS": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 1
    assert "weights" in done.stderr
    assert not (tmp_path / "out" / "cut-out.png").exists()


def test_self_test_names_what_is_wrong(deepskel: Run, tmp_path: Path) -> None:
    done = deepskel("--self-test", DEEPSKEL_WEIGHTS=str(tmp_path), QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 1
    marks = {line.split()[1].rstrip(":"): line.split()[0] for line in done.stdout.splitlines()[:-1]}
    assert marks == {
        "libraries": "ok",
        "files": "ok",
        "device": "ok",
        "crop": "FAILED",
        "skeleton": "FAILED",
        "pose": "FAILED",
        "space": "ok",
        "window": "ok",
    }, done.stdout
