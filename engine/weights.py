"""The networks by name: which class builds each, where its weights lie, and whether they can be trusted.

Weights are one safetensors file beside one JSON card of the same name. Folders are searched in this order: the one
given, else the one in the environment variable DEEPSKEL_WEIGHTS, else the user's own folder (where one's own training
goes) and then the weights that come with DeepSkel. Nothing is ever downloaded.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs
import torch
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load as parse_safetensors
from safetensors.torch import save as to_safetensors
from torch import Tensor, nn

from engine.device import Device
from engine.errors import OutputError, WeightsError
from engine.registry import named

ARCHITECTURES: dict[str, str] = {
    "deepcrop": "engine.nets.clicknet:ClickNet",
    "deepcrop_v1": "engine.nets.deepcrop_v1:DeepCropV1",
    "deepcrop_v2": "engine.nets.deepcrop_v2:DeepCropV2",
    "deepmask": "engine.nets.deepmask:DeepMask",
    "skeleton": "engine.nets.skeletonnet:SkeletonNet",
    "fsds": "engine.nets.fsds:FSDS",
    "hed": "engine.nets.hed:HED",
    "lmsds": "engine.nets.lmsds:LMSDS",
    "pose_maps": "engine.nets.posenet:PoseNet",
    "pose_regressor": "engine.nets.map_net:MapNet",
    "pose_rgb": "engine.nets.pose_rgb:PoseRGB",
    "hourglass": "engine.nets.hourglass:Hourglass",
    "skeleton_map": "engine.nets.skeleton_map:SkeletonMapNet",
    "map_regressor": "engine.nets.map_regressor:MapRegressor",
    "direct_pose": "engine.nets.direct_pose:DirectPose",
}
"""Name -> "module:class". The module is imported when the network is built; the class takes the card's `arguments`."""

UNSHIPPED = frozenset(
    {
        "deepcrop_v1",
        "deepcrop_v2",
        "deepmask",
        "direct_pose",
        "hed",
        "lmsds",
        "map_regressor",
        "pose_rgb",
        "skeleton_map",
    }
)
"""Baselines whose weights do not come with DeepSkel, to keep it small: `python -m training fit` makes them."""

FOLDER_VARIABLE = "DEEPSKEL_WEIGHTS"
SHIPPED = Path(__file__).resolve().parents[1] / "resources" / "weights"


class Normalisation(BaseModel):
    """What is subtracted from and divided into RGB in [0, 1]."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mean: tuple[float, float, float]
    std: tuple[float, float, float]


class DataSource(BaseModel):
    """One data set that the weights were trained on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    terms: str


class Evaluation(BaseModel):
    """Measured figures and the command that gives them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: str
    figures: dict[str, float]


class WeightsCard(BaseModel):
    """What a person and a loader must know about a weights file.

    `sha256`, `bytes` and `parameters` describe the file and are filled in by `save_weights`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    architecture: str
    """"module:class", as in ARCHITECTURES."""
    arguments: dict[str, Any] = {}
    """Keyword arguments of the class."""
    input: str
    normalisation: Normalisation
    data: tuple[DataSource, ...]
    licence: str
    training_command: str
    commit: str
    evaluation: Evaluation | None = None
    sha256: str = ""
    bytes: int = 0
    parameters: int = 0


@dataclass(frozen=True, slots=True)
class WeightsState:
    """What is known of a network's weights without loading them.

    Args:
        name: Name of the network.
        path: The file found, or where it would be.
        present: The file exists.
        hash_ok: Its SHA-256 is the card's.
        card: Its card, None when it is missing or cannot be read.
        problem: Why `load_net` would refuse it; "" when it would not for these reasons.
    """

    name: str
    path: Path
    present: bool
    hash_ok: bool
    card: WeightsCard | None
    problem: str = ""


def user_folder() -> Path:
    """Where a person puts weights of their own."""
    return platformdirs.user_data_path("deepskel", appauthor=False) / "weights"


def folders(folder: Path | None = None) -> tuple[Path, ...]:
    """The folders that are searched, in this order."""
    if folder is not None:
        return (folder,)
    if override := os.environ.get(FOLDER_VARIABLE):
        return (Path(override),)
    return user_folder(), SHIPPED


def build(name: str, arguments: dict[str, Any] | None = None) -> nn.Module:
    """A freshly initialised network; the global random state is left as it was.

    Raises:
        InputError: No network has this name.
        WeightsError: The class refuses the arguments.
    """
    module, _, class_name = named(ARCHITECTURES, name, "network").partition(":")
    builder = getattr(importlib.import_module(module), class_name)
    try:
        with torch.random.fork_rng(devices=[]):
            net = builder(**(arguments or {}))
    except (TypeError, ValueError) as error:
        raise WeightsError(f"“{name}” cannot be built from its card: {error}.", _REINSTALL) from error
    if not isinstance(net, nn.Module):
        raise TypeError(f"{ARCHITECTURES[name]} is not an nn.Module")
    return net


