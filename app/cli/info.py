"""deepskel info: versions, devices, and weights with the state of their hashes."""

from __future__ import annotations

import argparse
import json
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from app import __version__
from app.startup import log_folder

PACKAGES = ("torch", "torchvision", "numpy", "scipy", "opencv-python-headless", "pillow", "PySide6-Essentials")


def info(arguments: argparse.Namespace) -> int:
    """Print the report; 0 even when something is missing, which the report then says."""
    report = collect()
    print(json.dumps(report, indent=2) if arguments.json else _text(report))
    return 0


def collect() -> dict[str, Any]:
    """The report, with only JSON types in it."""
    import torch

    from engine import device, weights

    chosen = device.choose()
    return {
        "deepskel": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: _version(name) for name in PACKAGES},
        "device": _device(chosen) | {"reason": chosen.reason},
        "devices": [_device(each) for each in device.usable()],
        "threads": torch.get_num_threads(),
        "weights": [
            {
                "name": state.name,
                "path": str(state.path),
                "present": state.present,
                "hash_ok": state.hash_ok,
                "problem": state.problem,
                "parameters": state.card.parameters if state.card else None,
                "sha256": state.card.sha256 if state.card else None,
            }
            for state in weights.list_weights()
        ],
        "weights_folders": [str(folder) for folder in weights.folders()],
        "log_folder": str(log_folder()),
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _device(device: Any) -> dict[str, str]:
    return {
        "device": str(device.torch_device),
        "name": device.name,
        "precision": str(device.dtype).removeprefix("torch."),
    }


def _text(report: dict[str, Any]) -> str:
    lines = [f"DeepSkel {report['deepskel']} · Python {report['python']} · {report['platform']}", "", "Packages"]
    lines += [f"  {name:24} {found or 'missing'}" for name, found in report["packages"].items()]
    lines += ["", "Devices"]
    lines += [f"  {each['name']:40} {each['precision']}" for each in report["devices"]]
    lines += [f"  In use: {report['device']['name']}. {report['device']['reason']}"]
    lines += ["", "Weights"]
    lines += [f"  {each['name']:14} {_weights_state(each)}" for each in report["weights"]]
    lines += [f"  Folders: {', '.join(report['weights_folders'])}", "", f"Logs: {report['log_folder']}"]
    return "\n".join(lines)


def _weights_state(weights: dict[str, Any]) -> str:
    if weights["problem"]:
        return str(weights["problem"])
    return f"hash ok   {weights['parameters'] / 1e6:.2f} M parameters   {weights['path']}"
