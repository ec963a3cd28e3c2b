"""Work spread over processes that is lost neither by Ctrl-C nor by the end of one of them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing.synchronize import Event
from typing import TypeVar

from engine.errors import Cancelled, DeepSkelError

Task = TypeVar("Task")
Result = TypeVar("Result")

MOST = 8
"""Processes that are begun unless more are asked for: each holds the networks in memory."""

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def usual_processes() -> int:
    """One a core that this program may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, MOST)


def spread(work: Callable[[Task], Result], tasks: Iterable[Task], processes: int) -> Iterator[Result]:
    """Results of `work`, in the order in which they are done.

    Args:
        work: Can be pickled, as its arguments and results. Each process calculates with one thread.
        tasks: Taken as they are needed.
        processes: 1 works in this process.

    Raises:
        DeepSkelError: A process was ended from outside; and whatever `work` raises.
    """
    if processes < 2:
        yield from map(work, tasks)
        return
    rest = iter(tasks)
    context = multiprocessing.get_context("spawn")  # torch's threads do not survive a fork
    stop = context.Event()
    with _one_thread_each(), ProcessPoolExecutor(processes, context, _begin, (stop,)) as pool:
        waiting: set[Future[Result]] = {pool.submit(_do, work, task) for task in islice(rest, 2 * processes)}
        try:
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                waiting |= {pool.submit(_do, work, task) for task in islice(rest, len(done))}
                for future in done:
                    yield future.result()
        except BrokenProcessPool as error:
            raise DeepSkelError(
                "One of the processes was ended from outside, perhaps for lack of memory.",
                "Give the same command again with fewer --processes: it goes on where it stopped.",
            ) from error
        finally:
            stop.set()  # what is in the queue can no longer be cancelled
            for future in waiting:
                future.cancel()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """The libraries' numbers of threads in processes that are begun within; read when the libraries load."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


_stops: list[Event] = []
"""In a process that works: set when nobody waits for results any more."""


def _do(work: Callable[[Task], Result], task: Task) -> Result:
    if _stops[0].is_set():
        raise Cancelled
    return work(task)


def _begin(stop: Event) -> None:
    """In a new process: Ctrl-C is the parent's business, and without a parent there is nothing to do."""
    _stops.append(stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
