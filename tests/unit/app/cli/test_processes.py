"""Work in several processes: results, failures, and what becomes of processes whose parent is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from app.cli.processes import spread, usual_processes
from engine.errors import DeepSkelError, InputError


def square(number: int) -> tuple[int, int, str | None]:
    return number * number, os.getpid(), os.environ.get("OPENBLAS_NUM_THREADS")


def fail(number: int) -> int:
    if number == 3:
        raise InputError("three", "not three")
    return number


def die(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_every_result_once_and_one_thread_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    found = list(spread(square, range(20), 2))
    assert sorted(value for value, _, _ in found) == [n * n for n in range(20)]
    assert os.getpid() not in {process for _, process, _ in found}
    assert {threads for _, _, threads in found} == {"1"}
    assert "OPENBLAS_NUM_THREADS" not in os.environ


def test_one_process_is_this_one_and_tasks_are_taken_as_needed() -> None:
    taken: list[int] = []

    def tasks() -> Iterator[int]:
        for number in range(5):
            taken.append(number)
            yield number

    results = spread(square, tasks(), 1)
    assert next(results)[1] == os.getpid()
    assert taken == [0]


def test_nothing_to_do() -> None:
    assert list(spread(square, [], 2)) == []
    assert 1 <= usual_processes() <= 8


def test_an_error_comes_with_its_hint() -> None:
    for processes in (1, 2):
        with pytest.raises(InputError) as caught:
            list(spread(fail, range(8), processes))
        assert (caught.value.message, caught.value.hint) == ("three", "not three")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_process_that_is_killed_is_told() -> None:
    with pytest.raises(DeepSkelError, match="ended from outside"):
        list(spread(die, range(8), 2))


def wait_long(number: int, folder: Path) -> int:
    (folder / str(os.getpid())).touch()
    time.sleep(120)
    return number


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # A zombie that nobody has waited for is gone as well.
    return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_processes_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    root = Path(__file__).parents[4]
    script.write_text(
        f"import sys; sys.path.insert(0, {str(root)!r})\n"
        "from functools import partial\nfrom pathlib import Path\n"
        "from app.cli.processes import spread\n"
        "from tests.unit.app.cli.test_processes import wait_long\n"
        f"if __name__ == '__main__':\n    list(spread(partial(wait_long, folder=Path({str(tmp_path / 'marks')!r})), "
        "range(2), 2))\n"
    )
    (tmp_path / "marks").mkdir()
    parent = subprocess.Popen([sys.executable, str(script)], start_new_session=True)
    try:
        deadline = time.monotonic() + 60
        while len(list((tmp_path / "marks").iterdir())) < 2:
            assert parent.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        workers = [int(mark.name) for mark in (tmp_path / "marks").iterdir()]
        parent.kill()
        parent.wait()
        while any(_alive(worker) for worker in workers):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        parent.kill()
        parent.wait()


def test_it_can_be_left_early() -> None:
    results = spread(partial(fail), range(1000), 2)
    assert next(results) in range(1000)
    results.close()  # type: ignore[attr-defined]  # a generator
