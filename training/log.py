"""What a run tells: a progress line with the time left, a CSV file, TensorBoard events."""

from __future__ import annotations

import csv
from pathlib import Path

from torch import Tensor
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

EVERY = 25
"""Steps that one row averages."""


class TrainingLog:
    """Averages the figures of some steps and writes them to `log.csv` and TensorBoard.

    Args:
        out: Folder of the run; rows are appended when a run is resumed.
        name: Shown in front of the progress line.
        show: Print the progress line.
        enabled: False on ranks that must stay silent.
    """

    def __init__(self, out: Path, name: str, *, show: bool, enabled: bool) -> None:
        self.enabled = enabled
        if not enabled:
            return
        out.mkdir(parents=True, exist_ok=True)
        self._path = out / "log.csv"
        self._events = SummaryWriter(str(out / "tensorboard"))
        self._bar = tqdm(
            total=1.0, desc=name, disable=not show, bar_format="{desc} {percentage:5.1f}% {postfix}", mininterval=2
        )
        self._sums: dict[str, Tensor] = {}
        self._count = 0
        self._mark: float | None = None

    def add(
        self, step: int, figures: dict[str, Tensor], rate: float, progress: float, elapsed: float, samples: int
    ) -> None:
        """Take in one step; every 25 steps write a row."""
        if not self.enabled:
            return
        for key, figure in figures.items():
            # Summed on the device: reading a figure back at every step would stall a GPU.
            self._sums[key] = self._sums.get(key, figure.new_zeros(())) + figure
        self._count += 1
        if step % EVERY:
            return
        row = {key: float(value) / self._count for key, value in self._sums.items()}
        seconds = max(elapsed - (self._mark or 0.0), 1e-9)
        speed = self._count * samples / seconds
        left = elapsed / progress * (1 - progress) if progress > 0 else 0.0
        self._write(
            {"step": step, "seconds": round(elapsed, 1), "samples_per_second": round(speed, 2), "rate": rate, **row}
        )
        for key, value in row.items():
            self._events.add_scalar(key, value, step)
        self._bar.n = progress
        shown = " ".join(f"{key} {value:.3f}" for key, value in row.items())
        self._bar.set_postfix_str(f"step {step} {speed:.0f}/s {left / 60:.1f} min left {shown}")
        self._sums, self._count, self._mark = {}, 0, elapsed

    def close(self) -> None:
        """Flush everything."""
        if self.enabled:
            self._bar.close()
            self._events.close()

    def _write(self, row: dict[str, float]) -> None:
        new = not self._path.exists()
        with self._path.open("a", newline="") as file:
            writer = csv.DictWriter(file, row.keys())
            if new:
                writer.writeheader()
            writer.writerow(row)
