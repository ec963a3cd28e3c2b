"""The training loop: one function for every recipe, on one process or under torchrun."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from engine.errors import InputError
from training.checkpoint import TrainingState, load_checkpoint, save_checkpoint
from training.log import TrainingLog
from training.recipes.base import Batch, Recipe, SampleSource, Schedule
from training.start import start_from

Tensors = tuple[Tensor, ...] | list[Tensor]


@dataclass(frozen=True, slots=True)
class FitOptions:
    """What belongs to a run and not to the recipe.

    Args:
        out: Folder for `last.pt`, `log.csv` and TensorBoard events.
        minutes: Stop after this time in all, resumes included; the schedule reaches its end there.
        steps: Stop after this many optimiser steps; the schedule reaches its end at whichever limit comes first.
        resume: Checkpoint to go on from, exactly.
        init: Checkpoint whose averaged weights start a new run, as far as they fit (see `start_from`).
        workers: Processes that prepare samples; 0 prepares them in this one.
        save_every: Seconds between checkpoints.
    """

    out: Path
    minutes: float | None = None
    steps: int | None = None
    resume: Path | None = None
    init: Path | None = None
    seed: int = 0
    workers: int = 1
    device: torch.device = torch.device("cpu")
    bf16: bool = True
    save_every: float = 120.0
    progress: bool = True


class _Batches(IterableDataset[Batch]):
    """Batch number b is made of samples b·B … b·B + B − 1, whichever worker makes it."""

    def __init__(self, source: SampleSource, batch_size: int, first: int, rank: int, world: int) -> None:
        self.source, self.batch_size, self.first, self.rank, self.world = source, batch_size, first, rank, world

    def __iter__(self) -> Iterator[Batch]:
        info = get_worker_info()
        worker, workers = (info.id, info.num_workers) if info else (0, 1)
        step = self.first + worker
        while True:
            start = (step * self.world + self.rank) * self.batch_size
            samples = [self.source.sample(n) for n in range(start, start + self.batch_size)]
            yield {key: torch.stack([s[key] for s in samples]) for key in samples[0]}
            step += workers


def fit(recipe: Recipe, source: SampleSource, options: FitOptions, recipe_json: str) -> TrainingState:
    """Train until a limit or a stop signal (SIGTERM, SIGINT) and leave a checkpoint that resumes exactly.

    Args:
        recipe: Network, loss and schedule.
        source: Training samples by number.
        options: Limits, places, device.
        recipe_json: The recipe's configuration for the checkpoint.

    Returns:
        The final state (also in `options.out / "last.pt"`).

    Raises:
        InputError: No limit given, or the checkpoint to resume belongs to another recipe.
        FloatingPointError: The loss stopped being finite.
    """
    if options.minutes is None and options.steps is None:
        raise InputError("Training needs an end.", "Give --minutes or --steps.")
    rank = dist.get_rank() if dist.is_initialized() else 0
    world = dist.get_world_size() if dist.is_initialized() else 1
    torch.manual_seed(options.seed + rank)
    net = recipe.build().to(options.device).to(memory_format=torch.channels_last)
    ema = AveragedModel(net, multi_avg_fn=_moving_average(recipe.schedule.ema_decay), use_buffers=True)
    optimizer = _optimizer(net, recipe.schedule)
    step, elapsed = 0, 0.0
    if options.init:
        start_from(net, load_checkpoint(options.init).ema)
        ema.module.load_state_dict(net.state_dict())
    if options.resume:
        state = load_checkpoint(options.resume)
        if state.recipe != recipe_json or state.seed != options.seed:
            raise InputError(
                f"The checkpoint {options.resume} belongs to another configuration.",
                "Resume with the configuration and the seed that it was started with, or use --init.",
            )
        net.load_state_dict(state.net)
        ema.module.load_state_dict(state.ema)
        ema.n_averaged.fill_(state.step)
        optimizer.load_state_dict(state.optimizer)
        torch.set_rng_state(state.rng[rank % len(state.rng)])
        step, elapsed = state.step, state.elapsed
    model = DistributedDataParallel(net) if world > 1 else net
    batches = DataLoader(
        _Batches(source, recipe.schedule.batch_size, step, rank, world),
        batch_size=None,
        num_workers=options.workers,
        prefetch_factor=3 if options.workers else None,
        worker_init_fn=_ignore_stop_signals,
        pin_memory=options.device.type == "cuda",
        # Its own generator: a loader seeds its workers from the global one, which a resumed run must not disturb.
        generator=torch.Generator(),
    )
    log = TrainingLog(options.out, recipe.name, show=options.progress and rank == 0, enabled=rank == 0)

    def state_now() -> TrainingState:
        return TrainingState(
            recipe_json, options.seed, step, elapsed, net.state_dict(), ema.module.state_dict(),
            optimizer.state_dict(), _gather_rng(world),
        )  # fmt: skip

    net.train()
    iterator = iter(batches)
    saved = last = time.monotonic()
    with _stop_signals() as stopped:
        while not _agree(stopped.is_set() or _done(options, step, elapsed), options.device):
            progress = _progress(options, step, elapsed)
            rate = recipe.schedule.learning_rate * _factor(recipe.schedule, step, progress)
            for group in optimizer.param_groups:
                group["lr"] = rate * group.get("lr_scale", 1.0)
            batch = {k: v.to(options.device, non_blocking=True) for k, v in next(iterator).items()}
            with torch.autocast(options.device.type, torch.bfloat16, enabled=options.bf16):
                loss, figures = recipe.loss(model, batch)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            norm = nn.utils.clip_grad_norm_(net.parameters(), recipe.schedule.gradient_clip)
            if not math.isfinite(float(norm)):
                log.close()
                raise FloatingPointError(f"The gradient is not finite at step {step}; the last checkpoint is unharmed.")
            optimizer.step()
            ema.update_parameters(net)
            step += 1
            now = time.monotonic()
            elapsed, last = elapsed + now - last, now
            log.add(step, figures, rate, progress, elapsed, recipe.schedule.batch_size * world)
            if now - saved > options.save_every:
                state = state_now()
                if rank == 0:
                    save_checkpoint(state, options.out / "last.pt")
                saved = now
    state = state_now()
    if rank == 0:
        save_checkpoint(state, options.out / "last.pt")
    log.close()
    return state


def _optimizer(net: nn.Module, schedule: Schedule) -> torch.optim.Optimizer:
    """Weight decay on matrices and kernels only: on biases and normalisation it does harm."""
    trained = [p for p in net.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": schedule.weight_decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
    if schedule.optimizer == "sgd":
        return torch.optim.SGD(groups, schedule.learning_rate, momentum=schedule.momentum)
    return torch.optim.AdamW(groups, schedule.learning_rate)


def _moving_average(decay: float) -> Callable[[Tensors, Tensors, Tensor | int], None]:
    """Exponential moving average whose memory grows with the run: a fixed one would keep the random start for long."""

    @torch.no_grad()
    def update(averaged: Tensors, current: Tensors, steps: Tensor | int) -> None:
        n = int(steps)
        weight = 1 - min(decay, (1 + n) / (10 + n))
        if averaged[0].is_floating_point():
            torch._foreach_lerp_(averaged, current, weight)
        else:
            torch._foreach_copy_(averaged, current)

    return update


def _progress(options: FitOptions, step: int, elapsed: float) -> float:
    """Share of the run that is over, by whichever limit is nearer."""
    by_step = step / options.steps if options.steps else 0.0
    by_time = elapsed / (options.minutes * 60) if options.minutes else 0.0
    return min(1.0, max(by_step, by_time))


def _done(options: FitOptions, step: int, elapsed: float) -> bool:
    return _progress(options, step, elapsed) >= 1.0


def _factor(schedule: Schedule, step: int, progress: float) -> float:
    """Linear warm-up, then half a cosine down to 1 %."""
    warm = min(1.0, (step + 1) / max(1, schedule.warmup_steps))
    return warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))


def _agree(stop: bool, device: torch.device) -> bool:
    """True on every rank as soon as one rank wants to stop: a rank that left alone would hang the others."""
    if not dist.is_initialized():
        return stop
    flag = torch.tensor([int(stop)], device=device)
    dist.all_reduce(flag, dist.ReduceOp.MAX)
    return bool(flag.item())


def _gather_rng(world: int) -> Tensor:
    own = torch.get_rng_state()
    if world == 1:
        return own[None]
    gathered = [torch.empty_like(own) for _ in range(world)]
    dist.all_gather(gathered, own)
    return torch.stack(gathered)


def _ignore_stop_signals(_worker: int) -> None:
    """Ctrl-C and service managers signal the whole process group; only the loop may decide when the workers end."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """SIGTERM and SIGINT set the event instead of killing the process: the current step ends, the state is saved."""
    event = threading.Event()

    def handle(_signal: int, _frame: FrameType | None) -> None:
        event.set()

    if threading.current_thread() is not threading.main_thread():
        yield event
        return
    previous = {s: signal.signal(s, handle) for s in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield event
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
