"""deepskel --self-test: does this installation work? Made for people with a problem and for packaged programs."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import DeepSkelError


def self_test(_: argparse.Namespace) -> int:
    """Run every check and tell how each went; 0 when all of them passed."""
    failed = 0
    for name, check in CHECKS.items():
        try:
            note, mark = check(), "ok"
        except DeepSkelError as error:
            note, mark = str(error), "FAILED"
        except Exception as error:
            note, mark = f"{type(error).__name__}: {error}", "FAILED"
        failed += mark == "FAILED"
        print(f"{mark:7}{name}: {note}", flush=True)
    print("Everything works." if not failed else f"{failed} of {len(CHECKS)} checks failed.")
    return 1 if failed else 0


def _libraries() -> str:
    import cv2
    import torch
    import torchvision

    return f"torch {torch.__version__}, torchvision {torchvision.__version__}, OpenCV {cv2.__version__}"


def _files() -> str:
    """A cut-out of 16 bits written and read back."""
    from engine.imaging.cutout import cut_out
    from engine.imaging.load import load
    from engine.imaging.photo import Photo
    from engine.imaging.save import save

    pixels = np.random.default_rng(0).integers(0, 65536, (48, 64, 3), np.uint16)
    alpha = np.zeros((48, 64), np.uint8)
    alpha[8:40, 16:48] = 255
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cut-out.png"
        save(cut_out(Photo.from_array(pixels), alpha), path)
        back = load(path)
    expected = np.where(alpha[..., None] > 0, pixels, 0)
    if back.alpha is None or not (np.array_equal(back.pixels, expected) and np.array_equal(back.alpha > 0, alpha > 0)):
        raise RuntimeError("a cut-out came back from its file with other pixels")
    return "a cut-out of 16 bits came back from its file unchanged"


def _device() -> str:
    from engine.device import choose

    device = choose()
    return f"{device.name}, {str(device.dtype).removeprefix('torch.')}. {device.reason}"


def _crop() -> str:
    """The default network on a red disc over green."""
    from engine.crop.methods import make_method
    from engine.crop.prompts import Click
    from engine.device import choose
    from engine.imaging.photo import Photo

    rows, columns = np.mgrid[:192, :256]
    disc = np.hypot(columns - 128, rows - 96) < 50
    picture = np.where(disc[..., None], (200, 40, 30), (60, 130, 70)).astype(np.uint8)
    session = make_method("deepcrop", device=choose()).session(Photo.from_array(picture))
    session.set_prompts((Click(128, 96),))
    prediction = session.predict()
    mask = prediction.mask()
    iou = np.count_nonzero(mask & disc) / np.count_nonzero(mask | disc)
    if iou < 0.5:
        raise RuntimeError(f"a disc was cut out with an IoU of only {iou:.2f}")
    return f"a disc was cut out with an IoU of {iou:.2f} in {prediction.seconds * 1000:.0f} ms"


def _skeleton() -> str:
    """The default skeleton network on a dark bar over light ground."""
    from engine.device import choose
    from engine.imaging.photo import Photo
    from engine.skeleton.methods import make_skeleton_method
    from engine.skeleton.recover import recover_mask
    from engine.skeleton.session import SkeletonSession

    rows, columns = np.mgrid[:192, :256]
    bar = (np.abs(rows - 96) < 20) & (np.abs(columns - 128) < 88)
    picture = np.where(bar[..., None], (90, 50, 40), (205, 210, 190)).astype(np.uint8)
    method = make_skeleton_method("skeleton", device=choose())
    prediction = SkeletonSession(Photo.from_array(picture), method).predict()
    mask = recover_mask(prediction.graph()) > 0
    iou = np.count_nonzero(mask & bar) / np.count_nonzero(mask | bar)
    if iou < 0.5:
        raise RuntimeError(f"the circles of a bar's skeleton cover it with an IoU of only {iou:.2f}")
    return f"the circles of a bar's skeleton cover it with an IoU of {iou:.2f}, {prediction.seconds * 1000:.0f} ms"


def _pose() -> str:
    """A person lifted from the joints in the picture, and the pose networks on a picture without anybody."""
    from engine.device import choose
    from engine.imaging.photo import Photo
    from engine.pose.lifting.lift import lift
    from engine.pose.methods import make_pose_method
    from engine.pose.session import PoseSession

    standing = np.array(
        [(40, 190), (42, 150), (44, 110), (56, 110), (58, 150), (60, 190), (50, 110), (50, 60), (50, 48), (50, 28),
         (30, 100), (32, 80), (36, 60), (64, 60), (68, 80), (70, 100)], float,
    )  # fmt: skip
    lifted = lift(standing[None])
    error = float(np.nanmean(lifted.reprojection))
    if not lifted.found[0] or error > 5:
        raise RuntimeError(f"somebody who stands was lifted with an error of {error:.1f} px")
    picture = Photo.from_array(np.full((192, 256, 3), 127, np.uint8))
    prediction = PoseSession(picture, make_pose_method("pose", device=choose())).predict()
    return f"somebody who stands was lifted within {error:.1f} px; the networks took {prediction.seconds * 1000:.0f} ms"


def _space() -> str:
    """OpenGL for the 3D view; without it the view is drawn by Qt, so this cannot fail."""
    from app.canvas3d.canvas import PoseCanvas
    from app.canvas3d.scene import Scene
    from app.run import make_application
    from engine.pose.lifting.dictionary import load_dictionary

    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = make_application()
    canvas = PoseCanvas()
    canvas.resize(300, 300)
    canvas.show_scene(Scene(load_dictionary().mean))
    canvas.show()
    application.processEvents()
    empty = canvas.grab().isNull()
    problem = canvas.problem
    canvas.finish()
    canvas.close()
    if empty:
        raise RuntimeError("the pose could not be drawn")
    return f"drawn by Qt alone: {problem}" if problem else "drawn by OpenGL"


def _window() -> str:
    """The real window, drawn without a display where there is none."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QSettings
    from PySide6.QtGui import QGuiApplication

    from app.run import run_window
    from app.settings import Settings
    from app.window import MainWindow

    notes = []

    def look(window: MainWindow) -> None:
        picture = window.grab()
        if not picture.isNull():
            platform = QGuiApplication.platformName()
            notes.append(f"drawn at {picture.width()} x {picture.height()} pixels by “{platform}”")
        window.close()

    with tempfile.TemporaryDirectory() as folder:
        store = QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat)
        run_window(settings=Settings(store), on_ready=look)
    if not notes:
        raise RuntimeError("the window could not be drawn")
    return notes[0]


CHECKS: dict[str, Callable[[], Any]] = {
    "libraries": _libraries,
    "files": _files,
    "device": _device,
    "crop": _crop,
    "skeleton": _skeleton,
    "pose": _pose,
    "space": _space,
    "window": _window,
}
