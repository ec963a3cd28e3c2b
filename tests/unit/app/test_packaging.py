"""What deepskel.spec relies on: PyInstaller sees imports, but not names that are put together when the program runs."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from engine.weights import ARCHITECTURES

SPEC = Path(__file__).resolve().parents[3] / "deepskel.spec"


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_network_is_in_the_collected_package(name: str) -> None:
    module, _, class_name = ARCHITECTURES[name].partition(":")
    assert module.startswith("engine.nets.")
    assert importlib.util.find_spec(module) is not None
    assert class_name
    assert 'collect_submodules("engine.nets")' in SPEC.read_text(encoding="utf-8")


def test_the_weights_are_in_the_collected_folder() -> None:
    from engine.weights import SHIPPED

    assert SHIPPED.relative_to(SPEC.parent).parts[0] == "resources"
    assert '(str(ROOT / "resources"), "resources")' in SPEC.read_text(encoding="utf-8")
