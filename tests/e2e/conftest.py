"""The real program in a process of its own, with a small network whose weights are random but whose files are real."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from skimage.data import astronaut

from engine.crop.planes import MEAN, STD
from engine.weights import ARCHITECTURES, DataSource, Normalisation, WeightsCard, build, save_weights

ROOT = Path(__file__).resolve().parents[2]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


ARGUMENTS = {"widths": [8, 8, 16, 16, 16], "depths": [1, 1, 1, 1]}


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A weights folder with an untrained `deepcrop` and an untrained `skeleton`."""
    folder = tmp_path_factory.mktemp("weights")
    for name in ("deepcrop", "skeleton"):
        torch.manual_seed(0)
        card = WeightsCard(
            name=name,
            architecture=ARCHITECTURES[name],
            arguments=ARGUMENTS,
            input="RGB",
            normalisation=Normalisation(mean=MEAN, std=STD),
            data=(DataSource(name="none", terms="none"),),
            licence="Apache-2.0",
            training_command="none: random",
            commit="0" * 40,
        )
        net = build(name, ARGUMENTS)
        for key, values in net.named_parameters():
            if name == "skeleton" and key == "types.weight":
                torch.nn.init.normal_(values, std=20)  # sure of itself, so that there is something to trace
        save_weights(net, folder / f"{name}.safetensors", card)
    return folder


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
