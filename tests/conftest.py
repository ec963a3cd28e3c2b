"""Keeps every test away from the person's own files, and from the cores of other tests."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Before torch, NumPy or Qt are imported by a test module; subprocesses inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.pop("DEEPSKEL_WEIGHTS", None)

settings.register_profile("deepskel", deadline=None, max_examples=50)
settings.load_profile("deepskel")


@pytest.fixture(autouse=True, scope="session")
def own_home() -> Iterator[Path]:
    """A home folder of the test run: settings, logs, caches and weights of the person are out of reach."""
    with (
        tempfile.TemporaryDirectory(prefix="deepskel-home-", ignore_cleanup_errors=True) as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("HOME", folder)
        patch.setenv("USERPROFILE", folder)
        for kind in ("CONFIG", "DATA", "CACHE", "STATE"):
            patch.setenv(f"XDG_{kind}_HOME", str(Path(folder) / kind.lower()))
        yield Path(folder)
