"""The pose dictionary: poses that others are built of, the mean body, and how limbs are usually held.

Learned from motion capture by `python -m training fit lifting`; one safetensors file with a JSON card beside it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load as parse_safetensors
from safetensors.numpy import save as to_safetensors

from engine.errors import OutputError, WeightsError
from engine.pose.joints import MPII_16

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

SHIPPED = Path(__file__).resolve().parents[3] / "resources" / "pose" / "dictionary.safetensors"

_SHAPES: dict[str, tuple[int | None, ...]] = {
    "atoms": (None, 16, 3), "mean": (16, 3), "lengths": (15,), "spread": (15,),
    "arms": (None, 6), "legs": (None, 6), "head": (None, 6),
}  # fmt: skip


@dataclass(frozen=True, slots=False)
class Dictionary:
    """What lifting knows of people.

    Axes of the poses: x from the right shoulder to the left, y down the body, z away from the viewer whom the person
    faces, so that the unit rotation shows a person from the front.

    Args:
        atoms: (K, 16, 3) poses centred on the mean of their joints, each of unit root mean square over joints.
        mean: (16, 3) mm the mean pose, thorax at the origin.
        lengths: (15,) mm bones of the mean body, symmetric.
        spread: (15,) standard deviation of a bone's length among people, as a share of it.
        arms, legs, head: (M, 6) directions of a limb's two bones in the frame of chest or pelvis, as the right limb's:
            examples that cover how limbs were held.
        card: What its card says.
    """

    atoms: F64
    mean: F64
    lengths: F64
    spread: F64
    arms: F64
    legs: F64
    head: F64
    card: dict[str, Any] = field(default_factory=dict, compare=False)

    @cached_property
    def rows(self) -> F64:
        """(K, 3, 16) the atoms as the relaxation takes them."""
        return np.ascontiguousarray(np.swapaxes(self.atoms, 1, 2))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the numbers in hexadecimal."""
        return hashlib.sha256(self._blob()).hexdigest()

    def _blob(self) -> bytes:
        return to_safetensors({name: np.ascontiguousarray(getattr(self, name), np.float32) for name in _SHAPES})

    def save(self, path: Path) -> None:
        """Write the file and its card beside it.

        Raises:
            OutputError: It cannot be written.
        """
        blob = self._blob()
        card = self.card | {"sha256": hashlib.sha256(blob).hexdigest(), "bytes": len(blob), "atoms": len(self.atoms)}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(blob)
            path.with_suffix(".json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", "utf-8")
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {error.strerror or error}.") from error


def load_dictionary(path: Path | None = None) -> Dictionary:
    """Read a dictionary; the one that comes with DeepSkel by default.

    Raises:
        WeightsError: The file or its card is missing or damaged, or does not hold a dictionary.
    """
    return _load(SHIPPED if path is None else Path(path))


@cache
def _load(path: Path) -> Dictionary:
    hint = "Reinstall DeepSkel or learn it again (python -m training fit lifting)."
    try:
        blob = path.read_bytes()
        card = json.loads(path.with_suffix(".json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"The pose dictionary {path} or its card cannot be read: {error}.", hint) from error
    if not isinstance(card, dict) or hashlib.sha256(blob).hexdigest() != card.get("sha256"):
        raise WeightsError(f"{path} is corrupt: its SHA-256 differs from the one on its card.", hint)
    try:
        found = {name: np.asarray(value, np.float64) for name, value in parse_safetensors(blob).items()}
    except SafetensorError as error:
        raise WeightsError(f"{path} is not a safetensors file: {error}.", hint) from error
    for name, shape in _SHAPES.items():
        value = found.get(name)
        if (
            value is None
            or value.ndim != len(shape)
            or any(s not in (None, n) for n, s in zip(value.shape, shape, strict=True))
        ):
            raise WeightsError(
                f"{path} is not a pose dictionary of {MPII_16.name}: {name} is missing or misshapen.", hint
            )
        if not np.isfinite(value).all():
            raise WeightsError(f"{path} is damaged: {name} has values that are not finite.", hint)
    return Dictionary(**{name: found[name] for name in _SHAPES}, card=card)
