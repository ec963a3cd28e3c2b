import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from engine.errors import InputError
from training import loop
from training.__main__ import main
from training.checkpoint import load_checkpoint

CONFIG = {
    "size": 32,
    "arguments": {"widths": [8, 8, 8, 16, 16], "depths": [1, 1, 1, 1], "heads": 2},
    "schedule": {"batch_size": 4, "warmup_steps": 2},
}


@pytest.fixture
def fit(ellipses: Path, tmp_path: Path):  # type: ignore[no-untyped-def]
    config = tmp_path / "config.json"
    config.write_text(json.dumps(CONFIG))

    def run(*more: str) -> int:
        return main(
            ["fit", "crop", "--data", str(ellipses), "--config", str(config), "--cache", str(tmp_path / "cache"),
             "--quiet", "--workers", "0", "--device", "cpu", "--precision", "float32", *more]
        )  # fmt: skip

    return run


def rows_of(log: Path) -> list[dict[str, str]]:
    with log.open() as file:
        return list(csv.DictReader(file))


def same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)


def test_a_resumed_run_ends_where_an_unbroken_one_does(  # type: ignore[no-untyped-def]
    fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    whole, part = tmp_path / "whole", tmp_path / "part"
    assert fit("--out", str(whole), "--steps", "6") == 0
    # The limit sets the schedule, so a broken run has the same limit and is stopped before it.
    with monkeypatch.context() as patch:
        patch.setattr(loop, "_done", lambda options, step, elapsed: step >= 3)
        assert fit("--out", str(part), "--steps", "6") == 0
    assert load_checkpoint(part / "last.pt").step == 3
    assert fit("--out", str(part), "--steps", "6", "--resume", str(part / "last.pt")) == 0
    a, b = load_checkpoint(whole / "last.pt"), load_checkpoint(part / "last.pt")
    assert (a.step, b.step) == (6, 6)
    assert same(a.net, b.net)
    assert same(a.ema, b.ema)
    assert torch.equal(a.rng, b.rng)


def test_sigterm_ends_a_run_cleanly(ellipses: Path, tmp_path: Path):
    config = tmp_path / "config.json"
    config.write_text(json.dumps(CONFIG))
    command = [
        sys.executable, "-m", "training", "fit", "crop", "--data", str(ellipses), "--config", str(config),
        "--cache", str(tmp_path / "cache"), "--workers", "1", "--steps", "100000", "--out", str(tmp_path / "run"),
        "--device", "cpu",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    log = tmp_path / "run" / "log.csv"
    while not log.exists() and process.poll() is None:
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGTERM)  # as a terminal or a service manager does: the workers get it too
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    assert load_checkpoint(tmp_path / "run" / "last.pt").step >= 25
    rows = rows_of(log)
    assert float(rows[0]["loss"]) > 0
    assert list((tmp_path / "run" / "tensorboard").iterdir())


def test_two_processes_train_one_network(ellipses: Path, tmp_path: Path):
    config = tmp_path / "config.json"
    config.write_text(json.dumps(CONFIG))
    command = [
        sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", "29577",
        "-m", "training", "fit", "crop", "--data", str(ellipses), "--config", str(config),
        "--cache", str(tmp_path / "cache"), "--workers", "0", "--steps", "3", "--out", str(tmp_path / "run"),
        "--device", "cpu", "--quiet",
    ]  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=240, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    assert done.returncode == 0, done.stderr[-3000:]
    state = load_checkpoint(tmp_path / "run" / "last.pt")
    assert state.step == 3
    assert state.rng.shape[0] == 2


def test_training_learns(fit, tmp_path: Path):  # type: ignore[no-untyped-def]
    assert fit("--out", str(tmp_path / "run"), "--steps", "75") == 0
    losses = [float(row["loss"]) for row in rows_of(tmp_path / "run" / "log.csv")]
    assert len(losses) == 3
    assert losses[-1] < 0.8 * losses[0]


def test_bad_starts_are_explained(fit, tmp_path: Path, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    assert fit("--out", str(tmp_path / "run")) == InputError.exit_code
    assert "--minutes or --steps" in capsys.readouterr().err
    broken = tmp_path / "broken.pt"
    broken.write_bytes(b"PK not a checkpoint")
    assert fit("--out", str(tmp_path / "run"), "--steps", "1", "--resume", str(broken)) == InputError.exit_code
    assert "damaged" in capsys.readouterr().err
    assert fit("--out", str(tmp_path / "run"), "--steps", "1") == 0
    last = str(tmp_path / "run" / "last.pt")
    assert fit("--out", str(tmp_path / "run"), "--steps", "2", "--resume", last, "--seed", "9") == InputError.exit_code
    assert "another configuration" in capsys.readouterr().err


def test_a_gradient_that_is_not_finite_stops_the_run(fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    from training.recipes.deepcrop import DeepCropRecipe

    original = DeepCropRecipe.loss

    def poisoned(self, net, batch):  # type: ignore[no-untyped-def]
        loss, figures = original(self, net, batch)
        return loss * float("nan"), figures

    monkeypatch.setattr(DeepCropRecipe, "loss", poisoned)
    with pytest.raises(FloatingPointError, match="step 0"):
        fit("--out", str(tmp_path / "run"), "--steps", "2")


def test_export_makes_weights_that_load(fit, tmp_path: Path):  # type: ignore[no-untyped-def]
    from engine.weights import load_net

    assert fit("--out", str(tmp_path / "run"), "--steps", "2") == 0
    card = tmp_path / "data.json"
    card.write_text(json.dumps([{"name": "ellipses", "terms": "ours"}]))
    figures = tmp_path / "evaluation.json"
    figures.write_text(
        json.dumps(
            {
                "run": {"command": "evaluate"},
                "models": {"deepcrop": {"sets": {"e": {"miou": {"1": 0.5}, "interval": [0, 1]}}}},
            }
        )
    )
    weights = tmp_path / "weights"
    command = ["export", str(tmp_path / "run/last.pt"), "--data-card", str(card), "--training-command", "fit crop",
               "--evaluation", str(figures), "--out", str(weights)]  # fmt: skip
    assert main(command) == 0
    net = load_net("deepcrop", folder=weights)
    assert net.heads == 2
    saved = json.loads((weights / "deepcrop.json").read_text())
    assert saved["evaluation"]["figures"] == {"sets.e.miou.1": 0.5}
    trained = load_checkpoint(tmp_path / "run/last.pt").ema["stem.0.weight"]
    torch.testing.assert_close(net.stem[0].weight, trained, atol=1e-3, rtol=1e-3)
