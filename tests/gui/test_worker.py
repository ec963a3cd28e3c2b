"""The thread for slow work: who answers where, what is dropped, how it ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.worker import Request, Task, Worker
from engine.errors import Cancelled, OutputError
from tests.gui.conftest import Until


@pytest.fixture
def worker(qtbot: QtBot) -> Iterator[Worker]:
    made = Worker("test")
    yield made
    assert made.stop()


def test_jobs_run_elsewhere_and_answers_arrive_here(worker: Worker, until: Until) -> None:
    here, answers = threading.get_ident(), []
    worker.submit(
        lambda task: threading.get_ident(), lambda there: answers.append((there, threading.get_ident())), lane="a"
    )
    until(lambda: answers)
    assert answers[0][0] != here
    assert answers[0][1] == here


def test_a_newer_request_of_the_lane_makes_the_older_one_stale(worker: Worker, until: Until) -> None:
    started, answers = threading.Event(), []

    def slow(task: Task) -> str:
        started.set()
        while not task.cancelled():
            pass
        return "late"  # answers all the same, as a computation between two checks would

    first = worker.submit(slow, answers.append, lane="a")
    started.wait(5)
    other = worker.submit(lambda task: "other lane", answers.append, lane="b")
    last = worker.submit(lambda task: "new", answers.append, lane="a")
    until(lambda: worker.idle)
    assert answers == ["other lane", "new"]
    assert first.number < other.number < last.number


def test_a_stale_request_that_waits_is_not_even_begun(worker: Worker, until: Until) -> None:
    gate, begun = threading.Event(), []
    worker.submit(lambda task: gate.wait(5), lambda answer: None, lane="gate")
    for number in range(3):
        worker.submit(lambda task, n=number: begun.append(n), lambda answer: None, lane="a")
    gate.set()
    until(lambda: worker.idle)
    assert begun == [2]


def test_errors_say_what_happened_and_what_to_do(worker: Worker, until: Until) -> None:
    told: list[tuple[str, str]] = []
    worker.failed.connect(lambda message, hint: told.append((message, hint)))

    def fail(task: Task) -> None:
        raise OutputError("The disk is full.", "Free some space.")

    worker.submit(fail, lambda answer: None, lane="a")
    until(lambda: worker.idle)
    assert told == [("The disk is full.", "Free some space.")]


def test_a_request_may_deal_with_its_own_error(worker: Worker, until: Until) -> None:
    told, own = [], []
    worker.failed.connect(lambda message, hint: told.append(message))

    def fail(task: Task) -> None:
        raise KeyError("x")

    def deal(error: Exception) -> bool:
        own.append(error)
        return True

    worker.submit(fail, lambda answer: None, lane="a", failed=deal)
    until(lambda: worker.idle)
    assert [type(error) for error in own] == [KeyError]
    assert told == []


def test_unexpected_errors_are_told_and_the_thread_goes_on(worker: Worker, until: Until) -> None:
    told, answers = [], []
    worker.failed.connect(lambda message, hint: told.append(message))
    worker.submit(lambda task: 1 / 0, answers.append, lane="a")
    worker.submit(lambda task: "alive", answers.append, lane="b")
    until(lambda: worker.idle)
    assert answers == ["alive"]
    assert "ZeroDivisionError" in told[0]


def test_cancelling_is_no_error(worker: Worker, until: Until) -> None:
    told, answers, started = [], [], threading.Event()
    worker.failed.connect(lambda message, hint: told.append(message))

    def obedient(task: Task) -> None:
        started.set()
        while True:
            task.check()

    worker.submit(obedient, answers.append, lane="a")
    started.wait(5)
    assert worker.cancel("a")
    assert not worker.cancel("a"), "nothing is left to cancel"
    until(lambda: worker.idle)
    assert (told, answers) == ([], [])


def test_a_job_that_gives_up_by_itself_is_no_error(worker: Worker, until: Until) -> None:
    told = []
    worker.failed.connect(lambda message, hint: told.append(message))

    def give_up(task: Task) -> None:
        raise Cancelled

    worker.submit(give_up, told.append, lane="a")
    until(lambda: worker.idle)
    assert told == []


def test_progress_is_heard_in_order(worker: Worker, until: Until) -> None:
    heard: list[float] = []
    worker.moved.connect(lambda request, fraction: heard.append(fraction))

    def job(task: Task) -> None:
        for part in (0.25, 0.5, 1.0):
            task.progress(part)

    worker.submit(job, lambda answer: None, lane="a", label="Working")
    until(lambda: worker.idle)
    assert heard == [0.25, 0.5, 1.0]


def test_begun_and_ended_come_in_pairs(worker: Worker, until: Until) -> None:
    seen: list[tuple[str, Request]] = []
    worker.begun.connect(lambda request: seen.append(("begun", request)))
    worker.ended.connect(lambda request: seen.append(("ended", request)))
    request = worker.submit(lambda task: None, lambda answer: None, lane="a")
    until(lambda: worker.idle)
    assert seen == [("begun", request), ("ended", request)]


def test_stopping_while_a_job_runs(qtbot: QtBot) -> None:
    worker, started, answers = Worker("test"), threading.Event(), []

    def job(task: Task) -> None:
        started.set()
        while True:
            task.check()

    worker.submit(job, answers.append, lane="a")
    started.wait(5)
    assert worker.stop()
    assert answers == []