def load_net(
    name: str,
    device: Device | torch.device | str = "cpu",
    *,
    dtype: torch.dtype = torch.float32,
    folder: Path | None = None,
) -> nn.Module:
    """The network with its weights, in eval mode and without gradients.

    The file's hash is compared before a byte of it is interpreted; then names, shapes and finiteness are checked.

    Args:
        name: Key of ARCHITECTURES.
        device: Where to put it; a Device also sets its memory format.
        dtype: Precision of the parameters.
        folder: Search only here.

    Raises:
        InputError: No network has this name.
        WeightsError: The weights are missing, corrupt, of another architecture, or not finite.
    """
    named(ARCHITECTURES, name, "network")
    path = _find(name, folder)
    if not path.exists():
        raise WeightsError(
            f"The weights of “{name}” are missing ({path}).",
            f"Train them (python -m training fit), reinstall DeepSkel, or set {FOLDER_VARIABLE} to their folder.",
        )
    card = _read_card(path)
    blob = _read(path)
    if hashlib.sha256(blob).hexdigest() != card.sha256:
        raise WeightsError(f"{path} is corrupt: its SHA-256 differs from the one on its card.", _REINSTALL)
    if card.architecture != ARCHITECTURES[name]:
        raise WeightsError(
            f"{path} is for {card.architecture}, but “{name}” is {ARCHITECTURES[name]}.",
            "Use weights of this version of DeepSkel.",
        )
    net = build(name, card.arguments)
    try:
        state = parse_safetensors(blob)
    except SafetensorError as error:
        raise WeightsError(f"{path} is not a safetensors file: {error}.", _REINSTALL) from error
    _check_state(state, net, path)
    net.load_state_dict(state)
    net = net.to(dtype).eval().requires_grad_(False)
    return device.place(net) if isinstance(device, Device) else net.to(device)


def save_weights(net: nn.Module, path: Path, card: WeightsCard) -> WeightsCard:
    """Write `path` (safetensors) and the card beside it (.json), each atomically, and return the completed card.

    Tensors of two and more dimensions are stored in half precision. Vectors (biases, normalisation statistics) stay in
    float32: they weigh nothing, and running variances may leave the range of half precision.

    Raises:
        WeightsError: A value is not finite, or too large for half precision.
        OutputError: The files cannot be written.
    """
    state = {key: _stored(value) for key, value in net.state_dict().items()}
    if broken := [key for key, value in state.items() if not torch.isfinite(value).all()]:
        raise WeightsError(
            f"The network cannot be saved: {broken[0]} has values that are not finite in half precision.",
            "Its training diverged; go back to an earlier checkpoint.",
        )
    blob = to_safetensors(state)
    complete = card.model_copy(
        update={
            "sha256": hashlib.sha256(blob).hexdigest(),
            "bytes": len(blob),
            "parameters": sum(parameter.numel() for parameter in net.parameters()),
        }
    )
    _write(path, blob)
    _write(path.with_suffix(".json"), complete.model_dump_json(indent=2).encode() + b"\n")
    return complete


def list_weights(folder: Path | None = None) -> list[WeightsState]:
    """The state of every known network's weights."""
    return [_state(name, folder) for name in ARCHITECTURES]


_REINSTALL = "Reinstall DeepSkel or export the weights again."


def _find(name: str, folder: Path | None) -> Path:
    places = [place / f"{name}.safetensors" for place in folders(folder)]
    return next((path for path in places if path.exists()), places[-1])


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}.", _REINSTALL) from error


def _read_card(weights: Path) -> WeightsCard:
    path = weights.with_suffix(".json")
    if not path.exists():
        raise WeightsError(f"{weights} has no card ({path.name}), so it cannot be trusted.", _REINSTALL)
    try:
        return WeightsCard.model_validate_json(_read(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise WeightsError(f"The card {path} is not valid: {where}: {first['msg']}.", _REINSTALL) from error


def _check_state(state: dict[str, Tensor], net: nn.Module, path: Path) -> None:
    expected = {key: tuple(value.shape) for key, value in net.state_dict().items()}
    found = {key: tuple(value.shape) for key, value in state.items()}
    if expected != found:
        raise WeightsError(
            f"{path} does not fit its architecture: {next(_differences(expected, found))}.",
            "Use weights of this version of DeepSkel.",
        )
    for key, value in state.items():
        if not torch.isfinite(value).all():
            raise WeightsError(f"{path} is damaged: {key} has values that are not finite.", _REINSTALL)


def _differences(expected: dict[str, tuple[int, ...]], found: dict[str, tuple[int, ...]]) -> Iterator[str]:
    for key in sorted(expected.keys() | found.keys()):
        if key not in found:
            yield f"{key} is missing"
        elif key not in expected:
            yield f"{key} is not part of the network"
        elif expected[key] != found[key]:
            yield f"{key} is {found[key]} and should be {expected[key]}"


def _stored(value: Tensor) -> Tensor:
    value = value.detach().cpu()
    if value.is_floating_point():
        value = value.to(torch.float16 if value.ndim > 1 else torch.float32)
    return value.contiguous().clone()


def _write(path: Path, data: bytes) -> None:
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.", "Choose another folder.") from error


def _state(name: str, folder: Path | None) -> WeightsState:
    path = _find(name, folder)
    if not path.exists():
        problem = "a baseline that does not come with DeepSkel" if name in UNSHIPPED else "missing"
        return WeightsState(name, path, present=False, hash_ok=False, card=None, problem=problem)
    try:
        card = _read_card(path)
        hash_ok = hashlib.sha256(_read(path)).hexdigest() == card.sha256
    except WeightsError as error:
        return WeightsState(name, path, present=True, hash_ok=False, card=None, problem=error.message)
    problem = "" if hash_ok else "corrupt: its SHA-256 differs from the one on its card"
    return WeightsState(name, path, present=True, hash_ok=hash_ok, card=card, problem=problem)
