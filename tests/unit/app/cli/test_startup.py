"""Streams, logs and faults, each in a process of its own because they are the process's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def run(code: str, state: Path | str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"XDG_STATE_HOME": str(state)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="the folder is set by XDG_STATE_HOME")
def test_a_program_without_streams_writes_to_files(tmp_path: Path) -> None:
    done = run(
        "import logging, sys; sys.stdout = sys.stderr = None\n"
        "from app import startup; startup.start()\n"
        "print('said'); print('complained', file=sys.stderr); logging.error('logged')\n",
        tmp_path,
    )
    assert done.returncode == 0
    logs = tmp_path / "deepskel" / "log"
    assert (logs / "stdout.log").read_text() == "said\n"
    assert (logs / "stderr.log").read_text() == "complained\n"
    assert "logged" in (logs / "deepskel.log").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="the folder is set by XDG_STATE_HOME")
def test_a_crash_leaves_its_trace(tmp_path: Path) -> None:
    done = run("from app import startup; startup.start(); import os; os.abort()", tmp_path)
    assert done.returncode < 0
    assert "Aborted" in (tmp_path / "deepskel" / "log" / "faults.log").read_text()


def test_a_log_folder_that_cannot_be_made_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run(
        "import logging; from app import startup; startup.start(); logging.error('lost'); print('went on')",
        tmp_path / "file" / "state",
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "went on\n", "")


@pytest.mark.parametrize(
    ("cores", "keep_one_free", "threads"), [(8, True, 7), (8, False, 8), (2, True, 2), (1, True, 1)]
)
def test_threads(cores: int, keep_one_free: bool, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from app import startup

    asked: list[int] = []
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(torch, "get_num_threads", lambda: cores)
    monkeypatch.setattr(torch, "set_num_threads", asked.append)
    startup.use_threads(keep_one_free=keep_one_free)
    assert asked == [threads]
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    startup.use_threads(keep_one_free=keep_one_free)
    assert asked == [threads], "what the person has set is left alone"
