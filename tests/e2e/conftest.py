"""The real program in a process of its own, with a small network whose weights are random but whose files are real."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from skimage.data import astronaut

from engine.crop.planes import MEAN, STD
from engine.device import choose
from engine.imaging.window import Pyramid
from engine.nets.map_net import REACH
from engine.pose.hypotheses import Look
from engine.pose.methods import PoseSettings
from engine.pose.network import JointDetector
from engine.pose.person import box_window
from engine.weights import ARCHITECTURES, DataSource, Normalisation, WeightsCard, build, load_net, save_weights

ROOT = Path(__file__).resolve().parents[2]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


COMPACT = {"widths": [8, 8, 16, 16, 16], "depths": [1, 1, 1, 1]}
ARGUMENTS = {
    "deepcrop": COMPACT,
    "skeleton": COMPACT,
    "hourglass": {"stacks": 1, "channels": 16},
    "pose_maps": COMPACT,
    "pose_regressor": {"widths": [8, 8, 16, 16], "depths": [1, 1, 1]},
}


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A weights folder with an untrained network of every kind that is used."""
    folder = tmp_path_factory.mktemp("weights")
    for name, given in ARGUMENTS.items():
        torch.manual_seed(0)
        card = WeightsCard(
            name=name,
            architecture=ARCHITECTURES[name],
            arguments=given,
            input="RGB",
            normalisation=Normalisation(mean=MEAN, std=STD),
            data=(DataSource(name="none", terms="none"),),
            licence="Apache-2.0",
            training_command="none: random",
            commit="0" * 40,
        )
        net = build(name, given)
        for key, values in net.named_parameters():
            if name == "skeleton" and key == "types.weight":
                torch.nn.init.normal_(values, std=20)  # sure of itself, so that there is something to trace
            if name == "hourglass" and key == "heat.0.bias":
                torch.nn.init.constant_(values, 0.6)  # sure of its joints, so that cameras are fitted
        if name == "pose_regressor":
            _know_the_box(net, folder)
        save_weights(net, folder / f"{name}.safetensors", card)
    return folder


BOX = (100, 10, 420, 510)
"""Of the person in `photo`."""


def _know_the_box(regressor: torch.nn.Module, folder: Path) -> None:
    """Make a regressor that always says what the untrained detector sees in BOX, one pixel being a millimetre."""
    device = choose("cpu")
    detector = JointDetector(load_net("hourglass", device, folder=folder), device, PoseSettings().detector)
    seen = detector([Look(Pyramid(astronaut()), box_window(*BOX))]).xy[0]
    head = regressor.get_submodule("head.pose")
    torch.nn.init.zeros_(head.get_parameter("weight"))
    pose = np.concatenate([seen, np.zeros((len(seen), 1))], 1) / REACH
    head.get_parameter("bias").data.copy_(torch.from_numpy(pose.ravel()))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A real photo under a name that is not ASCII."""
    from PIL import Image

    path = tmp_path / "Фото é.jpg"
    Image.fromarray(astronaut()).save(path, quality=92)
    return path


@pytest.fixture
def environment(weights: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "DEEPSKEL_WEIGHTS": str(weights)}


@pytest.fixture
def deepskel(tmp_path: Path, environment: dict[str, str]) -> Run:
    """Run `deepskel ARGUMENTS` away from the source folder; keyword arguments are further environment variables."""

    def run(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "app", *map(str, arguments)],
            cwd=tmp_path,
            env=environment | variables,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=240,
            check=False,
        )

    return run
