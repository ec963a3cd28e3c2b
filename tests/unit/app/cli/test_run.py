"""Every way in which a verb can end, as a script sees it."""

from __future__ import annotations

import argparse
import logging

import pytest

from app.cli.run import run
from engine.errors import DeviceError, InputError, OutputError, PhotoError, WeightsError


def end_with(error: BaseException) -> int:
    def verb(_: argparse.Namespace) -> int:
        raise error

    return run(verb, argparse.Namespace())


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InputError("Wrong."), 2),
        (PhotoError("Wrong."), 3),
        (WeightsError("Wrong."), 4),
        (OutputError("Wrong."), 5),
        (DeviceError("Wrong."), 6),
        (KeyboardInterrupt(), 130),
        (MemoryError(), 1),
    ],
)
def test_exit_codes(error: BaseException, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert end_with(error) == status
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert output.err.startswith("deepskel: ")


def test_an_error_is_one_line_with_its_hint(capsys: pytest.CaptureFixture[str]) -> None:
    end_with(PhotoError("It is\nbroken.", "Try another."))
    assert capsys.readouterr().err == "deepskel: It is broken. Try another.\n"


def test_the_unexpected_goes_to_the_log_in_full(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        assert end_with(ZeroDivisionError("by zero")) == 1
    assert "ZeroDivisionError: by zero" in capsys.readouterr().err
    assert "Traceback" in caplog.text


def test_success_passes_the_status_on() -> None:
    assert run(lambda _: 0, argparse.Namespace()) == 0
