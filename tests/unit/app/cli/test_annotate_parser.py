"""The arguments of deepskel annotate, and what its help says."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.annotate_parser import FINDINGS, KINDS, annotate_parser
from app.cli.parser import parse
from engine.pose.project.exports import EXPORTS
from tests.unit.engine.pose.someone import CAMERA, POSE

ROOT = Path(__file__).parents[4]
SEEN = CAMERA.project(POSE)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "ACT"),
        (["init"], "ANNOTATIONS"),
        (["init", "a.h5"], "--output"),
        (["init", "a.h5", "-o", "p.json", "--processes", "0"], "whole number from 1"),
        (["init", "a.h5", "-o", "p.json", "--limit", "many"], "whole number from 1"),
        (["export", "p.json"], "--output"),
        (["export", "p.json", "-o", "x", "--format", "xls"], "--format"),
        (["export", "p.json", "-o", "x", "--only", "good"], "--only"),
        (["check", "p.json", "--reprojection", "2"], "--reprojection"),
        (["check", "p.json", "--limit", "-5"], "--limit"),
    ],
)
def test_wrong_arguments_end_with_2(argv: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(["annotate", *argv])
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("argv", [[], ["init"], ["export"], ["check"]])
def test_help_names_the_exit_codes_and_imports_nothing_heavy(argv: list[str]) -> None:
    code = (
        "import sys\nfrom app.__main__ import main\n"
        f"try: main(['annotate', *{argv!r}, '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'numpy', 'cv2', 'PIL', 'PySide6', 'pydantic', 'scipy', 'h5py', 'tqdm'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert f"  {FINDINGS}  `annotate check` has found something" in done.stdout


def test_the_parser_alone() -> None:
    plain = annotate_parser().parse_args(["init", "a.h5", "-o", "p.json"])
    assert isinstance(plain, argparse.Namespace)
    assert (plain.verb, plain.act, plain.images, plain.predict, plain.device) == ("annotate", "init", [], False, "auto")
    assert plain.processes is plain.limit is None
    assert set(KINDS) == set(EXPORTS)
